"""The yellow bar above a site whose people and cases are invented, so that nobody takes them for real ones."""

from django.utils.translation import gettext as _

from core.editions import Kept
from core.models.installation import EDITION, Installation
from core.navigation import Banner

_is_demo = Kept(EDITION, lambda: Installation.objects.current().is_demo)


def made_up(request):
    """A banner on every page of a site that holds demo data; None on a company's own site."""
    if not _is_demo.get():
        return None
    return Banner(_("Practice site: all people and cases here are invented. Do not enter real customers."), "demo")
