"""How deliveries stand in the rest of the application: navigation, search, timeline, clocks, orders, files, erasing."""

from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.delivery.queues import PRESSING, QUEUES
from cases.models import DeliveryIssue
from cases.models.delivery import Remedy, Risk, Urgency, Why
from cases.rulebook.views import tab
from core.navigation import Entry
from core.navigation import register as enter
from core.search import Found, Kind
from core.search import register as find
from core.visibility import register as seen_by
from customers import erasing
from customers.offers import on_order
from customers.phones import name_for
from customers.signals import order_submitted
from workflow import policies
from workflow.models import Promise
from workflow.offers import MENU, TIMELINE, Offer, offer
from workflow.panels import Panel, panel
from workflow.perform import begin
from workflow.rules import own_region
from workflow.timeline import kind, name_clock, tell

OF = "cases.DeliveryIssue"
STOCK = {"yes": gettext_lazy("in stock"), "no": gettext_lazy("not in stock")}
CLOCKS = {
    "delivery_check": pgettext_lazy("clock", "a late or missing order is checked"),
    "delivery_warn": pgettext_lazy("clock", "a customer hears that his date is in danger"),
}


def register():
    seen_by(DeliveryIssue, own_region)
    enter(Entry("deliveries", pgettext_lazy("navigation", "Deliveries"), "cases:deliveries", "truck",
                permission="cases.view_deliveryissue", order=44, shortcut="g j", count=waiting_for, is_work=True))  # fmt: skip
    find(
        Kind(
            "delivery",
            gettext_lazy("Deliveries"),
            found,
            icon="truck",
            order=26,
            records=DeliveryIssue.objects.to_index,
        )
    )
    offer(OF, of_delivery)
    on_order(of_order)
    panel("deliveries", deliveries_of, order=25)
    order_submitted.connect(open_with_order)
    tab("lead-times", pgettext_lazy("rules", "Lead times"), "cases.view_leadtime", "cases:lead-times")
    erasing.keep(DeliveryIssue, "carrier", "waybill", "enquiry_phone")  # of the carrier, not of the customer
    for name, label in CLOCKS.items():
        policies.clock(name, label)
    policies.dimension("delivery", pgettext_lazy("clock", "Urgency of a delivery"), lambda: Urgency.choices)
    tellings()


def waiting_for(user):
    """The deliveries whose next step is this person's."""
    rows = [QUEUES[name].rows for name in PRESSING if user.has_perm(QUEUES[name].right)]
    if not rows:
        return None
    condition = Q()
    for one in rows:
        condition |= one
    return DeliveryIssue.objects.visible_to(user).filter(condition)


def open_with_order(order, by, **kwargs):
    """Every order submitted opens its issue at the same time, by the lead time of what was ordered (S3-121).

    The date comes from the agent who talked with the customer; until then the issue stands in the queue of those without.
    """
    if order.delivered_on is None:
        begin(DeliveryIssue.open, "open", by=by, order=order)


def of_delivery(record, user):
    offers = []
    if user.has_perm("workflow.add_attachment"):
        url = reverse("cases:deliveryissue-attach-files", args=[record.pk])
        offers.append(Offer(_("Add files"), url, icon="paperclip", place=TIMELINE, shortcut="f"))
    url = reverse("cases:deliveryissue-files", args=[record.pk])
    return [*offers, Offer(_("All files"), url, place=MENU)]


def of_order(order, user):
    """The way from an order to its delivery, or to opening one."""
    if not user.has_perm("cases.view_deliveryissue"):
        return []
    issue = DeliveryIssue.objects.filter(order=order).order_by("-pk").first()
    links = [(_("Delivery"), issue.get_absolute_url(), "truck")] if issue else []
    is_over = issue is None or issue.status == issue.Status.CANCELLED
    if is_over and order.delivered_on is None and user.has_perm("cases.open_deliveryissue"):
        links.append((_("Follow the delivery"), reverse("cases:delivery-new", args=[order.pk]), "calendar-clock"))
    return links


def deliveries_of(customer, user, now):
    """The deliveries of a customer, the newest few, for his service file."""
    if not user.has_perm("cases.view_deliveryissue"):
        return None
    seen = DeliveryIssue.objects.visible_to(user).filter(matter__customer__root=customer.root_id)
    rows = list(seen.select_related("order").order_by("-created_at", "-pk")[:10])
    return Panel("cases/delivery/_file_deliveries.html", {"rows": rows}) if rows else None


def found(pks, user):
    rows = DeliveryIssue.objects.visible_to(user).filter(pk__in=pks).select_related("matter__customer", "order")
    return {
        row.pk: Found(
            row.number,
            row.get_absolute_url(),
            f"{name_for(user, row.customer.name)} · {row.order.number} · {row.get_status_display()}",
            row.created_at,
        )
        for row in rows
    }


# --- on the timeline -------------------------------------------------------------------------------------------------
def day(text):
    """A day as the timeline says it; None where there is none."""
    value = parse_date(text) if text else None
    return date_format(value, "Y-m-d") if value else None


def _tell(verb, *sentences, icon, **values):
    tell(verb, *sentences, icon=icon, of=OF, **values)


def tellings():
    kind("delivery", lambda: DeliveryIssue.objects.only("number"))
    _tell("open", gettext_lazy("follows the order, deadline %(deadline)s"), gettext_lazy("follows the order"),
          icon="calendar-clock", deadline=day)  # fmt: skip
    _tell("set_date", gettext_lazy("set the deadline: %(deadline)s, before %(from)s (%(urgency)s)"),
          gettext_lazy("set the deadline: %(deadline)s (%(urgency)s)"), icon="calendar-clock", deadline=day,
          urgency=Urgency, **{"from": day})  # fmt: skip
    _tell("approve_date", gettext_lazy("agreed to the date"), icon="circle-check")
    _tell("refuse_date", gettext_lazy("refused the date"), icon="circle-x")
    _tell("check_order", gettext_lazy("checked the order (%(stock)s); deadline %(deadline)s, before %(from)s"),
          gettext_lazy("checked the order: %(stock)s"), icon="clipboard-check", stock=STOCK.get, deadline=day,
          **{"from": day})  # fmt: skip
    _tell("record_progress", gettext_lazy("noted progress: %(risk)s"), icon="factory", risk=Risk)
    _tell("move_date", gettext_lazy("moved the deadline from %(from)s to %(deadline)s: %(why)s"), icon="calendar-plus",
          deadline=day, why=Why, **{"from": day})  # fmt: skip
    _tell("tell_customer", gettext_lazy("told the customer how it stands (%(channel)s)"), icon="phone",
          channel=Promise.Channel)  # fmt: skip
    _tell("ship", gettext_lazy("the goods have left"), icon="truck")
    _tell("trace_waybill", gettext_lazy("traced the waybill"), icon="search-check")
    _tell("send_notice", gettext_lazy("sent the dispatch notice with the pick-up rules (%(channel)s)"), icon="send",
          channel=Promise.Channel)  # fmt: skip
    _tell("dispute_fee", gettext_lazy("the customer disputes the fees"), icon="message-square-warning")
    _tell("settle_fee", gettext_lazy("settled the fees"), icon="handshake")
    _tell("pick_up", gettext_lazy("picked up whole"), icon="package-check")
    _tell("pick_up_damaged", gettext_lazy("picked up with damage"), icon="package-x")
    _tell("claim_carrier", gettext_lazy("claimed from the carrier"), icon="banknote")
    _tell("settle_damage", gettext_lazy("settled the damage: %(remedy)s"), icon="handshake", remedy=Remedy)
    _tell("cancel", gettext_lazy("follows the order no longer"), icon="circle-x")
    name_clock("delivery", pgettext_lazy("clock", "Delivery"))
    name_clock("delivery_check", pgettext_lazy("clock", "Check the order"))
    name_clock("delivery_warn", pgettext_lazy("clock", "Tell the customer"))
    name_clock("dispatch_notice", pgettext_lazy("clock", "Dispatch notice"))
