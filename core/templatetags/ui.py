"""Tags and filters every page uses; loaded as built-ins, so templates need no {% load %} for them."""

from datetime import date, datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from lucide.templatetags.lucide import lucide as draw_icon

from core import amounts, moments, phones
from core.charts import marks
from core.clocks import Clock
from core.markup import fill

register = template.Library()


# --- money ----------------------------------------------------------------------------------------------------------
@register.filter
def money(amount):
    """¥1,280.00; nothing for None."""
    return "" if amount in (None, "") else amounts.yuan(amount)


@register.filter
def capital_amount(amount):
    """壹仟贰佰捌拾元整; nothing for None."""
    return "" if amount in (None, "") else amounts.capital(amount)


# --- time -----------------------------------------------------------------------------------------------------------
@register.filter
def when(moment):
    """A moment or day in its short form inside <time>, the exact one in its title."""
    if not moment:
        return ""
    if not isinstance(moment, datetime):
        return format_html(
            '<time datetime="{0}" title="{0}">{1}</time>', f"{moment:%Y-%m-%d}", moments.short_day(moment)
        )
    local = timezone.localtime(moment)
    return fill(
        '<time datetime="{}" title="{}" data-when>{}</time>',
        local.isoformat(timespec="seconds"),
        local.isoformat(" ", "seconds")[:19],
        moments.short(moment),
    )


@register.filter
def exact(moment):
    """2026-11-21 09:30, or 2026-11-21 for a day; for papers and exports."""
    if not moment:
        return ""
    return moments.exact(moment) if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"


@register.filter
def day(moment):
    """2026-11-21, the local day of a moment."""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment)
    return f"{moment:%Y-%m-%d}" if isinstance(moment, date) else ""


@register.filter
def remaining(due):
    """剩 5 小时 12 分 or 逾期 1 天, kept right by the browser while the page is open."""
    if not due:
        return ""
    return format_html(
        '<time datetime="{}" title="{}" data-due="{}">{}</time>',
        timezone.localtime(due).isoformat(timespec="seconds"),
        moments.exact(due),
        int(due.timestamp()),
        moments.remaining(due),
    )


@register.filter
def span(length):
    """A timedelta in words: 5 小时 12 分."""
    return "" if length is None else moments.span(length)


@register.inclusion_tag("components/clock.html")
def clock(deadline=None, **facts):
    """A countdown with its bar, from a deadline or from label, due, started, met, paused, words."""
    return {"clock": _clock(deadline, facts)}


@register.inclusion_tag("components/clock_chip.html")
def clock_chip(deadline=None, **facts):
    """The same countdown as a chip, for rows of a list."""
    return {"clock": _clock(deadline, facts)}


def _clock(deadline, facts):
    if isinstance(deadline, Clock):
        return deadline
    if deadline is not None:
        read = {
            "label": getattr(deadline, "label", ""),
            "due": deadline.due_at,
            "started": getattr(deadline, "started_at", None),
            "met": getattr(deadline, "met_at", None),
            "paused": getattr(deadline, "is_paused", deadline.due_at is None),
        }
        facts = read | facts
    return Clock.of(**facts)


# --- telephone ------------------------------------------------------------------------------------------------------
@register.filter
def phone(number):
    """138 0013 8000"""
    return phones.group(str(number)) if number else ""


@register.filter
def masked_phone(number):
    """138 **** 8000"""
    return phones.mask(str(number)) if number else ""


# --- links and buttons ----------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def query(context, **changes):
    """This page's query string with some parameters changed; None drops one."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def active(context, url_name, *args):
    """aria-current="page" where the link leads to the page that is shown."""
    try:
        url = reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
    request = context.get("request")
    return mark_safe('aria-current="page"') if request and request.path == url else ""


@register.simple_tag
def move_button(move, primary=False, quiet=False):
    """The button of one transition: a link to its form, opened in a dialog where there is JavaScript."""
    return render_to_string("components/move_button.html", {"move": move, "primary": primary, "quiet": quiet})


# --- charts ---------------------------------------------------------------------------------------------------------
@register.inclusion_tag("components/bars.html")
def bars(rows, title="", label="", value="", most=None):
    """Rows of label, value (text, url) as bars, each with its words; ``label`` and ``value`` head the two columns."""
    return {"marks": marks(rows, most=most), "title": title, "heads": (label, value)}


@register.inclusion_tag("components/columns.html")
def columns(rows, title="", label="", value="", most=None):
    """The same rows as columns over time, the table behind them."""
    return {"marks": marks(rows, most=most), "title": title, "heads": (label, value)}


# --- forms ----------------------------------------------------------------------------------------------------------
@register.simple_tag
def widget(field, **attrs):
    """A form field's control; the first wrong one of its form takes the focus."""
    attrs = {name.replace("_", "-"): value for name, value in attrs.items()}
    wrong = [name for name in field.form.errors if name in field.form.fields]
    if wrong and wrong[0] == field.name:
        attrs["autofocus"] = True
    return field.as_widget(attrs=attrs)


@register.filter
def widget_kind(field):
    """The lower-case class name of the field's widget, for templates that lay kinds out differently."""
    return field.field.widget.__class__.__name__.lower()


# --- the frame ------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def settled(context, template_name, **shape):
    """A part of the page drawn once per process, language and ``shape``: hashable values, the sum of all that it shows.

    The template finds them by their names. Without any it depends on nothing but the language. Nothing of one person may
    stand in it: neither user nor token reach it.
    """
    key = template_name, get_language(), *shape.values()
    if key not in _settled or settings.DEBUG:
        if len(_settled) >= MOST_SETTLED:
            _settled.clear()
        with context.push(**shape | OF_ONE_PERSON):
            _settled[key] = context.template.engine.get_template(template_name).render(context)
    return _settled[key]


_settled = {}
OF_ONE_PERSON = {"user": None, "csrf_token": "NOTPROVIDED"}  # the second is how Django's own tag is told to be silent
MOST_SETTLED = 1_000  # a few kilobytes each


# --- icons ----------------------------------------------------------------------------------------------------------
@register.simple_tag
def lucide(name, size=16, **attributes):
    """An icon as inline SVG, drawn once per process; it never speaks, the word beside it does."""
    return _icon(str(name), size, tuple(sorted((key, str(value)) for key, value in attributes.items())))


@lru_cache(maxsize=512)
def _icon(name, size, attributes):
    silent = {"class": "icon", "aria_hidden": "true", "focusable": "false"}
    return draw_icon(name, size=size, **silent | dict(attributes))


@register.simple_tag
def kbd(keys):
    """A key or keys as they stand on the keyboard."""
    return format_html("<kbd>{}</kbd>", keys)
