"""Controls drawn without templates look exactly as Django's templates draw them (performance 1)."""

import re

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core import controls
from core.forms import Combobox, Renderer

HOSTILE = '"><script>alert(1)</script>'
CHOICES = [
    ("", "---------"),
    (1, gettext_lazy("Yes")),
    ("x" + HOSTILE, HOSTILE),
    (True, mark_safe("<b>safe</b>")),
    ("Group" + HOSTILE, [(2.5, "two"), (None, "nothing")]),
]
WIDGETS = [
    forms.TextInput({"maxlength": 20, "required": True, "disabled": False, "title": HOSTILE, "data-n": 1234}),
    forms.NumberInput(),
    forms.EmailInput(),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.DateInput({"type": "date"}),
    forms.DateTimeInput(),
    forms.TimeInput(),
    forms.CheckboxInput(),
    forms.Textarea({"rows": 3}),
    forms.Select({"class": HOSTILE}, CHOICES),
    Combobox(choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES),
]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", [None, "", 0, 1, 1234.5, True, HOSTILE, mark_safe("<b>"), "门", ["1", "2.5"]])
def test_a_control_is_drawn_as_its_template_would(widget, value):
    ours, djangos = (
        widget.render("na<me", value, {"id": "a"}, renderer()) for renderer in (Renderer, TemplatesSetting)
    )
    assert ours == re.sub(r"\s+(?=</?(opt|select))", "", djangos)


def test_what_has_a_template_of_its_own_keeps_it():
    assert controls.draw("forms/segments.html", {}) is None
