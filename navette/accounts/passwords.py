"""What a password must be (AUTH-01): the portal's rules, and not to be guessed from the person or the place."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from zxcvbn import zxcvbn

from navette.accounts.models import User
from navette.accounts.queries import is_storable
from navette.core.text import fold
from navette.portal.models import Portal
from navette.portal.queries import current_portal

LONGEST = 128  # characters; hashing or judging a longer one would only cost time
EXAMPLE = "4girafes;Lisent,tard"  # shown beside the field, so it is refused as a password
_JUDGED = 72  # zxcvbn refuses a longer text
_GUESSES = 7.9  # powers of ten that what remains must take: eight random characters do

# What people here reach for first; the portal's and the person's own words come on top.
_COMMON_WORDS = frozenset(
    """mediatheque bibliotheque bibliothecaire ludotheque navette navettes biblio departement departementale commune
    mairie lecture lecteur lectrice livre livres roman abonne abonnee abonnement ressource ressources numerique
    numeriques connexion motdepasse motpasse password passe azerty azertyuiop qsdfgh qsdfghjklm wxcvbn qwerty bonjour
    bienvenue soleil doudou chouchou loulou amour france secret admin administrateur bibnum mot mdp demo portail
    janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre printemps automne hiver""".split()  # noqa: SIM905
)
_LOOKALIKES = {
    "a": "a4@",
    "b": "b8",
    "e": "e3€",
    "g": "g9",
    "i": "i1!|l",
    "l": "l1!|i",
    "o": "o0",
    "s": "s5$",
    "t": "t7+",
    "z": "z2",
}
_YEARS = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[a-z]{3,}")
_SPELT = re.compile(r"[a-z0-9]{3,}")  # as it stands in an address: « jean1234567 »
_NUMBER = re.compile(r"\d{3,}")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Rule:
    """One rule of composition: the name by which the page's script knows it, what it asks, and its test."""

    name: str
    label: str | Promise
    holds: Callable[[str], bool]


_CLASSES = (
    Rule("upper", gettext_lazy("une majuscule"), lambda text: any(c.isupper() for c in text)),
    Rule("lower", gettext_lazy("une minuscule"), lambda text: any(c.islower() for c in text)),
    Rule("digit", gettext_lazy("un chiffre"), lambda text: any(c.isdecimal() for c in text)),
    Rule("special", gettext_lazy("un caractère spécial"), lambda text: any(not c.isalnum() for c in text)),
)


def rules_sentence(portal: Portal) -> str:
    """Return what a password must hold at `portal`, as one sentence for the help beside the field."""
    labels = [_("%(count)d caractères au moins") % {"count": portal.password_min_length}]
    return _("Il faut %(rules)s.") % {"rules": _enumeration([*labels, *(str(rule.label) for rule in _CLASSES)])}


def missing_rules(password: str, portal: Portal) -> list[str]:
    """Return what `password` lacks under the portal's rules, in words; an empty list if nothing."""
    lacking = [str(rule.label) for rule in _CLASSES if not rule.holds(password)]
    short = portal.password_min_length - len(password)
    if short > 0:
        more = ngettext("%(count)d caractère de plus", "%(count)d caractères de plus", short) % {"count": short}
        lacking.insert(0, more)
    return lacking


class PortalRuleValidator:
    """Asks for the length and the classes of characters that the portal's settings name."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise a ValidationError that lists exactly what is missing."""
        lacking = missing_rules(password, current_portal())
        if lacking:
            message = _("Il manque à ce mot de passe : %(rules)s.") % {"rules": _enumeration(lacking)}
            raise ValidationError(message, code="password_rules")
        if len(password) > LONGEST:
            message = _("Ce mot de passe est trop long : %(count)d caractères au plus.") % {"count": LONGEST}
            raise ValidationError(message, code="password_too_long")
        if not is_storable(password):
            message = _("Ce mot de passe contient un caractère qui ne s’écrit pas partout.")
            raise ValidationError(message, code="password_character")

    def get_help_text(self) -> str:
        """Return the rules as a sentence."""
        return rules_sentence(current_portal())


class GuessableValidator:
    """Refuses what stays easy to guess once the words of the place and of the person, and years, are taken out."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = tuple(words)

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise a ValidationError if what remains of `password` falls to fewer than 10^7.9 guesses."""
        judged = password[:LONGEST]
        words = _COMMON_WORDS | _words_of([*self.words, *_about_portal(current_portal()), *_about(user), EXAMPLE])
        if min(_strength(rest, words) for rest in _rests(judged, words)) < _GUESSES:
            message = _(
                "Ce mot de passe est trop facile à deviner. Choisissez plusieurs mots sans rapport entre eux, ni avec "
                "vous ou votre bibliothèque."
            )
            raise ValidationError(message, code="password_guessable")

    def get_help_text(self) -> str:
        """Return the advice as a sentence."""
        return _("N’employez ni votre nom, ni celui de votre bibliothèque, ni une année.")


def check_new_password(password: str, user: User | None = None, words: Iterable[str] = ()) -> None:
    """Raise a ValidationError, with every fault in French, unless `password` may be chosen.

    `user` may be unsaved (a registration); `words` are more words about the person that a guesser would try, such as
    their first name or their library's.
    """
    faults: list[ValidationError] = []
    for validator in (PortalRuleValidator(), GuessableValidator(words)):
        try:
            validator.validate(password, user)
        except ValidationError as fault:
            faults.append(fault)
    if faults:
        raise ValidationError(list[Any](faults))


def is_right(user: User | None, password: str) -> bool:
    """Say whether `password` is the user's, hashing once in every case so that the answer takes the same time."""
    if len(password) > LONGEST or not is_storable(password):
        password, user = "", None
    if user is None:
        make_password(password)
        return False
    return user.check_password(password)


def _about_portal(portal: Portal) -> list[str]:
    return [portal.name, portal.owner]


def _about(user: User | None) -> list[str]:
    return [user.name, user.email, user.identifier] if user else []


def _words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of three letters and more in `texts`, folded; also each text's words written as one.

    Where digits stand in a text, its numbers are words too, and its words with their digits and without them.
    """
    found: set[str] = set()
    for text in texts:
        folded = fold(text[:300])
        words = _WORD.findall(folded)
        found.update(words, _NUMBER.findall(folded), _SPELT.findall(folded), _WORD.findall(_DIGITS.sub("", folded)))
        if len(words) > 1:
            found.add("".join(words))
    return frozenset(found)


def _rests(password: str, words: frozenset[str]) -> list[str]:
    """Return what remains of `password` without `words`: as it stands, and where its digits only hide a word."""
    rests = [_without(password, words)]
    letters = _DIGITS.sub("", fold(password))
    hidden = _without(letters, words)
    if hidden != letters:
        rests.append(hidden + _without("".join(_DIGITS.findall(fold(password))), words))
    return rests


def _without(password: str, words: frozenset[str]) -> str:
    """Return `password` in lower case, without `words`, however they are written, and without years."""
    rest, before = fold(password), ""
    pattern = _pattern(words)
    while rest != before:  # taking a word out may join the halves of another
        before = rest
        rest = _YEARS.sub("", pattern.sub("", rest))  # words first: a number may hold a year
    return rest


def _pattern(words: frozenset[str]) -> re.Pattern[str]:
    """Return a pattern of all `words`, longest first, each letter also by what stands in for it."""
    spelt = ("".join(f"[{re.escape(_LOOKALIKES.get(c, c))}]" for c in word) for word in _longest_first(words))
    return re.compile("|".join(spelt))


def _longest_first(words: Iterable[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def _strength(text: str, words: frozenset[str]) -> float:
    """Return the power of ten of the guesses that `text` takes; 0 for an empty one."""
    if not text:
        return 0.0
    result = zxcvbn(text[:_JUDGED], user_inputs=_longest_first(words))
    return float(result["guesses_log10"])


def _enumeration(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s et %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}
