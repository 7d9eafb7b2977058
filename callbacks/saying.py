"""The lines of the script for one call, their placeholders filled in (S0-40, S0-47 … S2-168)."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.models import Installation
from core.phones import group
from knowledge.models import ScriptLine


def values_of(call, user):
    """What stands for each placeholder in this call; what is not known stays in its braces."""
    day = call.anchor_on
    return {
        "公司": Installation.objects.current().company,
        "热线": group(call.region.hotline) if call.region.hotline else "",
        "客服": user.name,
        "工号": user.work_number or "",
        "客户": call.customer.name,
        "称呼": call.customer.name,
        "产品": str(call.card.product) if call.card_id else pgettext("in a call", "product"),
        "日期": _("%(month)s-%(day)s") % {"month": day.month, "day": day.day},
        "服务": _service(call),
        "班组": str(call.technician) if call.technician_id else _("our technician"),
        "祝福": _wish(),
    }


def _service(call):
    return f"{call.card.room}{call.card.product}" if call.card_id else pgettext("in a call", "after-sales service")


def _wish():
    """What one wishes at the end, by the day of the week."""
    return _("have a nice weekend") if timezone.localdate().weekday() >= 4 else _("all the best for your work")


def lines(call, user, moments):
    """The sentences said at these moments, in order."""
    if not moments:
        return []
    known = call.__dict__.setdefault("_script", None)
    if known is None:
        known = call.__dict__["_script"] = ScriptLine.objects.said_at()
    values = values_of(call, user)
    return [line.fill(values) for moment in moments for line in known.get(moment, [])]
