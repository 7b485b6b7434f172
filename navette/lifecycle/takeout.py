"""All that is kept about a person, for the person: to read, and as JSON (R9).

Each part gathers what one domain keeps. A domain that begins to keep something about readers adds its part to `PARTS`;
a test finds every table with a key to an account, a reader or a subscription, and asks for it here.

The JSON has one object a part, by its key: a list of objects whose keys are those of the facts. Days are
YYYY-MM-DD, moments ISO 8601 with their offset; what is unknown is null. Secrets
(passwords, keys, links in mails) are no part of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.core import clock
from navette.core.models import AuditRow
from navette.libraries.models import ContactMessage
from navette.mail.kinds import KINDS
from navette.mail.models import OutgoingMail
from navette.portal.queries import current_portal
from navette.readers.models import ParentalAgreement, Reader
from navette.signon.explaining import explain
from navette.signon.forgetting import vendor_sessions_of
from navette.signon.models import ActiveYear, Opening, SignonEvent, Ticket, VendorSession
from navette.subscriptions.models import ResourceGrant, Subscription, SubscriptionEvent, TermsAcceptance

Text = str | Promise


@dataclass(frozen=True)
class Fact:
    """One thing that is known: its key in the JSON, the word for it on the page, and the value (text, day, moment)."""

    key: str
    label: Text
    value: Any


Entry = list[Fact]


@dataclass(frozen=True)
class Part:
    """What one domain keeps about the person.

    `covers` names the tables, as `app.Model`. A part that is no list has one entry at most.
    """

    key: str
    title: Text
    covers: frozenset[str]
    gather: Callable[[User], Iterator[Entry]]
    is_list: bool = True


@dataclass(frozen=True)
class Gathered:
    """A part with its entries."""

    part: Part
    entries: list[Entry]


def takeout(user: User) -> list[Gathered]:
    """Return every part of what is kept about `user`, in a constant number of queries."""
    return [Gathered(part, list(part.gather(user))) for part in PARTS]


def as_json(gathered: Iterable[Gathered]) -> dict[str, Any]:
    """Return the takeout as what `json` writes, with a head that says what it is."""
    head = {"portal": current_portal().name, "made_at": clock.now().isoformat()}
    return {"about": head} | {
        row.part.key: [{fact.key: _plain(fact.value) for fact in entry} for entry in row.entries] for row in gathered
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


# ---- the parts
def _identity(user: User) -> Iterator[Entry]:
    reader: Reader | None = getattr(user, "reader", None)
    if reader:
        yield [
            Fact("last_name", _("Nom"), reader.last_name),
            Fact("first_name", _("Prénom"), reader.first_name),
            Fact("birth_date", _("Date de naissance"), reader.birth_date),
            Fact("email", _("Adresse mail"), user.email),
        ]


def _account(user: User) -> Iterator[Entry]:
    yield [
        Fact("identifier", _("Identifiant"), user.identifier),
        Fact("displayed_name", _("Nom affiché"), user.name),
        Fact("created_at", _("Créé le"), user.created_at),
        Fact("last_login_at", _("Dernière connexion"), user.last_login),
        Fact("email_confirmed_at", _("Adresse confirmée le"), user.email_confirmed_at),
        Fact("invited_at", _("Dernière invitation à choisir un mot de passe"), user.invited_at),
    ]


def _second_factors(user: User) -> Iterator[Entry]:
    for row in Authenticator.objects.filter(user_id=user.pk).order_by("pk"):
        yield [
            Fact("kind", _("Moyen"), row.get_type_display()),
            Fact("name", _("Nom"), row.data.get("name", "")),
            Fact("created_at", _("Ajouté le"), row.created_at),
            Fact("last_used_at", _("Dernière utilisation"), row.last_used_at),
        ]


def _subscription(user: User) -> Iterator[Entry]:
    for row in Subscription.objects.filter(reader__user=user).select_related("library"):
        yield [
            Fact("library", _("Bibliothèque de rattachement"), row.library.name),
            Fact("status", _("État"), row.current_status.label),
            Fact("requested_at", _("Demandé le"), row.requested_at),
            Fact("deadline", _("À décider avant le"), row.deadline),
            Fact("starts_on", _("Date de début"), row.starts_on),
            Fact("ends_on", _("Date de fin"), row.ends_on),
            Fact("refusal_reason", _("Raison du refus"), row.get_refusal_reason_display()),
            Fact("erasure_told_on", _("Prévenu(e) de l’effacement le"), row.erasure_told_on),
        ]


def _history(user: User) -> Iterator[Entry]:
    for row in SubscriptionEvent.objects.filter(subscription__reader__user=user):
        yield [
            Fact("at", _("Date"), row.at),
            Fact("what", _("Événement"), row.get_move_display()),
            Fact("by", _("Par"), row.actor_label),
            Fact("from_status", _("État avant"), row.get_from_status_display()),
            Fact("to_status", _("État après"), row.get_to_status_display()),
            Fact("reason", _("Raison"), row.reason),
            Fact("message", _("Message"), row.message),
        ]


def _resources(user: User) -> Iterator[Entry]:
    rows = ResourceGrant.objects.filter(subscription__reader__user=user).select_related("resource")
    for row in rows.order_by("resource__name"):
        yield [
            Fact("resource", _("Ressource"), row.resource.name),
            Fact("state", _("Accès"), row.get_state_display()),
            Fact("changed_at", _("Depuis le"), row.changed_at),
            Fact("waits_since", _("En liste d’attente depuis le"), row.waits_since),
        ]


def _terms(user: User) -> Iterator[Entry]:
    rows = TermsAcceptance.objects.filter(reader__user=user)
    for row in rows.select_related("site_terms", "resource_terms__resource").order_by("-accepted_at", "-pk"):
        text = row.resource_terms.resource.name if row.resource_terms else _("Conditions du site")
        version = row.resource_terms.version if row.resource_terms else row.site_terms and row.site_terms.version
        yield [
            Fact("terms", _("Conditions"), text),
            Fact("version", _("Version"), version),
            Fact("accepted_at", _("Acceptées le"), row.accepted_at),
        ]


def _parent(user: User) -> Iterator[Entry]:
    for row in ParentalAgreement.objects.filter(reader__user=user):
        yield [
            Fact("parent_name", _("Nom du parent"), row.parent_name),
            Fact("parent_email", _("Adresse mail du parent"), row.parent_email),
            Fact("asked_at", _("Accord demandé le"), row.asked_at),
            Fact("agreed_at", _("Accord donné le"), row.agreed_at),
        ]


def _openings(user: User) -> Iterator[Entry]:
    for row in Opening.objects.filter(reader__user=user).select_related("resource").order_by("-opened_at", "-pk"):
        yield [Fact("resource", _("Ressource"), row.resource.name), Fact("opened_at", _("Ouverte le"), row.opened_at)]


def _steps(user: User) -> Iterator[Entry]:
    rows = SignonEvent.objects.filter(reader__user=user).select_related("resource")
    for row in rows.order_by("-at", "-pk"):
        yield [
            Fact("at", _("Date"), row.at),
            Fact("resource", _("Ressource"), row.resource.name if row.resource else None),
            Fact("step", _("Étape"), row.get_kind_display()),
            Fact("told", _("Ce qui s’est passé"), explain(row).told),
            Fact("details", _("Faits techniques"), ", ".join(f"{key} : {value}" for key, value in row.detail.items())),
        ]


def _tickets(user: User) -> Iterator[Entry]:
    rows = Ticket.objects.filter(reader__user=user).select_related("access__resource")
    for row in rows.order_by("-issued_at", "-pk"):
        yield [
            Fact("kind", _("Nature"), row.get_kind_display()),
            Fact("resource", _("Ressource"), row.access.resource.name),
            Fact("address", _("Adresse"), row.service),
            Fact("issued_at", _("Donné le"), row.issued_at),
            Fact("expires_at", _("Valable jusqu’au"), row.expires_at),
            Fact("used_at", _("Utilisé le"), row.used_at),
        ]


def _vendor_sessions(user: User) -> Iterator[Entry]:
    reader: Reader | None = getattr(user, "reader", None)
    rows = vendor_sessions_of([reader] if reader else [])
    for row in rows.select_related("access__resource").order_by("-started_at", "-pk"):
        yield [
            Fact("resource", _("Ressource"), row.access.resource.name),
            Fact("address", _("Adresse"), row.service),
            Fact("started_at", _("Ouverte le"), row.started_at),
        ]


def _active_years(user: User) -> Iterator[Entry]:
    for row in ActiveYear.objects.filter(reader__user=user).order_by("-year"):
        yield [Fact("year", _("A ouvert une ressource en"), row.year)]


def mails_about(user: User) -> QuerySet[OutgoingMail]:
    """Return the mails that hold data of `user`, or went to them, and still have their text; the newest first."""
    own = Q(about_account=user.pk)
    if user.email:
        shared = User.objects.filter(email=user.email).exclude(pk=user.pk)
        own |= Q(~Exists(shared), about_account__isnull=True, to_email=user.email)
    return OutgoingMail.objects.filter(own, emptied_at__isnull=True).order_by("-created_at", "-pk")


def _mails(user: User) -> Iterator[Entry]:
    for row in mails_about(user):
        yield [
            Fact("at", _("Date"), row.sent_at or row.created_at),
            Fact("to", _("À"), row.to_email),
            Fact("kind", _("Nature"), KINDS[row.kind].title if row.kind in KINDS else row.kind),
            Fact("state", _("État"), row.get_state_display()),
            Fact("subject", _("Objet"), row.subject),
            Fact("text", _("Texte"), row.body),
        ]


def _questions(user: User) -> Iterator[Entry]:
    for row in ContactMessage.objects.filter(user=user).prefetch_related("answers"):
        yield [
            Fact("received_at", _("Date"), row.received_at),
            Fact("theme", _("Sujet"), row.get_theme_display()),
            Fact("question", _("Question"), row.body),
            Fact("answers", _("Réponses"), "\n\n".join(answer.body for answer in row.answers.all())),
        ]


def _actions(user: User) -> Iterator[Entry]:
    rows = AuditRow.objects.filter(actor_id=user.pk).order_by("-at", "-pk")
    for at, action in rows.values_list("at", "action"):
        yield [Fact("at", _("Date"), at), Fact("action", _("Opération"), action)]


def _covers(*models: Any) -> frozenset[str]:
    return frozenset(model._meta.label for model in models)


PARTS: tuple[Part, ...] = (
    Part("identity", _("Qui vous êtes"), _covers(Reader), _identity, is_list=False),
    Part("account", _("Votre compte"), _covers(User), _account, is_list=False),
    Part("second_factors", _("Vos seconds facteurs"), _covers(Authenticator), _second_factors),
    Part("subscription", _("Votre abonnement"), _covers(Subscription), _subscription, is_list=False),
    Part("history", _("L’historique de votre abonnement"), _covers(SubscriptionEvent), _history),
    Part("resources", _("Vos ressources"), _covers(ResourceGrant), _resources),
    Part("terms", _("Les conditions que vous avez acceptées"), _covers(TermsAcceptance), _terms),
    Part("parental_agreement", _("L’accord d’un parent"), _covers(ParentalAgreement), _parent),
    Part("openings", _("Les ressources que vous avez ouvertes"), _covers(Opening), _openings),
    Part("signon_steps", _("Vos passages chez les fournisseurs"), _covers(SignonEvent), _steps),
    Part("tickets", _("Les preuves données aux fournisseurs"), _covers(Ticket), _tickets),
    Part("vendor_sessions", _("Vos sessions chez les fournisseurs"), _covers(VendorSession), _vendor_sessions),
    Part("active_years", _("Les années où vous en avez ouvert une"), _covers(ActiveYear), _active_years),
    Part("mails", _("Les mails à votre sujet"), _covers(OutgoingMail), _mails),
    Part("questions", _("Les questions que vous avez posées"), _covers(ContactMessage), _questions),
    Part("actions", _("Le journal de vos opérations"), _covers(AuditRow), _actions),
)
