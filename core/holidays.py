"""The reminder that next year's public holidays have to be entered."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from core.calendar import unknown_years
from core.navigation import Banner


def missing(request):
    """A banner for whoever may enter holidays, from two months before a year that has none; None otherwise (S3-97)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_perm("core.add_workday"):
        return None
    years = unknown_years()
    if not years:
        return None
    text = _("The public holidays of %(years)s are not entered yet: until then only weekdays count.")
    try:
        address = reverse("admin:core_workday_changelist")
    except NoReverseMatch:
        address = ""
    return Banner(text % {"years": ", ".join(map(str, years))}, url=address, link_text=_("Enter them"))
