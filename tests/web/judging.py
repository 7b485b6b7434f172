"""What holds of every answer, whatever was sent or stored."""

import re

from django.http.response import HttpResponseBase
from django.test import Client

MARK = "<navette-x onload='y()'>\"><script>z()</script>"
SPILT = ("<navette-x", "<script>z()")


def read(answer: HttpResponseBase) -> bytes:
    """Return the body, a file's too, which closes it."""
    return b"".join(answer)


def judge(answer: HttpResponseBase, client: Client, *, follow: bool = True) -> None:
    """Check one answer; what a redirect leads to on this site is looked at too, since it shows the messages."""
    body = read(answer).decode(errors="replace")
    assert answer.status_code < 500, f"{answer.status_code}"
    if "text/html" in answer.headers.get("Content-Type", ""):
        assert not any(spilt in body for spilt in SPILT), "markup that was sent in stands in the page"
        assert not re.search(r"""(?:href|action|src)=["']?\s*(?:javascript:|//evil)""", body)
    location = answer.headers.get("Location", "")
    assert not location.startswith(("//", "javascript:")), location
    if follow and location.startswith("/"):
        judge(client.get(location), client, follow=False)
