"""What a library may change of itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.libraries.models import Library, MailRhythm


@transaction.atomic
def choose_mail_rhythm(library: Library, *, acting_user: Actor, rhythm: str) -> Library:
    """Choose whether `library` gets a mail a request or one a day (SUB-05); return it fresh.

    Choosing what stands already changes nothing. Raises NotAllowed, or Invalid for an unknown rhythm.
    """
    require(acting_user, "libraries.choose_mail_rhythm", library)
    if rhythm not in MailRhythm.values:
        raise Invalid(_("Choisissez l’un des deux rythmes."), "mail_rhythm")
    rows = Library.objects.filter(pk=library.pk).exclude(mail_rhythm=rhythm).update(mail_rhythm=rhythm)
    if rows:
        audit(acting_user, "libraries.choose_mail_rhythm", library, rhythm=rhythm)
    return Library.objects.get(pk=library.pk)
