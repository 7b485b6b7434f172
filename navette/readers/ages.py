"""Age bands: how old people are, for figures in which nobody can be found."""

import bisect
import datetime as dt

BANDS = ("0-14", "15-24", "25-44", "45-64", "65+")
_FIRST_AGES = (15, 25, 45, 65)  # of each band but the first


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Return the age in whole years on `day`; who was born on a 29 February is older from 1 March in other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def age_band(birth_date: dt.date, day: dt.date) -> str:
    """Return the band of BANDS into which the age on `day` falls.

    They are those of the yearly survey of public libraries (0 to 14, 15 to 64, 65 and over), the middle one refined.
    """
    return BANDS[bisect.bisect_right(_FIRST_AGES, age_on(birth_date, day))]
