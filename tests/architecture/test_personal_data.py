"""Wherever personal data are written, they are found again when the person goes (DATA-02)."""

import pytest

from navette.accounts.models import Kind, User
from navette.mail.models import OutgoingMail
from navette.readers.models import Reader
from tests import factories
from tests.architecture.test_mails import SENT_BY


@pytest.mark.django_db
@pytest.mark.parametrize("kind", SENT_BY)
def test_data_02_a_mail_that_names_a_reader_says_whose_data_it_holds(kind: str) -> None:
    factories.portal()
    factories.SiteTermsFactory()
    SENT_BY[kind]()
    named = {str(reader) for reader in Reader.objects.all()}
    named |= set(User.objects.filter(kind=Kind.READER).values_list("email", flat=True))
    loose = OutgoingMail.objects.filter(about_account=None, about_library=None, emptied_at=None)
    for mail in loose:
        text = f"{mail.to_email} {mail.subject} {mail.body} {mail.button_url}"
        assert not [name for name in named if name in text], f"{mail.kind} names a reader: give its Letter `about`"
