"""The reader of a trial: somebody made up, through whom staff see what a vendor is sent and what a reader is told."""

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library, Territory
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.subscriptions.models import Subscription

UID = uuid.UUID("00000000-0000-4000-8000-00000000e55a")
YEAR = dt.timedelta(days=365)


class Trial(models.TextChoices):
    """What the reader of a trial is like: one who may open the resource, or one for each reason not to."""

    MAY = "may", gettext_lazy("abonnement en cours, ressource accordée")
    WAITING = "waiting", gettext_lazy("demande en attente de la bibliothèque")
    REFUSED = "refused", gettext_lazy("demande refusée")
    EXPIRED = "expired", gettext_lazy("abonnement terminé")
    NOT_ASKED = "not_asked", gettext_lazy("ressource non demandée")
    NO_SEAT = "no_seat", gettext_lazy("plus de place disponible")
    UNCONFIRMED = "unconfirmed", gettext_lazy("adresse mail non confirmée")


def subscription_of(trial: Trial, resource: DigitalResource, today: dt.date) -> Subscription:
    """Return the subscription, never saved, of the reader of a trial; raise the Stopped that a real one would meet.

    A resource that is closed stops every trial but the one who may: staff try it before they open it.
    """
    stop = STOPS.get(trial)
    if stop is not None:
        raise stop(resource.name, _library().name, today)
    return Subscription(reader=_reader(), library=_library(), starts_on=today, ends_on=today + YEAR)


def _library() -> Library:
    territory = Territory(name=_("Secteur d’essai"))
    return Library(name=_("Bibliothèque d’essai"), commune=_("Commune d’essai"), territory=territory)


def _reader() -> Reader:
    user = User(email="camille.essai@example.org", email_confirmed_at=clock.now())
    return Reader(user=user, uid=UID, first_name="Camille", last_name="Essai", birth_date=dt.date(1990, 5, 17))


STOPS: dict[Trial, Callable[[str, str, dt.date], errors.Stopped]] = {
    Trial.WAITING: lambda resource, library, today: errors.Waiting(library, today - dt.timedelta(days=2)),
    Trial.REFUSED: lambda resource, library, today: errors.Refused(library, _("Hors du territoire")),
    Trial.EXPIRED: lambda resource, library, today: errors.Expired(library, today - dt.timedelta(days=1)),
    Trial.NOT_ASKED: lambda resource, library, today: errors.NotAskedFor(resource),
    Trial.NO_SEAT: lambda resource, library, today: errors.SeatAwaited(resource, 3),
    Trial.UNCONFIRMED: lambda resource, library, today: errors.AddressNotConfirmed(),
}
