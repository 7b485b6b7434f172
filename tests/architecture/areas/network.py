"""The libraries' own pages: the map and their page, picks, suggestions, the pages of text, what is still to come."""

import datetime as dt
from typing import Any

from navette.core import clock
from navette.editorial.actions import (
    PickText,
    Suggestion,
    answer,
    pick_fingerprint,
    propose,
    publish,
    send_back,
    suggest,
    write_pick,
)
from navette.editorial.models import Page, Pick, PickState, PurchaseSuggestion
from navette.libraries.models import Library
from tests import factories
from tests.architecture.areas import Area, Values

COMING = ("loans", "holds", "returns", "history", "lists", "articles", "events", "media")
TABLE = """
#                              anonymous
#                              |    readers: pending, active, refused, expired
#                              |    |                   libraries: viewer, manager, other
#                              |    |                   |              staff: administrator, digital, territory, no role
site:library            GET    200  200  200  200  200  200  200  200  200  200  200  200
site:library            POST   405  405  405  405  405  405  405  405  405  405  405  405
site:picks              GET    200  200  200  200  200  200  200  200  200  200  200  200
site:picks              POST   405  405  405  405  405  405  405  405  405  405  405  405
site:pick               GET    200  200  200  200  200  200  200  200  200  200  200  200
site:pick               POST   405  405  405  405  405  405  405  405  405  405  405  405
site:kits               GET    200  200  200  200  200  200  200  200  200  200  200  200
site:kits               POST   405  405  405  405  405  405  405  405  405  405  405  405
site:trainings          GET    200  200  200  200  200  200  200  200  200  200  200  200
site:trainings          POST   405  405  405  405  405  405  405  405  405  405  405  405
site:digital_library    GET    200  200  200  200  200  200  200  200  200  200  200  200
site:digital_library    POST   405  405  405  405  405  405  405  405  405  405  405  405
site:idea_box           GET    in   404  404  404  404  200  200  200  200  200  200  200
site:idea_box           POST   405  405  405  405  405  405  405  405  405  405  405  405
site:page               GET    in   404  404  404  404  200  200  200  200  200  200  200
site:page               POST   405  405  405  405  405  405  405  405  405  405  405  405

pro:page                GET    in   403  403  403  403  200  200  200  403  403  403  403
pro:page                POST   in   403  403  403  403  403  go   go   403  403  403  403
pro:page_of             GET    in   403  403  403  403  200  200  404  200  200  200  403
pro:page_of             POST   in   403  403  403  403  403  go   404  go   go   go   403
pro:rights              GET    in   403  403  403  403  200  200  200  403  403  403  403
pro:rights              POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:suggestions         GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:suggestions         POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:suggestion_new      GET    in   403  403  403  403  403  200  200  403  403  403  403
pro:suggestion_new      POST   in   403  403  403  403  403  go   go   403  403  403  403
pro:picks               GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:picks               POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:contributions       GET    in   403  403  403  403  200  200  200  200  200  200  403
pro:contributions       POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:pick_new            GET    in   403  403  403  403  403  200  200  403  403  403  403
pro:pick_new            POST   in   403  403  403  403  403  go   go   403  403  403  403
pro:pick                GET    in   403  403  403  403  200  200  404  404  404  404  403
pro:pick                POST   in   403  403  403  403  403  go   404  404  404  404  403
pro:propose_pick        GET    405  405  405  405  405  405  405  405  405  405  405  405
pro:propose_pick        POST   in   403  403  403  403  403  go   404  404  404  404  403

console:suggestions     GET    in   403  403  403  403  403  403  403  200  200  403  403
console:suggestions     POST   405  405  405  405  405  405  405  405  405  405  405  405
console:suggestion      GET    in   403  403  403  403  403  403  403  200  200  403  403
console:suggestion      POST   in   403  403  403  403  403  403  403  go   go   403  403
console:picks           GET    in   403  403  403  403  403  403  403  200  200  403  403
console:picks           POST   405  405  405  405  405  405  405  405  405  405  405  405
console:pick            GET    in   403  403  403  403  403  403  403  200  200  403  403
console:pick            POST   in   403  403  403  403  403  403  403  go   go   403  403
console:pages           GET    in   403  403  403  403  403  403  403  200  200  403  403
console:pages           POST   405  405  405  405  405  405  405  405  405  405  405  405
console:page_new        GET    in   403  403  403  403  403  403  403  200  200  403  403
console:page_new        POST   in   403  403  403  403  403  403  403  go   go   403  403
console:page            GET    in   403  403  403  403  403  403  403  200  200  403  403
console:page            POST   in   403  403  403  403  403  403  403  go   go   403  403
""" + "\n".join(
    f"pro:{part} GET in 403 403 403 403 200 200 200 200 200 200 403\npro:{part} POST {' '.join(['405'] * 12)}"
    for part in COMING
)
WORK = {"kind": "book", "title": "L’Arbre monde", "creator": "Richard Powers", "isbn": ""}


def prepare(world: Any) -> None:
    """Write a draft, a proposed and a published pick, a suggestion, and the two pages about mediation."""
    library = world.library
    Library.objects.filter(pk=library.pk).update(latitude="44.69", longitude="-0.09")
    Library.objects.exclude(pk=library.pk).update(latitude="44.84", longitude="-0.58")
    Pick.objects.create(library=library, title="Brouillon", review="À écrire.")
    Pick.objects.create(library=library, title="Proposé", review="À lire.", state=PickState.PROPOSED)
    Pick.objects.create(
        library=library, title="Publié", review="Lu.", state=PickState.PUBLISHED, published_at=clock.now()
    )
    PurchaseSuggestion.objects.create(library=library, title="Un atlas")
    Page.objects.create(
        slug="ma-mediatheque-numerique", title="Ma médiathèque numérique", body="Texte.", readers="everybody"
    )
    Page.objects.create(slug="boite-a-idees-numeriques", title="Boîte à idées numériques", body="- une idée")
    Page.objects.create(slug="ateliers", title="Ateliers", body="Texte.")


def places(world: Any) -> Values:
    """Return the arguments of the addresses."""
    pick = {row.state: {"pk": row.pk} for row in Pick.objects.order_by("-pk")}
    suggestion = {"pk": PurchaseSuggestion.objects.earliest("pk").pk}
    return {
        "site:library": {"slug": world.library.slug},
        "site:pick": pick[PickState.PUBLISHED],
        "site:page": {"slug": "ateliers"},
        "pro:page_of": {"pk": world.library.pk},
        "pro:pick": pick[PickState.DRAFT],
        "pro:propose_pick": pick[PickState.DRAFT],
        "console:suggestion": suggestion,
        "console:pick": pick[PickState.PROPOSED],
        "console:page": {"pk": Page.objects.get(slug="ateliers").pk},
    }


def posts(world: Any) -> Values:
    """Return forms that are filled in well."""
    page = {"title": "Ateliers", "lead": "", "body": "Un texte.", "readers": "everybody"}
    fiche = {"postcode": "33540", "opens-3-0": "14:00", "closes-3-0": "18:00"}
    return {
        "pro:page": fiche,
        "pro:page_of": fiche,
        "pro:suggestion_new": WORK,
        "pro:pick_new": WORK | {"review": "Un grand roman."},
        "pro:pick": WORK | {"review": "Un grand roman."},
        "console:suggestion": {"seen": "received", "state": "bought", "answer": "Commandé."},
        "console:pick": {"suite": "publier", "seen": pick_fingerprint(Pick.objects.get(state=PickState.PROPOSED))},
        "console:page_new": page | {"slug": "nouvelle"},
        "console:page": page | {"seen_at": Page.objects.get(slug="ateliers").changed_at.isoformat()},
    }


def fill(world: Any, count: int) -> None:
    """Add so many picks and suggestions of the world's library, and a place on the map for all libraries."""
    now = clock.now()
    Pick.objects.bulk_create(
        Pick(
            library=world.library,
            title=f"Titre {n}",
            review="Lu.",
            state=[PickState.PUBLISHED, PickState.PROPOSED, PickState.DRAFT][n % 3],
            published_at=now - dt.timedelta(minutes=n),
        )
        for n in range(count)
    )
    PurchaseSuggestion.objects.bulk_create(
        PurchaseSuggestion(library=world.library, title=f"Titre {n}") for n in range(count)
    )
    Library.objects.filter(latitude__isnull=True).update(latitude="44.90", longitude="-0.20")


# ---- what sends each kind of mail
def suggested() -> PurchaseSuggestion:
    """Return a suggestion that waits for its answer."""
    library = factories.LibraryFactory()
    wish = Suggestion(title="L’Arbre monde", creator="Richard Powers")
    return suggest(library, acting_user=factories.library_account(library), suggestion=wish)


def proposed() -> Pick:
    """Return a pick that waits for the staff."""
    library = factories.LibraryFactory()
    account = factories.library_account(library)
    pick = write_pick(library, acting_user=account, text=PickText("L’Arbre monde", "Un grand roman."))
    return propose(pick, acting_user=account)


def suggest_once() -> None:
    suggested()


def answer_once() -> None:
    answer(suggested(), acting_user=factories.staff(), state="bought", answer="Il arrive par la prochaine navette.")


def propose_once() -> None:
    proposed()


def publish_once() -> None:
    publish(proposed(), acting_user=factories.staff())


def send_back_once() -> None:
    send_back(proposed(), acting_user=factories.staff(), note="Ajoutez l’éditeur.")


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    lists=(
        ("anonymous", "site:picks", ""),
        ("anonymous", "site:picks", "?type=book"),
        ("anonymous", "site:library", ""),
        ("manager", "pro:picks", ""),
        ("manager", "pro:contributions", "?etat=draft"),
        ("manager", "pro:suggestions", ""),
        ("manager", "pro:rights", ""),
        ("administrator", "console:suggestions", ""),
        ("administrator", "console:picks", ""),
        ("administrator", "console:pages", ""),
    ),
    fill=fill,
    alone={
        "site:kits": "a page of text",
        "site:trainings": "a page of text",
        "site:digital_library": "a page of text",
        "site:idea_box": "a page of text",
        "pro:page": "a form",
        "pro:suggestion_new": "a form",
        "pro:pick_new": "a form",
        "console:page_new": "a form",
        **{f"pro:{part}": "a page of text" for part in COMING},
    },
    forms=(
        ("anonymous", "site:picks", ""),
        ("manager", "pro:page", ""),
        ("administrator", "pro:page_of", ""),
        ("manager", "pro:suggestions", ""),
        ("manager", "pro:suggestion_new", ""),
        ("manager", "pro:picks", ""),
        ("manager", "pro:contributions", ""),
        ("manager", "pro:pick_new", ""),
        ("manager", "pro:pick", ""),
        ("administrator", "console:suggestions", ""),
        ("administrator", "console:suggestion", ""),
        ("administrator", "console:picks", ""),
        ("administrator", "console:pick", ""),
        ("administrator", "console:page_new", ""),
        ("administrator", "console:page", ""),
    ),
    mails={
        "suggestion_received": suggest_once,
        "suggestion_answered": answer_once,
        "pick_proposed": propose_once,
        "pick_published": publish_once,
        "pick_sent_back": send_back_once,
    },
)
