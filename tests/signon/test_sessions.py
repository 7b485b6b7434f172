"""Single logout: the vendors of a session are told of its end by notices that wait for the worker."""

import pytest

from navette.signon import sessions
from navette.signon.models import LogoutNotice, VendorSession, WayName
from tests.factories import VendorAccessFactory

pytestmark = pytest.mark.django_db


def bye(row: VendorSession) -> tuple[str, str]:
    """Return a vendor's notice."""
    return row.service, f"bye {row.index}"


def test_without_a_session_nothing_is_remembered_nor_told() -> None:
    sessions.remember(
        VendorAccessFactory(way=WayName.CAS), sessions.mark_of(None), service="https://a.example/", index="1"
    )
    assert not VendorSession.objects.exists()
    assert sessions.end("", {WayName.CAS: bye}) == 0


def test_a_sessions_key_is_not_kept() -> None:
    mark = sessions.mark_of("a-secret-session-key")
    assert len(mark) == 64
    assert "secret" not in mark


def test_the_vendors_of_this_session_alone_are_told_once() -> None:
    access, mark = VendorAccessFactory(way=WayName.CAS), sessions.mark_of("mine")
    sessions.remember(access, mark, service="https://a.example/", index="ST-1")
    sessions.remember(access, sessions.mark_of("another"), service="https://b.example/", index="ST-2")
    assert sessions.end(mark, {WayName.CAS: bye}) == 1
    assert sessions.end(mark, {WayName.CAS: bye}) == 0
    assert list(LogoutNotice.objects.values_list("url", "body")) == [("https://a.example/", "bye ST-1")]
    assert VendorSession.objects.count() == 1


def test_a_way_that_has_no_single_logout_is_only_forgotten() -> None:
    mark = sessions.mark_of("mine")
    sessions.remember(VendorAccessFactory(way=WayName.CAS), mark, service="https://a.example/", index="ST-1")
    assert sessions.end(mark, {}) == 0
    assert not VendorSession.objects.exists()
