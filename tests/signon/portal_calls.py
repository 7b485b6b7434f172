"""How a vendor's server reaches the portal in tests: by Django's test client, at the site's own address."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.test import Client

from navette.signon.calls import Answer


def call(method: str, url: str, data: Mapping[str, str] | None, headers: Mapping[str, str]) -> Answer:
    """Return what the portal answers; nothing else than the portal is there."""
    if not url.startswith(settings.SITE_URL + "/"):
        return Answer(0, "ConnectionError")
    path = url.removeprefix(settings.SITE_URL)
    given: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    browser = Client()
    answer = browser.post(path, data or {}, **given) if method == "POST" else browser.get(path, **given)
    content = answer.getvalue() if answer.streaming else answer.content
    return Answer(answer.status_code, content.decode(), dict(answer.items()))
