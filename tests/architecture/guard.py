"""The guard that fails a page which writes while it is only read."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

WRITES = re.compile(r"^\W*(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE)
MAY_WRITE = ('"django_session"',)  # the session's last activity, once a minute; its messages, once shown
# What an opening counts (SSO-06), what a vendor's question spends, counts and slows down, and what CAS ends by GET.
COUNTS = {
    "site:open_resource": ('"signon_opening"', '"signon_activeyear"', '"signon_signonevent"'),
    "oidc:authorize": ('"signon_ticket"', '"signon_signonevent"'),
    "saml:sso": ('"signon_signonevent"',),
    "saml:answer": ('"signon_signonevent"',),
    "links:callback": ('"signon_ticket"', '"signon_signonevent"', '"accounts_failedlogins"'),
    "cas:logout": ('"signon_ticket"',),
    "cas:validate": ('"signon_signonevent"',),
    "cas:service_validate": ('"signon_signonevent"',),
    "cas:proxy_validate": ('"signon_signonevent"',),
    "cas:p3_service_validate": ('"signon_signonevent"',),
    "cas:p3_proxy_validate": ('"signon_signonevent"',),
}


@contextmanager
def read_only(route: str = "") -> Iterator[None]:
    """Fail on any statement within the block that writes elsewhere than to the session, or what `route` counts."""
    spared = (*MAY_WRITE, *COUNTS.get(route, ()))

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        assert not WRITES.match(sql) or any(table in sql for table in spared), f"a GET writes: {sql}"
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield
