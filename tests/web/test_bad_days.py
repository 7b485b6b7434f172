"""Health, uploaded pictures, and the pages of bad days."""

from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from navette.web.site import errors
from tests.web.browsing import words

pytestmark = pytest.mark.usefixtures("portal")


def test_health_says_ok(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_health_says_when_the_database_is_away(client: Client) -> None:
    with mock.patch.object(connection, "cursor", side_effect=OperationalError):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"database unavailable\n")


def test_an_uploaded_picture_is_served_and_kept_by_browsers(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    answer = client.get("/media/logo.png")
    assert b"".join(answer.streaming_content) == b"\x89PNG"  # type: ignore[attr-defined]
    answer.close()
    assert answer.headers["Content-Type"] == "image/png"
    assert "max-age=86400" in answer.headers["Cache-Control"]


def test_the_page_of_a_failure_asks_nothing_of_the_database(rf: RequestFactory) -> None:
    request = rf.get("/")
    with CaptureQueriesContext(connection) as queries:
        answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "Une erreur de notre côté" in words(answer)
    assert len(queries) == 0


def test_a_form_too_old_says_how_to_go_on() -> None:
    answer = Client(enforce_csrf_checks=True).post("/connexion", {})
    assert answer.status_code == 403
    assert "Le formulaire a attendu trop longtemps" in words(answer)


def test_auth_03_a_form_sent_after_the_session_is_over_says_so(client: Client, rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user = mock.Mock(is_authenticated=False)
    request.session_is_over = True  # type: ignore[attr-defined]
    answer = errors.csrf_failure(request)
    assert "Votre connexion est terminée" in words(answer)
