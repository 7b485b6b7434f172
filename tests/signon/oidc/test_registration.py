"""What the staff register of a vendor that signs on by OpenID Connect."""

from typing import Any

import pytest

from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.signon.models import VendorAccess, WayName
from navette.signon.oidc.registration import Registered, register_client, rotate_secret
from tests import factories

pytestmark = pytest.mark.django_db
BACK, OUT = "https://vendor.example.org/back", "https://vendor.example.org/out"


@pytest.fixture
def access() -> VendorAccess:
    return factories.vendor(way=WayName.OIDC)


def register(access: VendorAccess, **changes: Any) -> Registered:
    """Register by the staff, right unless it is changed."""
    usual: dict[str, Any] = {
        "acting_user": factories.staff("administrator"),
        "redirect_uris": [BACK],
        "logout_uris": [],
    }
    return register_client(access, **usual | {"confidential": True} | changes)


def test_who_may_not_change_resources_registers_nothing(access: VendorAccess) -> None:
    for person in (factories.UserFactory(), factories.library_account(factories.LibraryFactory())):
        with pytest.raises(NotAllowed):
            register(access, acting_user=person)
        with pytest.raises(NotAllowed):
            rotate_secret(access, acting_user=person)
    access.refresh_from_db()
    assert (access.client_id, access.key) == ("", "")


def test_another_way_is_not_registered() -> None:
    with pytest.raises(Invalid):
        register(factories.vendor(way=WayName.CAS))
    with pytest.raises(Invalid):
        rotate_secret(factories.vendor(way=WayName.SIGNED, key="k" * 40), acting_user=factories.staff("administrator"))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "vendor.example.org/back",
        "/back",
        "//vendor.example.org/back",
        "http://vendor.example.org/back",
        "http://localhost.evil.org/",
        "http://127.0.0.1:8000/back",
        "https://vendor.example.org/a/../back",
        "javascript:alert(1)",
        "com.vendor.app:/back",
        "https://",
        "https://[",
        "https://vendor.example.org/back#here",
        "https://vendor.example.org/back#",
        "https://*.example.org/back",
        "https://somebody@vendor.example.org/back",
        "https://vendor.example.org/a b",
        "https://vendor.example.org/\0",
        "https://vendor.example.org/é",
        "https://vendor.example.org/" + "a" * 500,
    ],
)
def test_sso_04_an_address_that_could_not_be_compared_whole_is_not_registered(
    access: VendorAccess, address: str
) -> None:
    for name in ("redirect_uris", "logout_uris"):
        with pytest.raises(Invalid) as caught:
            register(access, **{name: [BACK, address]})
        assert caught.value.field == name
    assert not access.addresses.exists()


def test_an_address_at_least(access: VendorAccess) -> None:
    with pytest.raises(Invalid):
        register(access, redirect_uris=[])


def test_a_vendor_gets_an_identifier_once_and_a_secret_shown_once(access: VendorAccess) -> None:
    first = register(access, logout_uris=[OUT])
    again = register(access, redirect_uris=[BACK, BACK, "https://vendor.example.org/back?shop=2"])
    assert first.access.client_id == again.access.client_id
    assert len(first.secret) >= 40
    assert again.secret == ""
    access.refresh_from_db()
    assert access.key == first.secret
    assert set(access.addresses.values_list("use", "url")) == {
        ("redirect", BACK),
        ("redirect", "https://vendor.example.org/back?shop=2"),
    }


def test_a_key_of_another_way_never_becomes_a_secret() -> None:
    access = factories.vendor(way=WayName.OIDC, key="the key of the links of before")
    assert register(access).secret not in {"", "the key of the links of before"}


def test_a_public_vendor_has_no_secret(access: VendorAccess) -> None:
    register(access)
    register(access, confidential=False)
    access.refresh_from_db()
    assert access.key == ""
    with pytest.raises(Invalid):
        rotate_secret(access, acting_user=factories.staff("administrator"))


def test_a_new_secret_ends_the_former_and_stands_in_no_audit_row(access: VendorAccess) -> None:
    first = register(access).secret
    second = rotate_secret(access, acting_user=factories.staff("administrator"))
    access.refresh_from_db()
    assert access.key == second != first
    rows = str(list(AuditRow.objects.values()))
    assert "signon.register_client" in rows
    assert "signon.rotate_secret" in rows
    assert first not in rows
    assert second not in rows
