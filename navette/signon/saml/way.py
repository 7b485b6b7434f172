"""Opening from the portal: an assertion that nobody asked for, posted to the vendor's default address."""

from navette.signon import sessions
from navette.signon.models import VendorAccess
from navette.signon.saml.names import LONGEST_RELAY
from navette.signon.saml.partners import partner_of
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.responses import Answer, new_id, with_assertion
from navette.signon.ways import Departure, VendorSilent, Visit


class Saml:
    """Posts a signed assertion. The page to show is told in RelayState, where it is not the receiving address itself.

    Nobody comes back to check it: the opening is counted as the reader leaves.
    """

    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the form to post; VendorSilent where the vendor has no address that receives."""
        try:
            acs = partner_of(access).default.url
        except SamlRefused as refused:
            raise VendorSilent(refused.reason, refused.detail) from refused
        page = visit.return_to or access.address
        relay = page if page != acs and len(page.encode()) <= LONGEST_RELAY else ""
        return assert_to(access, visit, Answer(acs=acs, relay=relay, session_index=new_id()))


def assert_to(access: VendorAccess, visit: Visit, answer: Answer) -> Departure:
    """Return the form that brings `visit` to the vendor, and remember the session that it opens there."""
    departure = with_assertion(access, visit, answer)
    facts = {"service": answer.acs, "index": answer.session_index, "name_id": visit.reader_id}
    sessions.remember(access, visit.session, **facts)
    return departure
