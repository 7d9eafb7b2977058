"""How a cell is read and written: one widget per kind of value, each with a sentence for what it cannot read."""

import re
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import widgets
from openpyxl.utils.datetime import from_excel

from core import phones
from core.tables.cells import Rounded
from core.text import half_width

LANGUAGES = ("zh-hans", "en")
SCIENTIFIC = re.compile(r"[+-]?\d(\.\d+)?[eE]\+?\d{1,3}")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?")
MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
SERIAL = range(20_000, 80_000)  # days of 1954 to 2119 as Excel counts them
YES = {"1", "y", "yes", "true", "是", "√", "✓", "有"}
NO = {"0", "n", "no", "false", "否", "×", "无"}
PARTS = re.compile(r"[、;；\n/]+")


def rounded(cell):
    """Whether Excel has cut or rounded what stood here."""
    return isinstance(cell, Rounded) or SCIENTIFIC.fullmatch(cell) is not None


def refuse_rounded(cell):
    if rounded(cell):
        raise ValueError(
            _(
                "“%(cell)s” was shortened by the spreadsheet and its digits are lost. Make the column text and enter it again."
            )
            % {"cell": cell[:40]}
        )


def refuse_masked(cell):
    """What was exported by somebody who may not see it whole is no name and no number."""
    if "*" in cell or "＊" in cell:
        raise ValueError(_("“%(cell)s” is masked: whoever exported it may not see it whole.") % {"cell": cell[:40]})


class Words(widgets.Widget):
    """Text of at most ``longest`` characters; ``line`` keeps it in one line."""

    def __init__(self, longest, *, line=True):
        self.longest, self.line = longest, line
        super().__init__()

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, Rounded):
            refuse_rounded(value)
        text = " ".join(value.split()) if self.line else value
        if len(text) > self.longest:
            raise ValueError(
                _("Longer than %(longest)d characters: %(count)d.") % {"longest": self.longest, "count": len(text)}
            )
        return str(text)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class Code(Words):
    """A number or code that names something; digits lost by the spreadsheet are noticed."""

    def clean(self, value, row=None, **kwargs):
        refuse_rounded(value)
        return super().clean(half_width(value), row, **kwargs)


class Phone(widgets.Widget):
    """One telephone number in its written form; ``area_code`` of the reader completes a bare local one."""

    normalise = staticmethod(phones.normalise)

    def clean(self, value, row=None, **kwargs):
        refuse_masked(value)
        refuse_rounded(value)
        return self.normalise(value, kwargs.get("area_code", ""))

    def render(self, value, obj=None, **kwargs):
        return value or ""


class Phones(Phone):
    """Several telephone numbers, divided by 、 or ;."""

    def clean(self, value, row=None, **kwargs):
        numbers = [
            super(Phones, self).clean(part.strip(), row, **kwargs) for part in PARTS.split(value) if part.strip()
        ]
        return list(dict.fromkeys(numbers))


class Day(widgets.Widget):
    """A day as a date, as 2026-11-21, 2026/11/21, 20261121 or 2026年11月21日, or the number Excel keeps for one."""

    def __init__(self, *, past=False):
        self.past = past
        super().__init__()

    def clean(self, value, row=None, **kwargs):
        day = self.read(half_width(value))
        if day.year < 1950 or day.year > 2100:
            raise ValueError(_("“%(cell)s” is no day of this century.") % {"cell": value[:40]})
        if self.past and day > timezone.localdate():
            raise ValueError(_("This date lies in the future."))
        return day

    def read(self, value):
        found = DAY.fullmatch(value) or COMPACT.fullmatch(value)
        try:
            if found:
                return date(*map(int, found.groups()))
            if value.isdigit() and int(value) in SERIAL:
                return from_excel(int(value)).date()
        except ValueError:
            pass
        raise ValueError(_("“%(cell)s” is not a day. Write it as 2026-11-21.") % {"cell": value[:40]})

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class Moment(Day):
    """A day with its time of day, in the company's own time."""

    def clean(self, value, row=None, **kwargs):
        found = MOMENT.fullmatch(half_width(value))
        try:
            parts = [int(part or 0) for part in found.groups()] if found else None
            moment = datetime(*parts) if parts else datetime.combine(self.read(value), datetime.min.time())  # noqa: DTZ001
        except ValueError:
            raise ValueError(
                _("“%(cell)s” is not a time. Write it as 2026-11-21 09:30.") % {"cell": value[:40]}
            ) from None
        moment = timezone.make_aware(moment)
        if self.past and moment > timezone.now():
            raise ValueError(_("This time is still to come."))
        return moment

    def render(self, value, obj=None, **kwargs):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}" if value else ""


class Flag(widgets.Widget):
    """Yes or no."""

    def clean(self, value, row=None, **kwargs):
        said = half_width(value).casefold()
        if said in YES:
            return True
        if said in NO:
            return False
        raise ValueError(_("“%(cell)s” is neither yes (是) nor no (否).") % {"cell": value[:40]})

    def render(self, value, obj=None, **kwargs):
        return _("yes") if value else _("no")


class Choice(widgets.Widget):
    """One of a few words: the label in either language, or the stored code."""

    def __init__(self, choices):
        self.choices = choices
        super().__init__()
        self._known = None

    @property
    def known(self):
        if self._known is None:
            self._known = {str(code).casefold(): code for code, _label in self.choices}
            for language in LANGUAGES:
                with override(language):
                    self._known |= {str(label).casefold(): code for code, label in self.choices}
        return self._known

    def clean(self, value, row=None, **kwargs):
        code = self.known.get(value.casefold())
        if code is None:
            words = "、".join(str(label) for _code, label in self.choices)
            raise ValueError(_("“%(cell)s” is none of: %(words)s.") % {"cell": value[:40], "words": words})
        return code

    def render(self, value, obj=None, **kwargs):
        return str(dict(self.choices).get(value, value or ""))


class Amount(widgets.Widget):
    """Yuan with at most two decimals, in plain digits; ¥ and commas between thousands are passed over."""

    PLAIN = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")

    def clean(self, value, row=None, **kwargs):
        typed = re.sub(r"^[¥￥]\s*", "", half_width(value)).removesuffix("元").strip()
        if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", typed):
            typed = typed.replace(",", "")
        if not self.PLAIN.fullmatch(typed):
            raise ValueError(_("Write the amount in plain digits, such as 1280 or 1280.50."))
        return Decimal(typed)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else format(value, "f")


class Count(widgets.Widget):
    """A whole number from ``least`` to ``most``."""

    def __init__(self, least, most):
        self.least, self.most = least, most
        super().__init__()

    def clean(self, value, row=None, **kwargs):
        typed = half_width(value)
        if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and self.least <= int(typed) <= self.most):
            raise ValueError(
                _("“%(cell)s” is not a whole number from %(least)d to %(most)d.")
                % {"cell": value[:40], "least": self.least, "most": self.most}
            )
        return int(typed)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)
