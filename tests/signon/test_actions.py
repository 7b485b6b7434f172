"""What staff set of how a resource opens: who may, over what they have seen, and what is never written down."""

from typing import Any

import pytest

from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.resources.models import DigitalResource
from navette.signon.actions import (
    Release,
    access_fingerprint,
    forget_address,
    new_key,
    register_address,
    release,
    released_fingerprint,
    set_access,
)
from navette.signon.errors import AccessOvertaken
from navette.signon.models import Ticket, TicketKind, VendorAccess, WayName
from navette.signon.tickets import issue
from navette.signon.trials import Trial
from tests import factories

pytestmark = pytest.mark.django_db
KEY = "cle-partagee-avec-le-fournisseur"


def settle(resource: DigitalResource, way: str, **values: Any) -> VendorAccess:
    """Set how `resource` opens, over what is there."""
    seen = access_fingerprint(VendorAccess.objects.filter(resource=resource).first())
    known: dict[str, Any] = {"address": "https://vendor.example.org/", "seen": seen, "acting_user": factories.staff()}
    return set_access(resource, way=way, **known | values)


def cas() -> VendorAccess:
    """Return the settings of a resource that opens by CAS."""
    return settle(factories.ResourceFactory(), "cas")


# ---- who, and over what
def test_others_set_nothing() -> None:
    access = cas()
    address = register_address(access, acting_user=factories.staff(), use="service", url="https://a.example.org/")
    user, seen = factories.staff("territory"), released_fingerprint(access)
    for attempt in (
        lambda: settle(access.resource, "plain", acting_user=user),
        lambda: register_address(access, acting_user=user, use="service", url="https://b.example.org/"),
        lambda: forget_address(address, acting_user=user),
        lambda: release(access, [Release("mail", "mail")], acting_user=user, seen=seen),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    assert VendorAccess.objects.get().way == "cas"
    assert access.addresses.count() == 1
    assert not access.released.exists()


def test_a_newer_setting_is_not_overwritten() -> None:
    staff, resource = factories.staff(), factories.ResourceFactory()
    made = settle(resource, "plain", acting_user=staff)
    for seen in (access_fingerprint(None), "", "x"):
        with pytest.raises(AccessOvertaken, match=staff.label) as refusal:
            settle(resource, "plain", seen=seen)
        assert refusal.value.now == access_fingerprint(made)
    keyed = settle(resource, "signed", key=KEY)
    assert access_fingerprint(settle(resource, "signed", key="k" * 20)) != access_fingerprint(keyed)
    stale = released_fingerprint(made)
    release(made, [Release("mail", "mail")], acting_user=staff, seen=stale)
    with pytest.raises(AccessOvertaken):
        release(made, [], acting_user=staff, seen=stale)


# ---- keys
@pytest.mark.parametrize("way", ["signed", "hashed", "fields", "callback", "posted"])
def test_a_way_that_shares_a_key_is_not_set_without_one(way: str) -> None:
    for key in ("", "court"):
        with pytest.raises(Invalid) as refusal:
            settle(factories.ResourceFactory(), way, key=key)
        assert refusal.value.field == "key"


def test_a_key_is_kept_replaced_and_never_logged() -> None:
    resource = factories.ResourceFactory()
    settle(resource, "signed", key=KEY)
    assert settle(resource, "hashed", clock_format="none", address="https://b.example.org/").key == KEY
    made = new_key()
    assert settle(resource, "hashed", key=made).key == made
    told = str([row.detail for row in AuditRow.objects.all()])
    assert KEY not in told
    assert made not in told
    assert settle(resource, "cas").key == ""
    assert len(made) >= 40


# ---- another way
def test_another_way_forgets_what_belonged_to_the_former() -> None:
    access = cas()
    staff, resource = factories.staff(), access.resource
    register_address(access, acting_user=staff, use="service", url="https://a.example.org/")
    issue(TicketKind.CAS, access, Trial.MAY, "https://a.example.org/")
    VendorAccess.objects.update(entity_id="urn:a", client_id="b", metadata="<c/>")
    changed = settle(resource, "oidc")
    assert (changed.entity_id, changed.metadata, changed.client_id) == ("", "", "b")
    assert not changed.addresses.exists()
    assert Ticket.objects.get().used_at is not None


def test_the_same_way_saved_again_keeps_everything() -> None:
    access = cas()
    register_address(access, acting_user=factories.staff(), use="service", url="https://a.example.org/")
    issue(TicketKind.CAS, access, Trial.MAY, "https://a.example.org/")
    again = settle(access.resource, "cas", address="https://b.example.org/")
    assert (again.pk, again.addresses.count(), Ticket.objects.get().used_at) == (access.pk, 1, None)


def test_an_unknown_way_or_clock_is_refused() -> None:
    resource = factories.ResourceFactory()
    for way, values, field in (("odd", {}, "way"), ("hashed", {"key": KEY, "clock_format": "odd"}, "clock_format")):
        with pytest.raises(Invalid) as refusal:
            settle(resource, way, **values)
        assert refusal.value.field == field
    assert not VendorAccess.objects.exists()


def test_a_saml_vendor_is_known_by_one_name() -> None:
    first = settle(factories.ResourceFactory(), "saml", entity_id=" urn:vendor ")
    assert first.entity_id == "urn:vendor"
    assert settle(first.resource, "saml").entity_id == "urn:vendor"
    for name in ("urn:vendor", "urn vendor", "u" * 501):
        with pytest.raises(Invalid) as refusal:
            settle(factories.ResourceFactory(), "saml", entity_id=name)
        assert refusal.value.field == "entity_id"


# ---- addresses (SSO-04)
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "complète"),
        ("vendor.example.org", "complète"),
        ("https://", "complète"),
        ("https://vendor", "complète"),
        ("https://[::1", "complète"),
        ("https://vendor.example.org:99999/", "complète"),
        ("http://vendor.example.org/", "commence par https"),
        ("javascript:alert(1)//vendor.example.org", "complète"),
        ("ftp://vendor.example.org/", "commence par https"),
        ("//vendor.example.org/", "commence par https"),
        ("https://vendor.example.org/#retour", "signe #"),
        ("https://vendor.example.org/#", "signe #"),
        ("https://moi:secret@vendor.example.org/", "signe @"),
        ("https://@vendor.example.org/", "signe @"),
        ("https://*.example.org/", "étoile"),
        ("https://vendor.example.org/a b", "espace"),
        ("https://vendor.example.org\\@evil.example/", "barre inversée"),
        ("https://vendor.example.org/\nSet-Cookie:a", "espace"),
        ("https://vendor.example.org/cas/../x", "sans « .. »"),
        ("https://vendor.example.org/" + "a" * 500, "500"),
    ],
)
def test_sso_04_an_address_is_whole_and_leads_nowhere_else(url: str, words: str) -> None:
    access = cas()
    with pytest.raises(Invalid, match=words) as refusal:
        register_address(access, acting_user=factories.staff(), use="service", url=url)
    assert refusal.value.field == "url"
    assert not access.addresses.exists()


def test_sso_04_an_address_serves_what_its_way_knows_and_once() -> None:
    access, staff = cas(), factories.staff()
    url = "https://vendor.example.org:8443/cas/retour?langue=fr"
    made = register_address(access, acting_user=staff, use="service", url=f" {url} ")
    assert (made.url, made.position, made.binding) == (url, 0, "")
    with pytest.raises(Invalid, match="déjà"):
        register_address(access, acting_user=staff, use="service", url=url)
    for use in ("acs", "", "odd"):
        with pytest.raises(Invalid) as refusal:
            register_address(access, acting_user=staff, use=use, url="https://b.example.org/")
        assert refusal.value.field == "use"
    forget_address(made, acting_user=staff)
    forget_address(made, acting_user=staff)
    assert AuditRow.objects.filter(action="signon.remove_address").count() == 1


def test_a_vendor_on_this_machine_is_let_pass_where_the_portal_is_a_demo(settings: Any) -> None:
    access, staff = cas(), factories.staff()
    url = "http://127.0.0.1:8000/fournisseur"
    with pytest.raises(Invalid):
        register_address(access, acting_user=staff, use="service", url=url)
    settings.SITE_URL = "http://127.0.0.1:8000"
    assert register_address(access, acting_user=staff, use="service", url=url).url == url
    with pytest.raises(Invalid):
        register_address(access, acting_user=staff, use="service", url="http://vendor.example.org/")


def test_a_plain_link_may_lead_to_a_site_without_https() -> None:
    for way in (WayName.PLAIN, WayName.REFERER):
        assert settle(factories.ResourceFactory(), way, address="http://old.example.org/").way == way
    with pytest.raises(Invalid) as refusal:
        settle(factories.ResourceFactory(), "cas", address="http://old.example.org/")
    assert refusal.value.field == "address"


# ---- what is told (SSO-03)
def test_sso_03_nothing_is_told_by_default_and_then_exactly_what_is_said() -> None:
    access, staff = cas(), factories.staff()
    assert not access.released.exists()
    wishes = [Release("mail", " mail "), Release("birth_date", "born", "french")]
    release(access, wishes, acting_user=staff, seen=released_fingerprint(access))
    rows = list(access.released.values_list("attribute", "name", "date_format"))
    assert rows == [("mail", "mail", "iso"), ("birth_date", "born", "french")]
    release(access, [Release("mail", "email")], acting_user=staff, seen=released_fingerprint(access))
    assert [row.name for row in access.released.all()] == ["email"]
    assert AuditRow.objects.latest("pk").detail == {"changed": {"attributes": [["birth_date", "mail"], ["mail"]]}}


@pytest.mark.parametrize("name", ["", " ", "a b", "a\x00b", "n" * 201])
def test_sso_03_a_vendors_name_is_one_word(name: str) -> None:
    access = cas()
    with pytest.raises(Invalid) as refusal:
        release(access, [Release("mail", name)], acting_user=factories.staff(), seen=released_fingerprint(access))
    assert refusal.value.field == "mail"


def test_sso_03_two_attributes_do_not_share_a_name() -> None:
    access = cas()
    wishes = [Release("mail", "x"), Release("last_name", "x")]
    with pytest.raises(Invalid) as refusal:
        release(access, wishes, acting_user=factories.staff(), seen=released_fingerprint(access))
    assert refusal.value.field == "last_name"
    with pytest.raises(Invalid):
        release(access, [Release("odd", "x")], acting_user=factories.staff(), seen=released_fingerprint(access))
