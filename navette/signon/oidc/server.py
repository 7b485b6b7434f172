"""oauthlib's endpoints, put together with our answers: one grant of codes, one of refresh tokens, nothing else."""

from typing import Any

from oauthlib.oauth2 import AuthorizationEndpoint, BearerToken, RevocationEndpoint, TokenEndpoint
from oauthlib.openid import UserInfoEndpoint
from oauthlib.openid.connect.core.grant_types import AuthorizationCodeGrant, RefreshTokenGrant

from navette.signon.oidc import proofs
from navette.signon.oidc.validator import (
    Validator,
    check_call,
    check_request,
    decide_on_code,
    decide_on_refresh,
    give_code,
)

_validator = Validator()
_code = AuthorizationCodeGrant(
    _validator, pre_auth=[check_request], pre_token=[check_call], post_token=[decide_on_code]
)
_code.register_code_modifier(give_code)
_refresh = RefreshTokenGrant(_validator, pre_token=[check_call], post_token=[decide_on_refresh])


def _access(request: Any) -> str:
    return proofs.issue_access(request.ticket)


def _renewal(request: Any) -> str:
    return proofs.issue_refresh(request.ticket)


_bearer = BearerToken(
    _validator,
    token_generator=_access,
    expires_in=int(proofs.ACCESS_FOR.total_seconds()),
    refresh_token_generator=_renewal,
)

authorization = AuthorizationEndpoint("code", _bearer, {"code": _code})
token = TokenEndpoint("authorization_code", _bearer, {"authorization_code": _code, "refresh_token": _refresh})
revocation = RevocationEndpoint(_validator)
userinfo = UserInfoEndpoint(_validator)
