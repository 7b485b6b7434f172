"""Posting the notices of single logout beside the worker's other work: a vendor that hangs holds nothing up."""

import threading

from navette.signon import notices

AT_ONCE = 4


class Farewells:
    """Posts waiting notices in threads of its own, which never ask the database and end with the process."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def begin_one(self) -> bool:
        """Begin to post the oldest notice that waits; False where there is none, or all threads are busy."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        notice = notices.claim() if len(self._threads) < AT_ONCE else None
        if notice is None:
            return False
        thread = threading.Thread(target=notices.post, args=[notice], daemon=True)
        thread.start()
        self._threads.append(thread)
        return True

    def wait(self, seconds: float) -> None:
        """Wait for what is being posted, so many seconds for each at most."""
        for thread in self._threads:
            thread.join(seconds)
