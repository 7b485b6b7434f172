"""AUTH-06: every route of the site, asked for by every role, answers as the table says."""

import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from tests.architecture.access import ROLES, Row, rows
from tests.architecture.guard import read_only
from tests.architecture.world import World, routes, undone

UNSAFE = ("PUT", "PATCH", "DELETE")


def word_for(answer: HttpResponseBase) -> str:
    """Return an answer in the table's words."""
    if answer.status_code != 302:
        return str(answer.status_code)
    return "in" if answer.headers["Location"].partition("?")[0] == reverse("site:login") else "go"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]} {row[1]}")
def test_auth_06_every_role_gets_the_answer_of_the_table(world: World, row: Row) -> None:
    """And a GET writes nothing, whoever asks."""
    route, method, expected = row
    address, data = world.address(route), world.posts().get(route, {})
    answers = {}
    for role in ROLES:
        with undone():
            client = world.client(role)
            answer = _read(client, route, address) if method == "GET" else client.post(address, data)
            answers[role] = word_for(answer)
            b"".join(answer)  # reads a file to its end, which closes it
    assert answers == expected


def _read(client: Client, route: str, address: str) -> HttpResponseBase:
    """Ask for a page as somebody who turns the pages of a filtered list; a write fails the test."""
    with read_only(route):
        answer: HttpResponseBase = client.get(address, {"q": "a", "page": "2"})
    return answer


def test_auth_06_every_route_stands_in_the_table() -> None:
    listed = [(route, method) for route, method, _expected in rows()]
    assert len(listed) == len(set(listed)), "a row stands there twice"
    assert {route for route, _method in listed} == set(routes()), "a route without a row, or a row without a route"
    assert {(route, method) for route in routes() for method in ("GET", "POST")} == set(listed)


@pytest.mark.parametrize("route", routes())
def test_no_route_takes_another_method(world: World, route: str) -> None:
    client = world.client("administrator")
    for method in UNSAFE:
        assert client.generic(method, world.address(route)).status_code == 405


def test_the_demo_has_no_address_on_a_server() -> None:
    """Its pages show every mail: they exist only where the demo was asked for."""
    assert not settings.DEMO
    for path in ("/demo/", "/demo/mails/", "/demo/mails/1", "/demo/fournisseur/cine"):
        with pytest.raises(Resolver404):
            resolve(path)
