"""What a browser would send: the forms of a page as they stand in its HTML, filled in as told."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.urls import reverse_lazy
from django.utils import timezone

from tests.factories.files import picture, upload

WORDS = {"text", "search", "textarea"}
NOT_SENT = {"submit", "button", "image", "reset"}
# Fields for words that take certain words alone; the rest takes whatever is typed.
CERTAIN = {
    r"(.*-)?(cost|compensation|amount)": "12",
    "code": "wuhan-2",
    "username": "li.min",
    "area": "湖北黄石下陆",
    r"product|model_\d+": "M-77",
}


@dataclass
class Control:
    """One control of a form; ``options`` are the values it offers where it offers some."""

    name: str
    kind: str
    value: str = ""
    options: list = field(default_factory=list)
    checked: bool = False
    required: bool = False


@dataclass
class PageForm:
    """A form with the address it goes to."""

    url: str
    method: str
    controls: list = field(default_factory=list)

    @property
    def asks(self):
        """Whether there is anything to fill in or choose."""
        return any(control.name and control.kind not in ("hidden", *NOT_SENT) for control in self.controls)

    def filled(self, words="门板开裂", **changes):
        """Name → values: ``words`` in every field for words, the first offer of every choice, sensible days and numbers."""
        data = {}
        for control in self.controls:
            if control.kind in NOT_SENT or not control.name or control.name in ASKS_FOR_MORE:
                continue
            if control.name in data and control.kind in ("radio", "checkbox"):
                continue
            value = self._value(control, words)
            if value is not None:
                data.setdefault(control.name, []).append(value)
        return data | changes

    def _value(self, control, words):
        if control.kind in WORDS:
            certain = next((text for name, text in CERTAIN.items() if re.fullmatch(name, control.name)), "")
            return (control.value or certain) if words == "门板开裂" and certain else words
        if control.kind == "checkbox":
            return control.value if control.checked or control.value != "on" else None
        if control.kind == "file":
            return upload(picture(colour="tan")) if "slot" in control.name or control.name == "files" else None
        if control.kind == "select":
            return control.value or next((value for value in control.options if value), "")
        if control.kind.startswith("date") and not control.required:
            return control.value
        return control.value or PROPOSED.get(control.kind, str)()


# Filled in, it brings the same form again with its words spread over the others (tests/customers/test_pasted.py).
ASKS_FOR_MORE = {"pasted"}
PROPOSED = {
    "date": lambda: timezone.localdate().isoformat(),
    "datetime-local": lambda: f"{timezone.localtime() + timezone.timedelta(days=1):%Y-%m-%dT%H:%M}",
    "time": lambda: "09:30",
    "number": lambda: "1",
    "tel": lambda: "13871234567",
    "email": lambda: "li@example.com",
    "password": lambda: "wrong-password-2026",
}


class _Reader(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.path, self.forms, self.by_id = path, [], {}
        self.form = self.select = self.text = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.form = PageForm(attrs.get("action") or self.path, attrs.get("method", "get").lower())
            self.forms.append(self.form)
            self.by_id[attrs.get("id")] = self.form
        elif tag == "option" and self.select:
            value = attrs.get("value", "")
            self.select.options.append(value)
            if "selected" in attrs:
                self.select.value = value
        elif tag in ("input", "textarea", "select"):
            self._control(tag, attrs)

    def _control(self, tag, attrs):
        form = self.by_id.get(attrs["form"]) if "form" in attrs else self.form
        if form is None or "disabled" in attrs:
            return
        kind = attrs.get("type", "text") if tag == "input" else tag
        value = attrs.get("value", "on" if kind == "checkbox" else "")
        control = Control(attrs.get("name", ""), kind, value or "", [], "checked" in attrs, "required" in attrs)
        form.controls.append(control)
        self.select = control if tag == "select" else self.select
        self.text = control if tag == "textarea" else self.text

    def handle_data(self, data):
        if self.text:
            self.text.value += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None


# These stand in the frame of every page, and are pages of the table of rights themselves.
FRAME = (reverse_lazy("accounts:logout"), reverse_lazy("accounts:language"), reverse_lazy("core:search"))


def forms_of(answer):
    """Every form of an answered page, those of the frame around it left out."""
    if answer.streaming or not answer.get("Content-Type", "").startswith("text/html"):
        return []
    reader = _Reader(answer.wsgi_request.get_full_path())
    reader.feed(answer.content.decode())
    return [form for form in reader.forms if form.asks and form.url not in FRAME]
