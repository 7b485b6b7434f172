"""Static files in tests: served under their own names, and each one that a page names must exist."""

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class CheckedStorage(StaticFilesStorage):
    """Stands in for the storage of a server, whose manifest is written by `collectstatic` only."""

    def url(self, name: str | None) -> str:
        """Return the file's address; ValueError where no application has such a file."""
        if not name or not finders.find(name):
            raise ValueError(f"a page names a static file that is not there: {name}")
        return super().url(name)
