"""What a vendor is told of a reader: the opaque identifier, and only what the resource's settings release (SSO-03)."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from navette.core import clock
from navette.readers.ages import age_band
from navette.signon.models import Attribute, DateFormat, VendorAccess
from navette.subscriptions.models import Subscription

DATE_FORMATS = {
    DateFormat.ISO: "%Y-%m-%d",
    DateFormat.FRENCH: "%d/%m/%Y",
    DateFormat.DIGITS: "%d%m%Y",
    DateFormat.COMPACT: "%Y%m%d",
}


@dataclass(frozen=True)
class Released:
    """One thing told: what it is, the name that the vendor wants, and its value for this reader."""

    attribute: Attribute
    name: str
    value: str


def released_to(access: VendorAccess, subscription: Subscription) -> list[Released]:
    """Return what the vendor of `access` is told of the reader of `subscription`, in the order of the settings.

    One query, for the settings: `may_open` has read the library and its territory. The identifier is not among them.
    """
    return [
        Released(
            Attribute(row.attribute),
            row.name,
            _value(Attribute(row.attribute), DateFormat(row.date_format), subscription),
        )
        for row in access.released.all()
    ]


def _value(attribute: Attribute, date_format: DateFormat, subscription: Subscription) -> str:
    if attribute == Attribute.BIRTH_DATE:
        return written(subscription.reader.birth_date, date_format)
    return VALUES[attribute](subscription)


def written(day: dt.date, date_format: DateFormat) -> str:
    """Return `day` as a vendor wants it written; years have four digits."""
    return day.strftime(DATE_FORMATS[date_format])


VALUES: dict[Attribute, Callable[[Subscription], str]] = {
    Attribute.MAIL: lambda row: row.reader.user.email or "",
    Attribute.LAST_NAME: lambda row: row.reader.last_name,
    Attribute.FIRST_NAME: lambda row: row.reader.first_name,
    Attribute.FULL_NAME: lambda row: f"{row.reader.first_name} {row.reader.last_name}",
    Attribute.BIRTH_YEAR: lambda row: str(row.reader.birth_date.year),
    Attribute.AGE_BAND: lambda row: age_band(row.reader.birth_date, clock.today()),
    Attribute.LIBRARY: lambda row: row.library.name,
    Attribute.COMMUNE: lambda row: row.library.commune,
    Attribute.TERRITORY: lambda row: row.library.territory.name,
}
