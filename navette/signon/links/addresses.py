"""The addresses that links lead to: what is added to a registered one, and which others are the same vendor's."""

from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

LONGEST = 2_000  # characters of an address that a vendor or a reader hands us
DEFAULT_PORTS = {"http": 80, "https": 443}


def with_parameters(address: str, parameters: Mapping[str, str]) -> str:
    """Return `address` with `parameters` after those that it has; ours replace any of the same name."""
    parts = urlsplit(address)
    own = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in parameters]
    return urlunsplit(parts._replace(query=urlencode([*own, *parameters.items()])))


def is_at(registered: str, address: str) -> bool:
    """Say whether `address` is at the origin of the `registered` one: same scheme, host and port (SSO-04).

    What browsers read in other ways than servers is refused: an address with a backslash, a blank, a control character
    or somebody's name before the host.
    """
    if len(address) > LONGEST or not address.isascii() or not address.isprintable() or set(address) & set("\\ "):
        return False
    found = _origin(address)
    return found is not None and found == _origin(registered)


def _origin(address: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    return _named(parts, port)


def _named(parts: SplitResult, port: int | None) -> tuple[str, str, int] | None:
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
