"""Waiting for a database or a mail server that is away: with growing delays, and told once, honestly."""

import structlog

log = structlog.get_logger(__name__)


class Patience:
    """How long to wait for `what` after each failure in a row: `first` seconds, then twice as long up to `longest`."""

    def __init__(self, what: str, *, first: float, longest: float) -> None:
        self.what = what
        self.first = first
        self.longest = longest
        self.failures = 0

    def failed(self, reason: str) -> float:
        """Note a failure, tell it, and return how many seconds to wait."""
        pause: float = min(self.first * 2.0 ** min(self.failures, 30), self.longest)
        self.failures += 1
        log.warning("unavailable", what=self.what, reason=reason, failures=self.failures, next_try_in_seconds=pause)
        return pause

    def succeeded(self) -> None:
        """Note that it is there (again)."""
        if self.failures:
            log.warning("back", what=self.what, failures=self.failures)
        self.failures = 0
