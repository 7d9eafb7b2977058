"""What the frame of every page leads to in this app, and what a complaint's page and a customer's file show of it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from compensation.models import Compensation
from compensation.models.compensation import APPROVE, RELEASE
from core.navigation import Entry
from core.navigation import register as enter
from customers.tallies import count_by_root, tally
from workflow.offers import MENU, TIMELINE, Offer, offer
from workflow.panels import Panel, panel

SHOWN = 20
# What else is entered about a complaint's money: right, label, page.
MONEY = (
    ("payments.give_gift", gettext_lazy("Give a present"), "gift-new"),
    ("payments.record_debt", gettext_lazy("We owe the customer"), "debt-new"),
    ("payments.record_claim", gettext_lazy("Claim from others"), "claim-new"),
)


def register():
    enter(Entry("decisions", pgettext_lazy("navigation", "Decisions"), "compensation:decisions", "stamp",
                permission=APPROVE, order=35, shortcut="g v", count=_to_decide, is_work=True))  # fmt: skip
    enter(Entry("compensation", pgettext_lazy("navigation", "Compensation"), "compensation:list", "hand-coins",
                permission="compensation.view_compensation", order=45, shortcut="g y"))  # fmt: skip
    offer("cases.Complaint", of_complaint)
    offer("compensation.Compensation", of_compensation)
    panel("compensations", of_customer, order=40)
    tally("compensations", gettext_lazy("Compensation"), _of_files, order=40)


def _to_decide(user):
    waiting = Compensation.objects.visible_to(user).awaiting_word(
        approves=user.has_perm(APPROVE), releases=user.has_perm(RELEASE)
    )
    return waiting.exclude(maker=user.pk)


def _of_files(roots, user):
    return count_by_root(Compensation.objects.visible_to(user), roots, "matter__customer__root")


def of_complaint(complaint, user):
    offers = []
    if user.has_perm("compensation.request_compensation") and not complaint.is_final:
        offers.append(
            Offer(_("Ask for compensation"), reverse("compensation:new", args=[complaint.pk]), place=MENU, order=30)
        )
    for right, label, name in MONEY:
        if user.has_perm(right):
            offers.append(Offer(label, reverse(f"payments:{name}", args=[complaint.matter_id]), place=MENU, order=32))
    if user.has_perm("compensation.view_compensation"):
        url = f"{reverse('compensation:list')}?complaint={complaint.pk}"
        offers.append(Offer(_("Compensation of this case"), url, place=MENU, order=31))
    return offers


def of_compensation(one, user):
    offers = []
    if user.has_perm("workflow.add_attachment"):
        url = reverse("compensation:compensation-attach-files", args=[one.pk])
        offers.append(Offer(_("Add files"), url, icon="paperclip", place=TIMELINE, shortcut="f"))
    if user.has_perm("compensation.print_compensation"):
        for label, name in papers_of(one):
            offers.append(Offer(label, reverse(f"compensation:{name}", args=[one.pk]), "printer", MENU))
        if one.appraisal_id:
            url = reverse("cases:appraisal-paper", args=[one.complaint_id, one.appraisal_id])
            offers.append(Offer(_("Appraisal record"), url, "printer", MENU))
    return offers


def papers_of(one):
    """Which papers there are of it now."""
    if one.route == "large":
        yield _("Settlement agreement"), "agreement-paper"
        if one.status in ("write_off_pending", "written_off") and hasattr(one, "write_off"):
            yield _("Write-off declaration"), "write-off-paper"
    elif one.route == "small":
        yield _("Report of a small settlement"), "report-paper"


def of_customer(customer, user, now):
    """What a customer was given, or asked for, on his service file."""
    if not user.has_perm("compensation.view_compensation"):
        return None
    rows = Compensation.objects.visible_to(user).filter(matter__customer__root=customer.root_id)
    found = list(rows.select_related("complaint").order_by("-created_at", "-pk")[:SHOWN])
    return Panel("compensation/_of_customer.html", {"rows": found}) if found else None
