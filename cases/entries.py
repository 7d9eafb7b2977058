"""What the frame of every page leads to in this app, and what a complaint's page offers besides its moves."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import Complaint
from cases.rows import rows_of
from cases.worklist import TODO, mine, unassigned
from core import navigation
from core.navigation import Entry
from core.navigation import register as enter
from customers.tallies import count_by_root, tally
from workflow.models import Handover
from workflow.offers import MENU, Offer, offer
from workflow.panels import Panel, panel


def register():
    enter(Entry("home", pgettext_lazy("navigation", "Work list"), "home", "layout-list", order=0, shortcut="g h",
                count=_to_do))  # fmt: skip
    enter(Entry("complaints", pgettext_lazy("navigation", "Complaints"), "cases:complaint-list",
                "message-square-warning", permission="cases.view_complaint", order=20, shortcut="g c"))  # fmt: skip
    enter(Entry("unassigned", pgettext_lazy("navigation", "Unassigned"), "cases:unassigned", "inbox",
                permission="cases.assign_complaint", order=25, shortcut="g a", count=unassigned))  # fmt: skip
    enter(Entry("ledger", pgettext_lazy("navigation", "Ledger"), "cases:ledger", "notebook-pen",
                permission="cases.verify_complaint", order=70, shortcut="g l"))  # fmt: skip
    enter(Entry("board", pgettext_lazy("navigation", "Deadlines"), "cases:board", "clock-alert",
                permission="cases.view_board", order=30, shortcut="g d"))  # fmt: skip
    enter(Entry("handovers", pgettext_lazy("navigation", "Handover"), "cases:handovers", "arrow-right-left",
                permission="workflow.hand_over_matter", order=60, shortcut="g o", count=_waiting_handovers))  # fmt: skip
    enter(Entry("rules", pgettext_lazy("navigation", "Rules"), "cases:rules", "scale",
                permission="workflow.view_deadlinepolicy", order=40, place=navigation.MENU))  # fmt: skip
    offer("cases.Complaint", papers_of)
    panel("complaints", complaints_of, order=10)
    tally("complaints", gettext_lazy("Complaints"), _complaints_of_files, order=10)


def _complaints_of_files(roots, user):
    return count_by_root(Complaint.objects.visible_to(user), roots, "matter__customer__root")


def _to_do(user):
    return mine(user, *TODO) if user.has_perm("cases.handle_complaint") else None


def _waiting_handovers(user):
    return Handover.objects.waiting_for(user).exclude(giver=user)


def papers_of(complaint, user):
    """The papers that can be printed of a complaint (what stands on them decides cases.papers)."""
    if not user.has_perm("cases.print_complaint"):
        return []
    return [
        Offer(_("Print the record"), reverse("cases:complaint-paper", args=[complaint.pk]), "printer", MENU, order=10),
        Offer(_("Dossier"), reverse("cases:dossier-paper", args=[complaint.pk]), "folder-archive", MENU, order=20),
    ]


def complaints_of(customer, user, now):
    """What is open for a customer, then what was settled, for his service file."""
    seen = Complaint.objects.visible_to(user).filter(matter__customer__root=customer.root_id).newest_first()
    found = list(seen.as_rows()[:60])
    going = rows_of([complaint for complaint in found if not complaint.is_final], user, now)
    context = {"rows": going, "ended": rows_of([complaint for complaint in found if complaint.is_final], user, now)}
    return Panel("cases/_file_complaints.html", context)
