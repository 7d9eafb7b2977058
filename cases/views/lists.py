"""The lists of complaints: all, unassigned, the ledger, progress of what is open, the archive."""

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.filters import OPEN, ComplaintFilter
from cases.models import Complaint, choices
from cases.rows import rows_of
from core.lists import FilteredListView
from workflow.models import Deadline, Event

NEWEST = {"newest": ("-received_at", "-pk"), "oldest": ("received_at", "pk")}
# Verbs by which somebody spoke with the customer, and clocks that ask for the next time.
CONTACTS = ("record_contact", "start_judging", "answer_customer", "accept_plan", "decline_plan", "record_follow_up",
            "finish_implementation", "record_remote_help", "apply_standard_plan")  # fmt: skip
NEXT_CONTACTS = ("promise", "first_reply", "contact", "serious", "check_in", "follow_up")


class ComplaintList(FilteredListView):
    """Every complaint one may see; the same few statements for one row and for fifty."""

    queryset = Complaint.objects.as_rows()
    filterset_class = ComplaintFilter
    orders = NEWEST
    order_labels = {"newest": _("newest first"), "oldest": _("oldest first")}
    permission_required = "cases.view_complaint"
    template_name = "cases/complaint_list.html"
    partial_template_name = "cases/_complaint_list.html"
    title = _("Complaints")
    empty = _("No complaint fits. Take a filter off, or log the first one.")
    bulk = True
    prepared = True
    steady = {"status": frozenset({OPEN, *Complaint.Status.values}), "severity": frozenset(choices.Severity.values)}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(title=self.title, empty=self.empty, **kwargs)
        context["rows"] = rows_of(context["page"].rows, self.request.user, timezone.now())
        context["is_open"] = self.request.GET.get("status") == OPEN
        context["may_assign"] = self.bulk and self.request.user.has_perm("cases.assign_complaint")
        return context


class Unassigned(ComplaintList):
    """The inbox: open complaints nobody handles yet; the post of feedback handler owns it until it is settled (S3-114)."""

    title = _("Unassigned")
    empty = _("Every open complaint has a handler.")
    orders = {"oldest": ("received_at", "pk"), "newest": ("-received_at", "-pk")}

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if user.is_authenticated and not (user.is_feedback_handler or user.has_perm("cases.handle_complaint")):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return super().get_queryset().filter(matter__owner__isnull=True, matter__closed_at__isnull=True).open()


class Ledger(ComplaintList):
    """Entries submitted by agents that a second person has not checked yet (S2-85)."""

    title = _("After-sales ledger: to verify")
    empty = _("Every entry is verified.")
    orders = {"oldest": ("received_at", "pk"), "newest": ("-received_at", "-pk")}
    permission_required = "cases.verify_complaint"
    template_name = "cases/ledger.html"
    partial_template_name = "cases/_ledger.html"

    def get_queryset(self):
        return super().get_queryset().unverified().select_related("received_by")


class Progress(ComplaintList):
    """All open matters: stage, handler, clock, when the customer last heard of us and will next (S1-27)."""

    title = _("Progress of all open matters")
    template_name = "cases/progress.html"
    partial_template_name = "cases/_progress.html"
    orders = {"oldest": ("received_at", "pk"), "newest": ("-received_at", "-pk")}

    def get_queryset(self):
        contacts = Event.objects.filter(matter=OuterRef("matter"), action__in=CONTACTS, kind=Event.Kind.VERB)
        asked = Deadline.objects.running().filter(matter=OuterRef("matter"), kind__in=NEXT_CONTACTS)
        return (
            super()
            .get_queryset()
            .open()
            .annotate(
                last_contact_at=Subquery(contacts.order_by("-at").values("at")[:1]),
                next_contact_at=Subquery(asked.order_by("due_at").values("due_at")[:1]),
            )
        )


class Archive(ComplaintList):
    """What has ended, with what was learned (S2-170)."""

    title = _("Archive")
    empty = _("Nothing has been closed yet. Every closed complaint stays here with its lesson.")
    template_name = "cases/archive.html"
    partial_template_name = "cases/_archive.html"
    bulk = False

    def get_queryset(self):
        return super().get_queryset().ended()
