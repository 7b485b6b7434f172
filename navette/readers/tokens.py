"""The link by which a parent answers: signed, and worth nothing once it was sent to another address."""

import datetime as dt

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from navette.core import clock
from navette.readers.models import ParentalAgreement

_AGREE = "navette.readers.parental_agreement"
LINK_SERVES = dt.timedelta(days=30)  # from the last mail to the parent on


def parental_token(agreement: ParentalAgreement) -> str:
    """Return a signed token for the agreement asked of a parent; the address itself can't be read from it."""
    return signing.dumps([agreement.pk, _mark(agreement)], salt=_AGREE)


def agreement_of(token: str) -> ParentalAgreement | None:
    """Return the agreement that `token` answers, with its reader; None for a link that is over or not ours.

    One that was given stays readable, so that a second click finds what the first one did.
    """
    try:
        pk, mark = signing.loads(token, salt=_AGREE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = ParentalAgreement.objects.select_related("reader__user").filter(pk=pk).first()
    if found is None or not constant_time_compare(_mark(found), mark):
        return None
    is_over = found.agreed_at is None and found.asked_at + LINK_SERVES < clock.now()
    return None if is_over else found


def _mark(agreement: ParentalAgreement) -> str:
    text = f"{agreement.reader_id}:{agreement.parent_email.casefold()}"
    return salted_hmac(_AGREE, text, algorithm="sha256").hexdigest()[:32]
