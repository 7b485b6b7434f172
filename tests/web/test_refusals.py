"""How a page tells what an action refuses."""

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import RequestFactory

from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.web.components.refusals import refusals_on, refusals_told


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.fixture
def request_() -> HttpRequest:
    request = RequestFactory().post("/")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


def filled_in() -> NameForm:
    form = NameForm({"name": "Aillas"})
    assert form.is_valid()
    return form


def told(request: HttpRequest) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def test_what_the_person_may_not_do_is_403_and_no_sentence(request_: HttpRequest) -> None:
    form = filled_in()
    for block in (refusals_on(form), refusals_told(request_)):
        with pytest.raises(PermissionDenied), block:
            raise NotAllowed("non")
    assert not form.errors
    assert told(request_) == []


def test_what_is_no_refusal_passes(request_: HttpRequest) -> None:
    for block in (refusals_on(filled_in()), refusals_told(request_)):
        with pytest.raises(ZeroDivisionError), block:
            raise ZeroDivisionError


def test_a_refusal_stands_beside_its_field_or_else_above_the_form() -> None:
    refusals = [Invalid("déjà pris", "name"), Invalid("trop loin", "place"), Invalid("vide"), Refusal("trop tard")]
    form = filled_in()
    for refusal in refusals:
        with refusals_on(form):
            raise refusal
    assert form.errors == {"name": ["déjà pris"], "__all__": ["trop loin", "vide", "trop tard"]}


def test_a_refusal_becomes_a_notice_and_what_would_follow_is_left_out(request_: HttpRequest) -> None:
    done = []

    def act() -> None:
        raise Refusal("trop tard")

    with refusals_told(request_):
        act()
        done.append("after")
    assert (done, told(request_)) == ([], [("warning", "trop tard")])
