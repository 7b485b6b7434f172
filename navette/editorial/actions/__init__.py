"""What changes picks, suggestions and pages."""

from navette.editorial.actions.pages import PageText, create_page, edit_page
from navette.editorial.actions.picks import (
    PickText,
    edit_pick,
    overtaken,
    pick_fingerprint,
    propose,
    publish,
    send_back,
    write_pick,
)
from navette.editorial.actions.suggestions import Suggestion, answer, suggest

__all__ = [
    "PageText",
    "PickText",
    "Suggestion",
    "answer",
    "create_page",
    "edit_page",
    "edit_pick",
    "overtaken",
    "pick_fingerprint",
    "propose",
    "publish",
    "send_back",
    "suggest",
    "write_pick",
]
