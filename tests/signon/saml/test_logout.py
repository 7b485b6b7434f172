"""Single logout: the vendor is told by a signed message of its own, where its metadata say how."""

import pytest
from cryptography import x509
from lxml import etree
from saml2.xml.schema import validate

from navette.signon import keys, notices, sessions
from navette.signon.models import AddressUse, KeyUse, LogoutNotice, VendorAccess, VendorAddress, VendorSession
from navette.signon.simulators.xmldsig import BadSignature, verify
from tests.signon.saml import provider

pytestmark = pytest.mark.django_db
MARK = "m" * 64
URL = "https://sp.example.org/slo"
REQUEST = "{urn:oasis:names:tc:SAML:2.0:protocol}LogoutRequest"


@pytest.fixture
def access() -> VendorAccess:
    found = provider.registered()
    sessions.remember(found, MARK, service=provider.ACS, index="_index1", name_id="0" * 32)
    return found


def test_a_vendor_that_ends_sessions_by_redirects_only_is_not_told(access: VendorAccess) -> None:
    VendorAddress.objects.create(access=access, use=AddressUse.SAML_LOGOUT, url=URL, binding="redirect")
    assert sessions.end(MARK, notices.WORDINGS) == 0
    assert not VendorSession.objects.exists()


def test_the_vendor_is_told_whose_session_ends_by_a_request_that_is_signed(access: VendorAccess) -> None:
    VendorAddress.objects.create(access=access, use=AddressUse.SAML_LOGOUT, url=URL, binding="soap")
    assert sessions.end(MARK, notices.WORDINGS) == 1
    notice = LogoutNotice.objects.get()
    assert notice.url == URL
    request = next(etree.fromstring(notice.body).iter(REQUEST))
    certificate = x509.load_pem_x509_certificate(keys.current(KeyUse.SAML).certificate.encode())
    verify(request, [certificate])
    with pytest.raises(BadSignature):
        verify(request, [provider.pair(0)[1]])
    validate(etree.tostring(request).decode())
    told = {row.tag.rpartition("}")[2]: row.text for row in request}
    assert (told["NameID"], told["SessionIndex"]) == ("0" * 32, "_index1")
    assert request.get("Destination") == URL
