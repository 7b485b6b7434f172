"""OpenID Connect's addresses for vendors' servers: what the portal says of itself, tokens, who the person is."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.signon.oidc import calls
from navette.signon.oidc.discovery import metadata
from navette.signon.oidc.signing import jwks
from navette.web.sso.pairs import pairs_of

ADDRESSES = {
    "authorization_endpoint": "oidc:authorize",
    "token_endpoint": "oidc:token",
    "userinfo_endpoint": "oidc:userinfo",
    "jwks_uri": "oidc:jwks",
    "revocation_endpoint": "oidc:revoke",
    "end_session_endpoint": "oidc:logout",
}


@require_safe
@cache_control(public=True, max_age=3600)
def discovery(request: HttpRequest) -> HttpResponse:
    """Show what the portal says of itself, to any site's scripts too."""
    return _public(metadata({name: reverse(route) for name, route in ADDRESSES.items()}))


@require_safe
@cache_control(public=True, max_age=3600)
def keys(request: HttpRequest) -> HttpResponse:
    """Show the public keys, to any site's scripts too."""
    return _public(jwks())


def _public(told: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(told)
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


@csrf_exempt  # a vendor's server calls: no cookie counts here, but the code and the vendor's secret
@never_cache
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """Give tokens for a code or a refresh token."""
    return _replied(calls.redeem(pairs_of(request.POST), request.headers.get("Authorization", "")))


@csrf_exempt  # a vendor's server calls: no cookie counts here, but the vendor's secret
@never_cache
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token."""
    return _replied(calls.revoke(pairs_of(request.POST), request.headers.get("Authorization", "")))


@csrf_exempt  # a vendor's server calls: no cookie counts here, but the access token
@never_cache
@require_http_methods(["GET", "POST"])
def userinfo(request: HttpRequest) -> HttpResponse:
    """Tell who the person is whom an access token stands for; a token in the address counts for nothing."""
    token = request.POST.get("access_token", "") if request.method == "POST" else ""
    return _replied(calls.tell(request.headers.get("Authorization", ""), token))


def _replied(reply: calls.Reply) -> HttpResponse:
    body = reply.body or json.dumps({})
    return HttpResponse(body, status=reply.status, content_type="application/json", headers=dict(reply.headers))
