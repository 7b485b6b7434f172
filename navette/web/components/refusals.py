"""How a page tells what an action refuses: beside the field that it is about, or as a notice over the next page.

What the person may not do at all is no matter of words: it is answered 403.
"""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest

from navette.core.errors import Invalid, NotAllowed, Refusal


class _Telling:
    """Ends its block at a refusal, which it has told by `tell`; the page goes on after the block."""

    def __init__(self, tell: Callable[[Refusal], None]) -> None:
        self.tell = tell

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        """Tell a refusal; let every other error pass."""
        if isinstance(error, NotAllowed):
            raise PermissionDenied from error
        if not isinstance(error, Refusal):
            return False
        self.tell(error)
        return True


def refusals_on(form: BaseForm) -> _Telling:
    """Return the block in which what an action refuses is shown on `form`."""
    return _Telling(partial(show_refusal, form))


def refusals_told(request: HttpRequest, level: int = messages.WARNING) -> _Telling:
    """Return the block in which what an action refuses becomes a notice of that `level`."""
    return _Telling(lambda refusal: messages.add_message(request, level, refusal.message))


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Show what an action refused beside the field that it is about, or above the form."""
    field = refusal.field if isinstance(refusal, Invalid) and refusal.field in form.fields else None
    form.add_error(field, refusal.message)
