"""What the environment must say before Navette starts, and the sentences that tell what is wrong."""

import secrets
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from navette.demo import DEMO_ADDRESS, DEMO_MARK

SHORTEST_SECRET = 50


def refuse(sentence: str) -> NoReturn:
    """Stop the start with `sentence` on standard error, without a traceback."""
    sys.stderr.write(f"Navette does not start: {sentence}\n")
    raise SystemExit(78)  # EX_CONFIG of sysexits.h


def is_demo(data: Path, *, asked: bool | None, secret: str) -> bool:
    """Say whether this is the demo: asked for, or no secret is set and `data` was made by the demo."""
    if asked is not None:
        return asked
    return not secret and (data / DEMO_MARK).exists()


def demo_secret(data: Path) -> str:
    """Return the demo's own secret, drawn once and kept in its data folder."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text().strip()


def demo_address(data: Path, port: int | None) -> str:
    """Return where the demo answers: on `port`, else where it last ran on `data`, so that mails lead there."""
    kept = data / DEMO_ADDRESS
    if port is None and kept.exists():
        return kept.read_text().strip()
    return f"http://127.0.0.1:{port or 8000}"


def require_server_settings(*, secret: str, hosts: list[str], site_url: str, email_url: str, database: str) -> None:
    """Refuse a server whose settings are missing or unsafe; the first fault found is told."""
    if not secret:
        refuse("SECRET_KEY is not set. Set it to a long random text, kept secret and the same on every node.")
    if len(secret) < SHORTEST_SECRET or len(set(secret)) < 10 or "insecure" in secret:
        refuse(f"SECRET_KEY is too easy to guess. Use at least {SHORTEST_SECRET} random characters.")
    if not database:
        refuse("DATABASE_URL is not set. Example: postgres://navette:password@localhost/navette")
    if not hosts:
        refuse("ALLOWED_HOSTS is not set. List the site's host names, separated by commas.")
    if "*" in hosts:
        refuse("ALLOWED_HOSTS holds *, which lets anyone forge addresses in mails. List the site's host names.")
    if urlsplit(site_url).scheme != "https" or not urlsplit(site_url).hostname:
        refuse("SITE_URL must be the site's public address, beginning with https://. Mails link to it.")
    if not email_url:
        refuse("EMAIL_URL is not set. Example: smtp+tls://user:password@mail.example.org:587")
