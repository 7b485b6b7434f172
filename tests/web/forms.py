"""The forms of a page, as a browser reads them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse


@dataclass
class Form:
    """A form of a page: where it goes, how, and what it would send untouched."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """Reads the forms of a page. A field belongs to the form that it names by `form=`, or to the one around it.

    A button with an address of its own (`formaction`) makes a form of its own, with the fields of that which it is in.
    """

    def __init__(self, page: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._select = ""
        self._own_addresses: list[tuple[str, Form | None, str, tuple[str, str]]] = []
        self.feed(page)
        self.close()
        for name, around, action, button in self._own_addresses:
            form = self._by_id.get(name) or around
            assert form is not None, f"a button belongs to no form: {button}"
            self.found.append(Form(action, form.method, [*form.fields, button]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, a field or a choice."""
        given_ = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given_.get("action") or self.address, given_.get("method", "get").upper())
            self.found.append(self._open)
            self._by_id[given_.get("id", "")] = self._open
        if tag == "button" and "formaction" in given_:
            button = (given_.get("name", ""), given_.get("value", ""))
            self._own_addresses.append((given_.get("form", ""), self._open, given_["formaction"], button))
            return
        form = self._by_id.get(given_["form"]) if "form" in given_ else self._open
        if tag == "select":
            self._select = given_.get("name", "")
        if form is None:
            return
        if tag == "option" and self._select and "selected" in given_:
            form.fields.append((self._select, given_.get("value", "")))
        elif tag in {"input", "textarea", "select", "button"} and given_.get("name"):
            form.fields.append((given_["name"], given_.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self._open = None


def forms_on(client: Client, address: str, data: dict[str, Any] | None = None) -> list[Form]:
    """Return the forms of a page (of the answer to a POST, where `data` is given), but the one that logs out."""
    answer = client.post(address, data) if data is not None else client.get(address)
    if answer.status_code != 200 or "text/html" not in answer.headers["Content-Type"]:
        b"".join(answer)
        return []
    found = Forms(answer.content.decode(), address.partition("?")[0]).found
    return [form for form in found if form.action.partition("?")[0] != reverse("site:logout")]
