"""Calls from the portal to a vendor's server: short, never redirected, their failures told as an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import requests

TIMEOUT = (3, 5)  # seconds to connect, and between two pieces of the answer
LONGEST = 200_000  # characters kept of an answer


@dataclass(frozen=True)
class Answer:
    """What an address answered to the vendor's server: status 0 where nothing answered."""

    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


# How a vendor's server calls an address: method, address, form fields (None for none), headers.
Call = Callable[[str, str, Mapping[str, str] | None, Mapping[str, str]], Answer]


def call(method: str, url: str, data: Mapping[str, str] | str | None, headers: Mapping[str, str]) -> Answer:
    """Return what `url` answers; an answer of status 0 tells in its text why there is none.

    Only http and https are called, and redirects are not followed: the address is one that staff have registered.
    """
    if not url.startswith(("https://", "http://")):
        return Answer(0, "not an http address")
    try:
        answer = requests.request(
            method, url, data=data, headers=dict(headers), timeout=TIMEOUT, allow_redirects=False, stream=True
        )
        with answer:
            body = answer.raw.read(LONGEST, decode_content=True)
    except (requests.RequestException, OSError, ValueError) as error:  # ValueError: a host that no name can be
        return Answer(0, type(error).__name__)
    return Answer(answer.status_code, body.decode(answer.encoding or "utf-8", "replace"), dict(answer.headers))
