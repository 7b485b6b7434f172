"""What the portal offers and says: contact and legal pages, and the console's pages about content."""

from typing import Any

from navette.libraries.contact import answer, ask_question
from navette.libraries.models import ContactMessage
from navette.mail.actions import text_fingerprint
from navette.mail.kinds import KINDS
from navette.portal.actions import fingerprint
from navette.portal.models import Portal
from navette.portal.queries import current_portal, site_terms_in_force
from navette.resources.actions import resource_fingerprint
from navette.resources.models import Offer, ResourceTerms
from navette.signon.actions import access_fingerprint
from navette.signon.models import VendorAccess
from navette.web.components.theme import theme_name
from navette.web.console.settings_form import SettingsForm
from tests import factories
from tests.architecture.areas import Area, Values

TABLE = """
site:contact            GET    200  200  200  200  200  200  200  200  200  200  200  200
site:contact            POST   go   go   go   go   go   go   go   go   go   go   go   go
site:contact_pro        GET    200  200  200  200  200  200  200  200  200  200  200  200
site:contact_pro        POST   go   go   go   go   go   go   go   go   go   go   go   go
site:contact_sent       GET    200  200  200  200  200  200  200  200  200  200  200  200
site:contact_sent       POST   405  405  405  405  405  405  405  405  405  405  405  405
site:accessibility      GET    200  200  200  200  200  200  200  200  200  200  200  200
site:accessibility      POST   405  405  405  405  405  405  405  405  405  405  405  405
site:privacy            GET    200  200  200  200  200  200  200  200  200  200  200  200
site:privacy            POST   405  405  405  405  405  405  405  405  405  405  405  405
console:messages        GET    in   403  403  403  403  403  403  403  200  200  200  403
console:messages        POST   405  405  405  405  405  405  405  405  405  405  405  405
console:message         GET    in   403  403  403  403  403  403  403  200  200  200  403
console:message         POST   in   403  403  403  403  403  403  403  go   go   go   403
console:resources       GET    in   403  403  403  403  403  403  403  200  200  403  403
console:resources       POST   405  405  405  405  405  405  405  405  405  405  405  405
console:resource_new    GET    in   403  403  403  403  403  403  403  200  200  403  403
console:resource_new    POST   in   403  403  403  403  403  403  403  go   go   403  403
console:resource        GET    in   403  403  403  403  403  403  403  200  200  403  403
console:resource        POST   in   403  403  403  403  403  403  403  go   go   403  403
console:resource_access GET    in   403  403  403  403  403  403  403  200  200  403  403
console:resource_access POST   in   403  403  403  403  403  403  403  go   go   403  403
console:resource_open   GET    in   403  403  403  403  403  403  403  200  200  403  403
console:resource_open   POST   in   403  403  403  403  403  403  403  go   go   403  403
console:offers          GET    in   403  403  403  403  403  403  403  200  200  403  403
console:offers          POST   in   403  403  403  403  403  403  403  go   go   403  403
console:terms           GET    in   403  403  403  403  403  403  403  200  200  403  403
console:terms           POST   405  405  405  405  405  405  405  405  405  405  405  405
console:site_terms      GET    in   403  403  403  403  403  403  403  200  200  403  403
console:site_terms      POST   in   403  403  403  403  403  403  403  go   go   403  403
console:resource_terms  GET    in   403  403  403  403  403  403  403  200  200  403  403
console:resource_terms  POST   in   403  403  403  403  403  403  403  go   go   403  403
console:settings        GET    in   403  403  403  403  403  403  403  200  403  403  403
console:settings        POST   in   403  403  403  403  403  403  403  200  403  403  403
console:look            GET    in   403  403  403  403  403  403  403  200  403  403  403
console:look            POST   in   403  403  403  403  403  403  403  go   403  403  403
console:look_preview    GET    in   403  403  403  403  403  403  403  200  403  403  403
console:look_preview    POST   405  405  405  405  405  405  405  405  405  405  405  405
console:texts           GET    in   403  403  403  403  403  403  403  200  200  403  403
console:texts           POST   405  405  405  405  405  405  405  405  405  405  405  405
console:text            GET    in   403  403  403  403  403  403  403  200  200  403  403
console:text            POST   in   403  403  403  403  403  403  403  go   go   403  403
console:text_letter     GET    in   403  403  403  403  403  403  403  200  200  403  403
console:text_letter     POST   405  405  405  405  405  405  405  405  405  405  405  405
console:mail            GET    in   403  403  403  403  403  403  403  200  200  403  403
console:mail            POST   405  405  405  405  405  405  405  405  405  405  405  405
site:theme              GET    200  200  200  200  200  200  200  200  200  200  200  200
site:theme              POST   405  405  405  405  405  405  405  405  405  405  405  405
"""

QUESTION: dict[str, Any] = {
    "name": "Ana Lopez",
    "email": "ana@example.org",
    "theme": "resources",
    "body": "Comment faire ?",
}


def prepare(world: Any) -> None:
    """Ask a question of no library."""
    ask_question(acting_user=factories.UserFactory(), **QUESTION)


def question() -> ContactMessage:
    return ContactMessage.objects.latest("pk")


ACCENT = "#1f6547"
RESOURCE = {
    "name": "Presse du fleuve",
    "summary": "Des journaux.",
    "description": "Tous les jours.",
    "vendor": "Fleuve SA",
    "audience": "all",
    "tint": "blue",
}


def places(world: Any) -> Values:
    resource = {"pk": world.resource.pk}
    kind = {"kind": "accepted"}
    return {
        "console:message": {"pk": question().pk},
        "console:resource": resource,
        "console:resource_access": resource,
        "console:resource_open": resource,
        "console:resource_terms": resource,
        "console:text": kind,
        "console:text_letter": kind,
        "console:mail": {"pk": world.mail.pk},
        "site:theme": {"name": theme_name(ACCENT)},
    }


def posts(world: Any) -> Values:
    return {
        "site:contact": QUESTION,
        "site:contact_pro": QUESTION | {"library": world.library.pk},
        "console:message": {"suite": "answer", "body": "Voici comment."},
        "console:resource_new": RESOURCE | {"category": world.resource.category_id},
        "console:resource": RESOURCE
        | {"category": world.resource.category_id, "seen": resource_fingerprint(world.resource)},
        "console:resource_access": {
            "way": "plain",
            "address": "https://vendor.example.org/bib",
            "seen": access_fingerprint(VendorAccess.objects.filter(resource=world.resource).first()),
        },
        "console:resource_open": {"suite": "close"},
        "console:offers": {"quoi": "offre", "cle": "nouvelle", "offre-nouvelle-name": "Offre jeunesse"},
        "console:site_terms": {"suite": "publish", "text": "Nouveau texte.", "after": _last_version()},
        "console:resource_terms": {"suite": "publish", "text": "Nouveau texte.", "after": 1},
        "console:settings": settings_of(current_portal()) | {"decision_days": 9},
        "console:look": {"accent": ACCENT, "seen": fingerprint(current_portal()), "suite": "save"},
        "console:text": {
            "suite": "save",
            "subject": "Bravo {prenom}",
            "body": "Bonjour {prenom}.",
            "seen": text_fingerprint(KINDS["accepted"]),
        },
    }


def _last_version() -> int:
    last = site_terms_in_force()
    return last.version if last else 0


def settings_of(portal: Portal) -> dict[str, Any]:
    """Return what the form of settings sends untouched."""
    form = SettingsForm(instance=portal, initial={"seen": fingerprint(portal)})
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False)}


def fill(world: Any, count: int) -> None:
    ContactMessage.objects.bulk_create(
        ContactMessage(**QUESTION, library=world.library, is_professional=True) for _n in range(count)
    )
    start = Offer.objects.count()
    Offer.objects.bulk_create(Offer(name=f"Offre {start + n}", slug=f"offre-{start + n}") for n in range(count))
    start = world.resource.terms.count() + 1
    ResourceTerms.objects.bulk_create(
        ResourceTerms(resource=world.resource, version=start + n, text="Conditions.") for n in range(count)
    )


def _ask() -> None:
    factories.portal()
    ask_question(acting_user=factories.UserFactory(), library=factories.LibraryFactory(), **QUESTION)


def _answer() -> None:
    _ask()
    answer(question(), acting_user=factories.staff(), body="Voici comment.")


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    fill=fill,
    lists=(
        ("administrator", "console:messages", ""),
        ("territory", "console:messages", "?theme=resources"),
        ("administrator", "site:contact_pro", ""),
        ("administrator", "console:resources", ""),
        ("digital", "console:resources", "?q=ressource&tri=-vendor&etat=ouvertes"),
        ("administrator", "console:resource", ""),
        ("administrator", "console:resource_new", ""),
        ("administrator", "console:offers", ""),
        ("administrator", "console:terms", ""),
        ("administrator", "console:site_terms", ""),
        ("administrator", "console:resource_terms", ""),
        ("administrator", "console:mails", "?etat=failed&genre=accepted&a=a@example.org"),
    ),
    alone={
        "site:contact_sent": "a page of text",
        "site:accessibility": "a page of text",
        "site:privacy": "a page of text",
        "console:settings": "a form",
        "console:look": "a form",
        "console:look_preview": "a sample",
        "console:texts": "one row a kind of mail, which the code knows",
    },
    forms=(
        ("anonymous", "site:contact", ""),
        ("manager", "site:contact_pro", ""),
        ("administrator", "console:messages", ""),
        ("administrator", "console:message", ""),
        ("administrator", "console:resources", ""),
        ("administrator", "console:resource_new", ""),
        ("administrator", "console:resource", ""),
        ("administrator", "console:resource_access", ""),
        ("administrator", "console:resource_open", ""),
        ("administrator", "console:offers", ""),
        ("administrator", "console:site_terms", ""),
        ("administrator", "console:resource_terms", ""),
        ("administrator", "console:settings", ""),
        ("administrator", "console:look", ""),
        ("administrator", "console:text", ""),
    ),
    mails={"contact_received": _ask, "contact_new": _ask, "contact_answer": _answer},
)
