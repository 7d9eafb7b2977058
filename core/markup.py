"""HTML put together in Python, for what a page repeats fifty times: a template for each would cost more than the page."""

from html import escape

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def safe_text(value):
    """What Django's ``conditional_escape`` gives, at a quarter of its price for a plain string."""
    return escape(value) if type(value) is str else conditional_escape(value)


def fill(pattern, *values):
    """``format_html`` with places only: the pattern is markup, each value is escaped unless it is markup itself."""
    return SafeString(pattern.format(*map(safe_text, values)))
