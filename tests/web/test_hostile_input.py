"""Whatever is sent, the answer is a page, a redirect or a 4xx: never a 500, and never somebody else's markup.

Every form of the site is found on its pages, as the roles that see it, and sent back with values that no browser would
send; every address is asked for with hostile ids, pages and query strings. The test client raises what a view lets out.
"""

import functools
from collections.abc import Callable
from urllib.parse import quote, quote_from_bytes

import pytest
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.architecture.access import ROLES, rows
from tests.architecture.areas import areas
from tests.architecture.world import World, routes, undone
from tests.web.forms import Form, forms_on
from tests.web.judging import MARK, judge

VALUES = [
    "",
    " \t\n",
    "\0",
    "a\0b@example.org",
    "\ud800",
    "\ud83d",
    "🚐\u202e\u200b\ufeff",
    "e\u0301" * 200,
    "\ufdfa" * 150,  # normalised, eighteen times as long
    "ß" * 300,
    "a" * 10_000,
    "a@" + "b" * 300 + ".fr",
    MARK,
    MARK + "@example.org",
    "{{ request }}{% debug %}{nom}%(name)s%s%n",
    "' OR 1=1 --",
    "../../../../etc/passwd",
    "//evil.example/",
    "javascript:alert(1)",
    "a\r\nSet-Cookie: a=b",
    "=1+1",
    "0",
    "-1",
    "٣",
    "²",
    "1e309",
    "NaN",
    "true",
    "1:1",
    "1:99999999999999999999",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    "9" * 400,
    "9" * 5_000,  # longer than Python turns into an integer
    "31/02/2020",
    "01/01/0001",
    "31/12/9999",
    "0000-00-00",
    "9999-12-31",
    "99999-01-01",
]
hostile = st.one_of(st.sampled_from(VALUES), st.text(max_size=60), st.integers().map(str))
walk = functools.partial(
    settings,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


# ---- forms
def target(form: Form) -> str:
    """Return the name of the route that a form goes to, and how: « POST pro:decide »."""
    return f"{form.method} {resolve(form.action.partition('?')[0]).view_name}"


# Who sees which forms; `test_every_form_is_sent` looks for others. The third is the state of the subscription shown, or
# the operation on a selection whose confirmation is a form.
PAGES = [
    ("anonymous", "site:login", ""),
    ("anonymous", "site:register", ""),
    ("anonymous", "site:password_forgotten", ""),
    ("anonymous", "site:password_choose", ""),
    ("anonymous", "site:confirm_email", ""),
    ("anonymous", "site:resources", ""),
    ("anonymous", "site:libraries", ""),
    ("pending", "site:account_edit", ""),
    ("active", "site:account_edit", ""),
    ("pending", "site:account", ""),
    ("refused", "site:account", ""),
    ("expired", "site:account", ""),
    ("manager", "pro:subscribers", ""),
    ("manager", "pro:bulk", "accept"),
    ("manager", "pro:bulk", "refuse"),
    ("manager", "pro:subscriber", ""),
    ("manager", "pro:subscriber", "active"),
    ("manager", "pro:subscriber", "expired"),
    ("administrator", "pro:subscriber", "refused"),
    ("administrator", "pro:subscriber", ""),
    ("manager", "pro:decide", ""),
    ("manager", "pro:end", ""),
    ("manager", "pro:library", ""),
    ("manager", "pro:password", ""),
    ("administrator", "console:late", ""),
    ("administrator", "console:mails", ""),
    *(page for area in areas() for page in area.forms),
]


def forms_of(world: World, page: tuple[str, str, str]) -> list[Form]:
    """Return the forms of one of PAGES."""
    role, route, detail = page
    if route != "pro:bulk":
        return forms_on(world.client(role), world.address(route, detail))
    data = world.posts()["pro:bulk"] | {"operation": detail}
    del data["confirme"]
    return forms_on(world.client(role), world.address(route), data)


# ---- sending and judging
def encoded(pairs: list[tuple[str, str]]) -> str:
    """Return `pairs` as a form's body, halves of characters included."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe="")


def send(client: Client, form: Form, pairs: list[tuple[str, str]]) -> None:
    """Send a form with `pairs` and judge the answer."""
    if form.method == "GET":
        judge(client.get(f"{form.action}?{encoded(pairs)}"), client)
    else:
        kind = "application/x-www-form-urlencoded"
        judge(client.post(form.action, encoded(pairs).encode(), content_type=kind), client)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: " ".join(page).strip())
def test_a_form_takes_any_value(world: World, page: tuple[str, str, str]) -> None:
    forms = forms_of(world, page)
    assert forms

    @walk(max_examples=16)
    @given(data=st.data())
    def try_it(data: st.DataObject) -> None:
        form = data.draw(st.sampled_from(forms), label="form")
        names = sorted({name for name, _value in form.fields}) or ["a"]
        changed = data.draw(
            st.one_of(
                hostile.map(lambda value: dict.fromkeys(names, value)),
                st.dictionaries(st.sampled_from(names), hostile, min_size=1, max_size=4),
            ),
            label="values",
        )
        kept = [(name, value) for name, value in form.fields if name not in changed]
        with undone():
            send(world.client(page[0]), form, [*kept, *changed.items()])

    try_it()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: " ".join(page).strip())
def test_a_form_takes_missing_and_repeated_fields(world: World, page: tuple[str, str, str]) -> None:
    for form in forms_of(world, page):
        for pairs in ([], form.fields * 3, [(name, "") for name, _value in form.fields], form.fields[:1]):
            with undone():
                send(world.client(page[0]), form, pairs)


def test_every_form_is_sent(world: World) -> None:
    """A form that some role sees on some page, and that no page of PAGES holds, fails here."""
    sent = {target(form) for page in PAGES for form in forms_of(world, page)}
    seen: set[str] = set()
    for role in ROLES:
        client = world.client(role)
        for route in routes():
            seen |= {target(form) for form in forms_on(client, world.address(route))}
    assert seen - sent == set()
    posts = {f"POST {row[0]}" for row in rows() if row[1] == "POST" and set(row[2].values()) != {"405"}}
    called = {f"POST {route}" for area in areas() for route in area.called}  # tried with anything by their own tests
    assert posts - sent - {f"POST {route}" for route in SELDOM} - called == NO_FIELD


# ---- forms that a page shows in a state that the world is not in
NO_FIELD = {
    f"POST {route}"
    for route in (
        "site:logout",
        "site:register_terms",
        "console:library_close",
        "console:library_reopen",
        "console:moving_in_for_real",
        "console:work_resume",
        "pro:batch_undo",
    )
}
SELDOM = {
    "console:invitations": ("count", "library"),
    "console:library_merge": ("vers", "confirme"),
    "site:choose_person": ("personne",),
    "site:second_factor": ("moyen", "application-code", "secours-code", "cle-credential"),
}


def half_way(world: World, role: str) -> Client:
    """Return a browser in which somebody of `role` has given the right password, and is not in yet."""
    person, client = world.people[role], Client()
    block = "abonne" if role == "active" else "pro"
    if role == "active":  # one of two at the same address, with the same password
        twin = factories.UserFactory(email=person.email, identifier=f"{person.email}#2")
        factories.SubscriptionFactory(active=True, reader__user=twin)
    client.post(
        reverse("site:login"),
        {"bloc": block, f"{block}-identifier": person.identifier, f"{block}-password": factories.PASSWORD},
    )
    return client


@pytest.mark.parametrize("route", SELDOM)
def test_a_form_seldom_shown_takes_any_value(world: World, route: str) -> None:
    role = "active" if route == "site:choose_person" else "administrator"
    for value in VALUES:
        for names in (SELDOM[route], SELDOM[route][:1]):
            with undone():
                client = half_way(world, role) if route.startswith("site:") else world.client(role)
                form = Form(world.address(route), "POST")
                send(client, form, [(name, value) for name in names])


def test_half_way_is_where_these_forms_stand(world: World) -> None:
    assert half_way(world, "active").get(world.address("site:choose_person")).status_code == 200
    assert half_way(world, "administrator").get(world.address("site:second_factor")).status_code == 200


# ---- addresses
PARAMETERS = (
    "q page tri statut bibliotheque attente retour offre categorie public suite etat fin_de_session".split()  # noqa: SIM905
)
WALKERS = ("anonymous", "active", "manager", "administrator")


@pytest.mark.parametrize("role", WALKERS)
def test_a_query_string_may_hold_anything(world: World, role: str) -> None:
    client = world.client(role)
    addresses = sorted({world.address(route) for route in routes() if route != "site:media"})

    @walk(max_examples=60)
    @given(
        address=st.sampled_from(addresses),
        query=st.lists(st.tuples(st.sampled_from(PARAMETERS), hostile), min_size=1, max_size=4),
    )
    def try_it(address: str, query: list[tuple[str, str]]) -> None:
        with undone():
            judge(client.get(f"{address}?{encoded(query)}"), client)

    try_it()


SEGMENTS = [
    *(value for value in VALUES if value.strip() and len(value) < 5_000),
    ".",
    "..",
    "%2e%2e",
    "a/b",
    "%00",
    "%ff",
]


def patterns(world: World) -> list[Callable[[str], str]]:
    """Return what makes an address of each route that takes arguments, any text in the place of the argument."""
    found: list[Callable[[str], str]] = []
    for route in routes():
        try:
            reverse(route)
        except NoReverseMatch:
            address = world.address(route)
            place = resolve(address).kwargs
            first = str(next(iter(place.values())))
            found.append(functools.partial(address.replace, first))
    return found


@pytest.mark.parametrize("role", ["anonymous", "manager"])
def test_an_address_may_hold_anything(world: World, role: str) -> None:
    client, made = world.client(role), patterns(world)
    for value in SEGMENTS:
        text = value if value.startswith("%") else quote(value.encode("utf-8", "surrogatepass"), safe="/.")
        for make in made:
            with undone():
                judge(client.get(make(text)), client)


@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_a_post_to_an_address_that_holds_anything(world: World, role: str) -> None:
    client, made = world.client(role), patterns(world)
    for value in (str(2**31), str(2**63), "9" * 400, "0", "a"):
        for make in made:
            with undone():
                judge(client.post(make(value), world.posts()["pro:decide"]), client)
