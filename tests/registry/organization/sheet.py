"""A form of the bench as it lies open in somebody's browser: what would be sent, hidden fields and all."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Sheet(HTMLParser):
    """Opens a form; `send` posts it with what is typed, as often as one likes. Line ends go out as browsers send them."""

    def __init__(self, client: Client, address: str) -> None:
        super().__init__()
        self.client, self.address = client, address
        self.fields: dict[str, str] = {}
        self._inside, self._area, self._select = False, "", ""
        self.read(client.get(address))

    def read(self, answer: Any) -> None:
        """Take over the fields of the form in this answer."""
        assert answer.status_code == 200
        self.fields = {}
        self.feed(answer.content.decode())

    def send(self, **typed: str | None) -> Any:
        """Post what is on the sheet after typing; None takes a field (a tick) away."""
        self.fields.update({name: value for name, value in typed.items() if value is not None})
        for name in [name for name, value in typed.items() if value is None]:
            self.fields.pop(name, None)
        answer = self.client.post(self.address, {k: v.replace("\n", "\r\n") for k, v in self.fields.items()})
        if answer.status_code == 200:
            self.read(answer)
        return answer

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._inside = given.get("method") == "post" and given.get("id") != "logout-form"
        elif not self._inside or "disabled" in given:
            return
        elif tag == "input" and name and given.get("type") not in {"submit", "button"}:
            if given.get("type") != "checkbox" or "checked" in given:
                self.fields[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, ""
        elif tag == "option" and self._select and "selected" in given:
            self.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area], self._area = self.fields[self._area].removeprefix("\n"), ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data
