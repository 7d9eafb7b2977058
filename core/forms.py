"""Forms: how they are drawn, what text they let in, and the fields of the trade.

Every form of ours derives from ``Form`` or ``ModelForm``, so what is typed is cleaned once and the same way for both
databases (threats 40); templates/forms/ draws it with label, control, hint and error in one place.
"""

import re
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core import controls, phones
from core.text import clean, half_width

SHORT, LONG = 200, 5000  # characters in a line and in a text where a form names no limit of its own


class Renderer(TemplatesSetting):
    """Forms are drawn by templates/forms/, their plain controls by core.controls."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"

    def render(self, template_name, context, request=None):
        return controls.draw(template_name, context) or super().render(template_name, context, request)


class CleanInput:
    """A form whose submitted text loses what no reader can see before any field looks at it."""

    def __init__(self, data=None, *args, **kwargs):
        super().__init__(_cleaned(data), *args, **kwargs)


def _cleaned(data):
    if data is None:
        return None
    if hasattr(data, "lists"):
        copy = data.copy()
        for name, values in data.lists():
            copy.setlist(name, [clean(value) if isinstance(value, str) else value for value in values])
        return copy
    return {name: clean(value) if isinstance(value, str) else value for name, value in data.items()}


class Form(CleanInput, forms.Form):
    """A form of ours."""


class ModelForm(CleanInput, forms.ModelForm):
    """A form of ours over a model."""


# --- text and numbers -----------------------------------------------------------------------------------------------
class TextField(forms.CharField):
    """Several lines of cleaned text, LONG characters unless told otherwise."""

    widget = forms.Textarea

    def __init__(self, *, max_length=LONG, rows=3, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value):
        return super().to_python(clean(value) if isinstance(value, str) else value)


class LineField(forms.CharField):
    """One line of cleaned text, SHORT characters unless told otherwise; line breaks become spaces."""

    def __init__(self, *, max_length=SHORT, **kwargs):
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value):
        return super().to_python(" ".join(clean(value).split()) if isinstance(value, str) else value)


class PhoneField(forms.CharField):
    """A telephone number in its one written form (threats 45); ``normalise`` may complete local numbers."""

    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"})

    def __init__(self, *, normalise=phones.normalise, **kwargs):
        self.normalise = normalise
        super().__init__(**kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        if value in self.empty_values:
            return value
        try:
            return self.normalise(value)
        except ValueError as reason:
            raise ValidationError(str(reason), code="invalid") from None

    def prepare_value(self, value):
        """Stored numbers are shown in groups; what was just typed comes back as it was."""
        return phones.group(value) if isinstance(value, str) and re.fullmatch(r"\+?[\dx]+", value) else value


class MoneyField(forms.DecimalField):
    """Yuan with at most two decimals; only plain digits count, full-width ones included (threats 6)."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "money"})
    default_error_messages = {
        "plain": _("Write the amount in plain digits, such as 1280 or 1280.50."),
        "zero": _("The amount must be more than 0."),
    }

    def __init__(self, *, allow_zero=False, max_digits=12, decimal_places=2, **kwargs):
        self.allow_zero = allow_zero
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **kwargs)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        typed = half_width(str(value)).strip()
        if not re.fullmatch(r"[0-9]{1,30}(\.[0-9]{1,30})?", typed):
            raise ValidationError(self.error_messages["plain"], code="plain")
        return Decimal(typed)

    def validate(self, value):
        super().validate(value)
        if value is not None and value <= 0 and not (self.allow_zero and value == 0):
            raise ValidationError(self.error_messages["zero"], code="zero")

    def widget_attrs(self, widget):
        return {}


# --- time -----------------------------------------------------------------------------------------------------------
class MomentField(forms.DateTimeField):
    """A local date and time, entered with the browser's own picker."""

    widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class DayField(forms.DateField):
    """A day, entered with the browser's own picker."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": "9999-12-31"})


class TimeOfDayField(forms.TimeField):
    """A time of day, entered with the browser's own picker."""

    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})


# --- choices --------------------------------------------------------------------------------------------------------
class Segments(forms.RadioSelect):
    """One choice of a few, side by side. ``alt`` numbers them from there: Alt + that digit picks one."""

    template_name = "forms/segments.html"
    option_template_name = "forms/segment.html"

    def __init__(self, attrs=None, choices=(), *, alt=None):
        self.alt = alt
        super().__init__(attrs, choices)

    def create_option(self, name, value, label, selected, index, subindex=None, attrs=None):
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        digit = self.alt + int(index) if self.alt is not None else None
        if digit is not None and digit <= 10:
            option["attrs"]["data-alt"] = option["digit"] = str(digit % 10)
        return option


class Ticks(forms.CheckboxSelectMultiple):
    """Several choices of a few, side by side."""

    template_name = "forms/segments.html"
    option_template_name = "forms/segment.html"


class Checklist(Ticks):
    """Lines to go through one by one, each with its box."""

    template_name = "forms/checklist.html"


class Combobox(forms.Select):
    """A list to choose from by typing; the scripts turn the plain list into a search box."""

    def __init__(self, attrs=None, choices=()):
        super().__init__({"data-combobox": "", **(attrs or {})}, choices)


# --- files ----------------------------------------------------------------------------------------------------------
class FilesInput(forms.ClearableFileInput):
    """Several files: chosen, dropped or pasted. No browser sends them a second time by itself, so a refused form says so."""

    template_name = "forms/files.html"
    allow_multiple_selected = True

    def value_omitted_from_data(self, data, files, name):
        return not files.getlist(name)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["again"] = [file.name for file in value or () if hasattr(file, "size")]
        return context


class FilesField(forms.FileField):
    """Several files; what they hold is checked where they are stored."""

    widget = FilesInput
    default_error_messages = {
        "too_many": ngettext_lazy("At most %(limit)d file at a time.", "At most %(limit)d files at a time.", "limit"),
        "too_large": _("%(name)s is larger than %(limit)d MB."),
    }

    def __init__(self, *, most=20, megabytes=20, accept="image/*,video/*,audio/*,.pdf", **kwargs):
        self.most, self.megabytes = most, megabytes
        super().__init__(**kwargs)
        self.widget.attrs.update({"accept": accept, "data-most": most, "data-megabytes": megabytes})

    def bound_data(self, data, initial):
        return data  # so that the control can name what was sent

    def clean(self, data, initial=None):
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.most:
            raise ValidationError(self.error_messages["too_many"], code="too_many", params={"limit": self.most})
        for file in files:
            if file.size > self.megabytes * 1024 * 1024:
                params = {"name": file.name, "limit": self.megabytes}
                raise ValidationError(self.error_messages["too_large"], code="too_large", params=params)
        return [super(FilesField, self).clean(file) for file in files]
