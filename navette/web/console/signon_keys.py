"""« Clés et adresses »: the portal's own signing keys, changed in steps days apart, and what vendors are given."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from navette.core.actors import Actor
from navette.signon import keys
from navette.signon.models import KeyState, KeyUse, SigningKey
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of


@dataclass(frozen=True)
class Operation:
    """One step of a change of keys: what the button says, what it does, when to do it, and what is told once done."""

    name: str
    label: str | Promise
    does: str | Promise
    when: str | Promise
    told: str | Promise
    act: Callable[[KeyUse, Actor], Any]


PREPARE = Operation(
    "prepare",
    _("Préparer la clé suivante"),
    _("Une clé est créée et publiée à côté de celle en service. Elle ne signe encore rien : rien ne change."),
    _("Une fois par an ou deux, ou dès qu’une clé a pu être vue par quelqu’un d’autre ; à toute heure."),
    _("La clé suivante est publiée. Laissez aux fournisseurs le temps de la lire avant de la mettre en service."),
    lambda use, user: keys.prepare_next(use, acting_user=user),
)
SWITCH = Operation(
    "switch",
    _("Mettre en service"),
    _("La clé suivante signe dès maintenant. L’ancienne reste publiée, mais ne signe plus."),
    _(
        "Au moins sept jours après l’avoir préparée, et après avoir envoyé le nouveau certificat aux fournisseurs qui "
        "ne lisent pas nos métadonnées : chez ceux qui ne l’ont pas, les accès s’arrêtent aussitôt."
    ),
    _("La nouvelle clé est en service. Essayez une ressource de chaque fournisseur."),
    lambda use, user: keys.switch(use, acting_user=user),
)
WITHDRAW = Operation(
    "withdraw",
    _("Retirer l’ancienne"),
    _("L’ancienne clé n’est plus publiée et sa partie secrète est effacée. Cela ne se défait pas."),
    _("Quelques jours après la mise en service, quand tous les fournisseurs ont été essayés."),
    _("L’ancienne clé est retirée."),
    lambda use, user: keys.withdraw_previous(use, acting_user=user),
)
OPERATIONS = {operation.name: operation for operation in (PREPARE, SWITCH, WITHDRAW)}
ADVISED = dt.timedelta(days=7)  # between preparing a key and putting it into service
WITHDRAWN_SHOWN = 5


@never_cache
@require_safe
@staff_with("resources.manage")
def signon_keys(request: HttpRequest) -> HttpResponse:
    """Show the keys of each protocol, the steps that make sense now, and what vendors are given."""
    context = {"uses": [_keys_of(use) for use in KeyUse], "addresses": addresses_for_vendors()}
    return render(request, "console/signon_keys.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def signon_key_step(request: HttpRequest, use: str, step: str) -> HttpResponse:
    """Say what a step of a change of keys does and when to do it, and do it."""
    if use not in KeyUse.values or step not in OPERATIONS:
        raise Http404
    if request.method == "POST":
        return _act(request, KeyUse(use), OPERATIONS[step])
    return render(request, "console/signon_key_step.html", {"use": KeyUse(use), "operation": OPERATIONS[step]})


def _act(request: HttpRequest, use: KeyUse, operation: Operation) -> HttpResponse:
    with refusals_told(request):
        operation.act(use, user_of(request))
        messages.success(request, str(operation.told))
    return redirect("console:signon_keys")


def _keys_of(use: KeyUse) -> dict[str, Any]:
    """Return the keys of a protocol, those published first, and the steps that make sense now. Nothing is made here."""
    rows = list(SigningKey.objects.filter(use=use).order_by("-made_at", "-pk"))
    order = [*keys.PUBLISHED, KeyState.WITHDRAWN]
    states = {row.state for row in rows}
    shown = sorted(rows, key=lambda row: order.index(KeyState(row.state)))
    steps = [SWITCH] if KeyState.NEXT in states else [PREPARE]
    if KeyState.PREVIOUS in states:
        steps.append(WITHDRAW)
    coming = next((row for row in rows if row.state == KeyState.NEXT), None)
    return {
        "use": use,
        "keys": shown[: len(keys.PUBLISHED) + WITHDRAWN_SHOWN],
        "steps": steps,
        "ready_on": coming.made_at + ADVISED if coming else None,
    }


def addresses_for_vendors() -> list[tuple[str, str | Promise, str]]:
    """Return what a vendor's technicians ask for: the protocol, what it is, the address."""
    site = settings.SITE_URL
    return [
        ("CAS", _("Adresse du serveur CAS"), f"{site}/cas"),
        ("SAML 2.0", _("Métadonnées du portail (fournisseur d’identité)"), f"{site}/saml/metadata"),
        ("OpenID Connect", _("Adresse de l’émetteur (issuer)"), site),
        ("OpenID Connect", _("Découverte"), f"{site}/.well-known/openid-configuration"),
    ]


@require_safe
@staff_with("resources.manage")
def signon_certificate(request: HttpRequest, kid: str) -> HttpResponse:
    """Give the certificate of a key that is published, as a PEM file to send to a vendor."""
    key = get_object_or_404(SigningKey, kid=kid, state__in=keys.PUBLISHED)
    answer = HttpResponse(key.certificate, content_type="application/x-pem-file")
    answer.headers["Content-Disposition"] = f'attachment; filename="portail-{key.use}-{key.kid}.pem"'
    return answer
