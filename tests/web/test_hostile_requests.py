"""What no browser sends: bodies, cookies, hosts and headers of any kind get a page, a redirect or a 4xx."""

import copy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.access import rows
from tests.architecture.world import World, routes, undone
from tests.web.judging import MARK, judge

BODIES = [
    ("application/x-www-form-urlencoded", b"\xff\xfe=%ff&%"),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(2_500))),
    ("application/x-www-form-urlencoded", b"a=" + b"b" * (3 * 1024 * 1024)),
    ("application/x-www-form-urlencoded; charset=nowhere", b"a=b"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=", b"--\r\n"),
    ("multipart/form-data; boundary=\xe9", b"--x\r\n"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb"),
    (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"; filename="../a"\r\n\r\nb\r\n--x--',
    ),
    ("multipart/form-data; boundary=x", b"--x\r\n" * 3_000),
    ("application/json", b'{"identifier": {"$ne": 1}}'),
    ("application/json", b"[" * 10_000),
    ("text/xml", b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
    ("", b"a=b"),
    ("\0", b"a=b"),
]
COOKIES = [
    "navette=" + "a" * 4_000,
    "navette=\xff\xfe; csrftoken=\xff",
    "navette=../../etc/passwd",
    'navette="; messages=W1tdXQ:1:x',
    "messages=" + "a" * 3_000,
    "; ; =; navette",
    "navette=%00%00",
    "navette=\0",
]
HOSTS = ["evil.example", "navette.test.evil.example", "a b", "[::1", "testserver:a", "testserver:1:2", "é", "\0", ""]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: f"{body[0]} {body[1][:20]!r}")
def test_a_body_may_be_anything(world: World, body: tuple[str, bytes]) -> None:
    takes_posts = [(route, cells) for route, method, cells in rows() if method == "POST"]
    for role in ("anonymous", "active", "manager"):
        client = world.client(role)
        cookies = copy.deepcopy(client.cookies)
        for route, cells in takes_posts:
            if cells[role] != "405":  # which nobody reads a body for
                with undone():
                    client.cookies = copy.deepcopy(cookies)
                    address = world.address(route)
                    judge(client.generic("POST", address, body[1], content_type=body[0]), client, follow=False)


@pytest.mark.parametrize("cookie", COOKIES)
def test_a_cookie_may_hold_anything(world: World, cookie: str) -> None:
    for route in routes():
        with undone():
            client = Client()
            judge(client.get(world.address(route), HTTP_COOKIE=cookie), client, follow=False)


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_not_ours_is_refused(world: World, host: str) -> None:
    for path in (reverse("site:home"), reverse("site:login"), reverse("pro:dashboard")):
        client = Client()
        answer = client.get(path, HTTP_HOST=host)
        judge(answer, client, follow=False)
        assert answer.status_code == 400
    assert (
        Client().post(reverse("site:password_forgotten"), {"email": "a@example.org"}, HTTP_HOST=host).status_code == 400
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_FOR": "a, \0, ::::"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "unix:"},
        {"REMOTE_ADDR": "::ffff:192.0.2.1%eth0"},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://[::1"},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": MARK},
        {"HTTP_REFERER": "javascript:alert(1)"},
        {"HTTP_ACCEPT_LANGUAGE": "a" * 5_000},
        {"HTTP_ACCEPT_LANGUAGE": "zz-" * 500},
        {"HTTP_RANGE": "bytes=9-1,-5"},
        {"HTTP_IF_MODIFIED_SINCE": "Wed, 99 Foo 99999 99:99:99 GMT"},
        {"HTTP_IF_NONE_MATCH": '"' * 100},
        {"CONTENT_LENGTH": "a"},
        {"CONTENT_LENGTH": "-1"},
        {"HTTP_COOKIE": "navette=a", "HTTP_X_CSRFTOKEN": "\xff"},
    ],
    ids=str,
)
def test_headers_may_hold_anything(world: World, headers: dict[str, Any]) -> None:
    client = world.client("manager")
    for route in routes():
        with undone():
            judge(client.get(world.address(route), **headers), client, follow=False)
    with undone():
        client = Client(enforce_csrf_checks=True)
        judge(client.post(reverse("site:login"), {"bloc": "abonne"}, **headers), client)
