"""The filters beside a list. A filter that is not declared does not exist; a value that does not fit is left out."""

import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget

from core.forms import Form

__all__ = ["DayRange", "FilterSet"]


class FilterSet(django_filters.FilterSet):
    """Base of every list's filters: drawn by our form renderer, its text cleaned like that of any form.

    Subclasses declare each filter; ``Meta.fields = []`` keeps the model's own fields out (threats 42). What somebody
    typed wrongly stays in the form with its error, and the other filters hold.
    """

    class Meta:
        form = Form

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if not issubclass(cls._meta.form, Form):
            cls._meta.form = Form

    @property
    def active(self):
        """Name → value of the filters that are set."""
        self.errors  # noqa: B018 (validates)
        cleaned = getattr(self.form, "cleaned_data", {})
        return {name: value for name, value in cleaned.items() if value not in (None, "", []) and name in self.data}


class DayRange(django_filters.DateFromToRangeFilter):
    """Two days, both included, over a moment or a date: ``<name>_after`` and ``<name>_before``."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label", _("from – to"))
        attrs = {"type": "date", "max": "9999-12-31", "aria-label": kwargs["label"]}
        kwargs.setdefault("widget", DateRangeWidget(attrs=attrs))
        super().__init__(*args, **kwargs)
