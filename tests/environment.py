"""The environment of the tests, set before Django reads its settings (loaded by `-p` in pyproject.toml)."""

import os
import tempfile
from pathlib import Path

DATA = tempfile.mkdtemp(prefix="navette-tests-")
os.environ.update(
    {
        "NAVETTE_DATA": DATA,
        "NAVETTE_DEMO": "0",
        "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "https://navette.test",
        "EMAIL_URL": "memorymail://",
        "DEFAULT_FROM_EMAIL": "navette@example.org",
        "LOG_LEVEL": "WARNING",
        # Tests ask by plain http; that a server redirects to https is a test of its own.
        "SECURE_SSL_REDIRECT": "0",
    }
)
Path(DATA, "static").mkdir()  # WhiteNoise warns where it is missing, and warnings are errors
os.environ.setdefault("DATABASE_URL", f"sqlite:///{DATA}/tests.sqlite3")
