"""The older recipes that vendors ask for, as data: what a link holds, what is hashed, and whether it says when.

Each parameter is filled by one part, or by a proof: the hash of parts joined without anything between them. Parts that
are empty are left out of the link. Text is hashed as UTF-8; hashes are written in lowercase hexadecimal.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from django.utils import timezone

from navette.signon.models import Attribute, ClockFormat, VendorAccess, WayName
from navette.signon.ways import Visit

NOWHERE = "lecteur.invalid"  # a domain that can't exist: what is written to it reaches nobody


class Part(Enum):
    """What a parameter of a link may hold."""

    READER = auto()  # the opaque identifier
    MAIL = auto()  # the mail if it is released; else the identifier, in the form of an address that reaches nobody
    ESTABLISHMENT = auto()  # the portal's name at the vendor
    MOMENT = auto()  # when the link was made, in the recipe's or the resource's clock format
    RETURN = auto()  # the vendor's page that the reader was going to
    KEY = auto()  # only ever hashed


def sha256(text: str, _key: str) -> str:
    """Return the SHA-256 of `text`, in which the key stands already."""
    return hashlib.sha256(text.encode()).hexdigest()


def md5(text: str, _key: str) -> str:
    """Return the MD5 of `text`, in which the key stands already; broken for other uses, and asked for by vendors."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def hmac_base64(text: str, key: str) -> str:
    """Return the HMAC-SHA-256 of `text` with `key`, in base64."""
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class Proof:
    """A hash by which the vendor knows that the portal made the link: over what, and by which function."""

    of: tuple[Part | str, ...]
    by: Callable[[str, str], str]


@dataclass(frozen=True)
class Recipe:
    """One old kind of link.

    `parameters`: name and content, in order. `tells`: whether the attributes released go with the link, too. `each`:
    how the hash of each field is named, where every one has its own. `day`: how the day is written where the recipe
    fixes that; elsewhere the resource's settings say it.
    """

    parameters: Mapping[str, Part | Proof]
    tells: bool = True
    each: str = ""
    day: str = ""


HASHED = Recipe(
    parameters=MappingProxyType(
        {
            "sso_id": Part.ESTABLISHMENT,
            "id": Part.READER,
            "date": Part.MOMENT,
            "id_encrypted": Proof((Part.READER, Part.MOMENT, Part.KEY), sha256),
            "return_url": Part.RETURN,
        }
    ),
)
FIELDS = Recipe(
    parameters=MappingProxyType(
        {
            "etab": Part.ESTABLISHMENT,
            "id": Part.READER,
            "return_url": Part.RETURN,
            "d": Proof((Part.MOMENT, Part.KEY), sha256),
        }
    ),
    each="{name}_sha256",
    day="%d%m%Y",
)
CALLBACK = Recipe(
    parameters=MappingProxyType(
        {
            "uid": Part.READER,
            "bibid": Part.ESTABLISHMENT,
            "date": Part.MOMENT,
            "token": Proof((Part.READER, Part.MOMENT, Part.KEY, Part.ESTABLISHMENT), md5),
        }
    ),
    tells=False,  # told in the answer to the vendor's question, and nowhere else
)
POSTED = Recipe(
    parameters=MappingProxyType(
        {
            "id": Part.READER,
            "email": Part.MAIL,
            "return_url": Part.RETURN,
            "hmac": Proof((Part.MAIL, " ", Part.MOMENT), hmac_base64),
        }
    ),
    day="%Y-%m-%d",
)
RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        WayName.HASHED: HASHED,
        WayName.FIELDS: FIELDS,
        WayName.CALLBACK: CALLBACK,
        WayName.POSTED: POSTED,
    }
)
# How a resource's clock format writes the moment, in the portal's time zone.
CLOCKS = {ClockFormat.DAY: "%Y-%m-%d", ClockFormat.MINUTE: "%Y%m%d%H%M"}


def filled(recipe: Recipe, access: VendorAccess, visit: Visit) -> dict[str, str]:
    """Return what the link of `visit` holds by `recipe`: parameters and their values, the empty ones left out.

    The recipe's own parameters win over an attribute that was given the name of one.
    """
    values = _values(recipe, access, visit)
    held = {name: _content(part, values) for name, part in recipe.parameters.items()}
    told = {row.name: row.value for row in visit.released if row.name not in held} if recipe.tells else {}
    link = {name: value for name, value in (held | told).items() if value}
    if not recipe.each:
        return link
    proven = [name for name in link if not isinstance(recipe.parameters.get(name), Proof)]
    return {recipe.each.format(name=name): sha256(link[name] + access.key, "") for name in proven} | link


def _content(part: Part | Proof, values: Mapping[Part, str]) -> str:
    if isinstance(part, Part):
        return values[part]
    text = "".join(piece if isinstance(piece, str) else values[piece] for piece in part.of)
    return part.by(text, values[Part.KEY])


def _values(recipe: Recipe, access: VendorAccess, visit: Visit) -> dict[Part, str]:
    released = {row.attribute: row.value for row in visit.released}
    return {
        Part.READER: visit.reader_id,
        Part.MAIL: released.get(Attribute.MAIL) or f"{visit.reader_id}@{NOWHERE}",
        Part.ESTABLISHMENT: access.establishment,
        Part.MOMENT: _moment(recipe, access, visit),
        Part.RETURN: visit.return_to,
        Part.KEY: access.key,
    }


def _moment(recipe: Recipe, access: VendorAccess, visit: Visit) -> str:
    local = timezone.localtime(visit.at)
    if recipe.day:
        return local.strftime(recipe.day)
    if access.clock == ClockFormat.UNIX:
        return str(int(visit.at.timestamp()))
    if access.clock == ClockFormat.NONE:
        return ""
    return local.strftime(CLOCKS[ClockFormat(access.clock)])
