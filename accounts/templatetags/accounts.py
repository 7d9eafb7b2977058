"""How people and their devices are written."""

import re

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.roles import role_labels as labels

register = template.Library()

WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]

# Browser before system, the special before the general: every browser also names the ones it descends from.
_BROWSERS = (
    ("WeChat", "MicroMessenger"),
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("QQ", "QQBrowser"),
    ("360", "360SE|QHBrowser"),
    ("Firefox", "Firefox/|FxiOS/"),
    ("Chrome", "Chrome/|CriOS/"),
    ("Safari", "Safari/"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS|OpenHarmony"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("macOS", "Mac OS X|Macintosh"),
    ("Linux", "Linux"),
)


@register.filter
def role_labels(names):
    """客服, 客服主管"""
    return labels(names)


@register.filter
def join_names(things):
    """Their names in one line."""
    return _(", ").join(str(thing) for thing in things)


@register.filter
def weekday(day):
    """周一, Mon"""
    return WEEKDAYS[day.weekday()]


@register.filter
def device(user_agent):
    """Chrome · Windows, from what a browser says of itself."""
    known = [
        next((name for name, pattern in table if re.search(pattern, user_agent or "")), "")
        for table in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(filter(None, known)) or _("Unknown device")
