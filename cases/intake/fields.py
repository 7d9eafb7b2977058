"""Fields and widgets of the call screen."""

from django import forms

from core.forms import Segments


class ShiftSegments(Segments):
    """Segments picked by Alt + Shift + digit, numbered from ``first``; static/js/call.js reads data-alt-shift."""

    def __init__(self, first):
        self.first = first
        super().__init__()

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        digit = self.first + int(index)
        if digit <= 10:
            option["attrs"]["data-alt-shift"] = str(digit % 10)
            option["digit"] = f"⇧{digit % 10}"
        return option


class ClassSegments(Segments):
    """Classes side by side; each says its code, by which the page finds the guide for it."""

    codes = {}

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        option["attrs"]["data-code"] = self.codes.get(str(value), "")
        return option


class Pick(forms.TypedChoiceField):
    """One row of a list that was read already; ``cleaned_data`` holds the row."""

    def __init__(self, *, rows=(), named=str, **kwargs):
        self.rows = {str(row.pk): row for row in rows}
        super().__init__(
            coerce=self.rows.get,
            empty_value=None,
            choices=[(key, named(row)) for key, row in self.rows.items()],
            **kwargs,
        )


def blank(options, text="—"):
    return [("", text), *options]
