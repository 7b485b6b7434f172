"""Recording each step of signing on, with a reason that staff can read later."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon.errors import Stopped
from navette.signon.models import EventKind, SignonEvent, Ticket, VendorAccess

LONGEST_DETAIL = 500  # characters of each fact: what strangers send may be of any length

# Why a vendor's check failed, in words for staff: what it means, and what to do.
REASONS: dict[str, Promise] = {
    "ticket_unknown": _("Le fournisseur a présenté un ticket que le portail n’a jamais donné."),
    "ticket_used": _("Le fournisseur a présenté deux fois le même ticket : chacun ne sert qu’une fois."),
    "ticket_expired": _("Le fournisseur a présenté le ticket plus d’une minute après son envoi."),
    "wrong_service": _("Le fournisseur a vérifié le ticket avec une autre adresse que celle où il a été envoyé."),
    "service_unknown": _("L’adresse demandée n’est pas enregistrée pour ce fournisseur."),
    "not_fresh": _("Le fournisseur exige que le mot de passe vienne d’être saisi, et il ne l’a pas été."),
    "proxy_ticket": _("Le fournisseur a présenté un ticket de délégation (CAS proxy) : le portail n’en donne pas."),
    "bad_request": _("La demande du fournisseur est incomplète ou mal formée."),
    "bad_signature": _("La signature ou la clé présentée par le fournisseur n’est pas la bonne."),
    "bad_secret": _("Le fournisseur a présenté un mauvais identifiant ou un mauvais secret."),
    "vendor_unknown": _("Le fournisseur qui a fait la demande n’est pas enregistré."),
    "saml_clock": _("La demande SAML est trop ancienne ou datée du futur : l’horloge du fournisseur est à corriger."),
    "saml_waited": _("Le lecteur a mis plus d’une demi-heure à se connecter : il recommence chez le fournisseur."),
    "saml_answered": _("Le fournisseur a présenté deux fois la même demande SAML : chacune ne reçoit qu’une réponse."),
    "saml_passive": _("Le fournisseur ne voulait rien montrer au lecteur, qui n’était pas connecté au portail."),
    "saml_name_id": _("Le fournisseur demande un identifiant (NameID) d’une autre forme que « persistent »."),
    "saml_context": _("Le fournisseur demande une autre façon de se connecter qu’un mot de passe."),
    "saml_subject": _("Le fournisseur attendait un autre lecteur que celui qui est connecté au portail."),
    "saml_metadata": _("Les métadonnées SAML du fournisseur ne se lisent plus : redemandez-les et importez-les."),
    "bad_verifier": _("Le fournisseur n’a pas prouvé que c’est lui qui avait demandé le code (PKCE)."),
    "wrong_vendor": _("Le fournisseur a présenté un code ou un jeton donné à un autre fournisseur."),
    "session_over": _("La session de l’abonné(e) au portail est terminée : le fournisseur doit le ou la reconnecter."),
    "vendor_silent": _("Le fournisseur n’a pas répondu, ou trop tard."),
    "vendor_elsewhere": _("Le fournisseur a répondu par une adresse qui n’est pas chez lui : elle n’est pas suivie."),
    "vendor_refused": _("Le fournisseur a répondu par une erreur."),
}


def stopped(
    resource: DigitalResource, way: str, reader: Reader | None, reason: Stopped, *, checked: bool = False
) -> None:
    """Record that `reader` was stopped at the portal, or, `checked`, when the vendor came to ask."""
    kind = EventKind.FAILED if checked else EventKind.STOPPED
    note(kind, way, resource=resource, reader=reader, reason=reason.code)


def of_ticket(kind: EventKind, ticket: Ticket, reason: str = "", **detail: Any) -> None:
    """Record a step about the holder of `ticket`."""
    of_access(kind, ticket.access, ticket.reader, reason, trial=bool(ticket.trial), **detail)


def of_access(
    kind: EventKind,
    access: VendorAccess,
    reader: Reader | None,
    reason: str = "",
    *,
    trial: bool = False,
    **detail: Any,
) -> None:
    """Record a step towards the vendor of `access`."""
    note(kind, access.way, resource=access.resource, reader=reader, reason=reason, trial=trial, **detail)


def note(
    kind: EventKind,
    way: str,
    *,
    resource: DigitalResource | None = None,
    reader: Reader | None = None,
    reason: str = "",
    trial: bool = False,
    **detail: Any,
) -> None:
    """Record a step; `detail` holds technical facts, shortened, never a secret or personal data."""
    facts = {name: _storable(value) if isinstance(value, str) else value for name, value in detail.items()}
    SignonEvent.objects.create(
        kind=kind, way=way, resource=resource, reader=reader, reason=reason, trial=trial, detail=facts
    )


def _storable(text: str) -> str:
    """Return what a database keeps of `text`: PostgreSQL takes no half of a character, and no character 0."""
    return text[:LONGEST_DETAIL].encode("utf-8", "replace").decode().replace("\0", "")
