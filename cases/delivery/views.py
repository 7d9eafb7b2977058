"""The pages of deliveries: lists and queues, one delivery, opening one from its order, and the lead times."""

import uuid
from datetime import timedelta

import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import CreateView, ListView, TemplateView, UpdateView, View

from cases.delivery import notice
from cases.delivery.forms import LeadTimeForm, OpenForm
from cases.delivery.queues import QUEUES, queues_of
from cases.delivery.steps import Steps, next_step, steps_for
from cases.filters import FOUND, choice
from cases.models import DeliveryIssue, LeadTime
from cases.models.delivery import FINAL, Status, Urgency
from cases.rulebook.views import RuleForm, RulePage
from core.clocks import Clock
from core.filters import DayRange, FilterSet
from core.lists import FilteredListView
from core.prepared import PreparedCounts
from core.search import search
from core.visibility import get_visible_or_404
from customers.models import Order
from payments.models import Claim
from workflow import file_views
from workflow.errors import OperationConflict
from workflow.mentions import mentionable
from workflow.models import Attachment, Deadline, Event
from workflow.offers import offers_for
from workflow.perform import begin
from workflow.photos import photos_of, with_photos
from workflow.timeline import EVENTS_A_PAGE, Cursor, Names, clock_label, lines_of, page_of_events, want_names
from workflow.views import NEW_FOR, TransitionView, add_errors

OPEN = "open"
_counts = PreparedCounts(100)


# --- lists -----------------------------------------------------------------------------------------------------------
class DeliveryFilter(FilterSet):
    """What a list of deliveries may be narrowed by."""

    q = django_filters.CharFilter(label=gettext_lazy("Words, number, waybill"), method="with_words")
    status = choice(gettext_lazy("Status"), [(OPEN, gettext_lazy("all open")), *Status.choices], method="in_status")
    urgency = choice(gettext_lazy("Urgency"), Urgency.choices)
    deadline = DayRange(label=gettext_lazy("Deadline"), field_name="deadline")

    class Meta:
        model = DeliveryIssue
        fields = []

    @property
    def usual(self):
        return [self.form[name] for name in ("q", "status", "urgency")]

    @property
    def further(self):
        return [self.form["deadline"]]

    def with_words(self, queryset, name, value):
        hits = search(value, self.request.user, FOUND, kind="delivery")
        return queryset.filter(pk__in=[hit.pk for hit in hits])

    def in_status(self, queryset, name, value):
        return queryset.exclude(status__in=FINAL) if value == OPEN else queryset.filter(status=value)


class Row:
    """One delivery as a list shows it: its date, its next step, what it is about."""

    def __init__(self, record, user, now):
        self.record = record
        self.step = next_step(record, user)
        self.in_dialog = self.step is not None and self.step.verb not in Steps.own_page
        self.clock = None
        if record.deadline and not record.is_final and record.picked_up_on is None:
            self.clock = Clock.of(label=_("Deadline"), due=record.deadline_due, started=record.created_at, now=now)


class Deliveries(FilteredListView):
    """Every delivery one may see, newest first."""

    filterset_class = DeliveryFilter
    orders = {"newest": ("-created_at", "-pk"), "deadline": ("deadline", "pk")}
    order_labels = {"deadline": gettext_lazy("by deadline"), "newest": gettext_lazy("newest first")}
    permission_required = "cases.view_deliveryissue"
    template_name = "cases/delivery/list.html"
    partial_template_name = "cases/delivery/_list.html"
    title = gettext_lazy("Deliveries")
    empty = gettext_lazy("No delivery fits. They come with every order, or are opened from one.")
    queue = ""

    def get_queryset(self):
        claims = Claim.objects.filter(matter=OuterRef("matter"), against=Claim.Against.CARRIER)
        rows = DeliveryIssue.objects.visible_to(self.viewer).with_customer().annotate(has_claim=Exists(claims))
        return rows.filter(QUEUES[self.queue].rows) if self.queue else rows

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        kwargs |= {"title": self.title, "empty": self.empty, "queue": self.queue}
        context = super().get_context_data(**kwargs)
        queues = queues_of(user)
        counts = _counts.of(user, {name: _OF_QUEUE[name] for name, _queue in queues})
        stale = LeadTime.objects.stale(timezone.localdate(now)).count() if user.has_perm(LEAD_CHANGE) else 0
        return context | {
            "rows": [Row(record, user, now) for record in context["page"].rows],
            "queues": [(name, queue.label, counts.get(name, 0)) for name, queue in queues],
            "stale": stale,
        }


def _standing_in(name):
    return lambda person: DeliveryIssue.objects.visible_to(person).filter(QUEUES[name].rows)


# The same function each time, so that the prepared statement is found again.
_OF_QUEUE = {name: _standing_in(name) for name in QUEUES}


class DeliveryQueue(Deliveries):
    """The deliveries of one queue, those whose date comes first before the others."""

    orders = {"deadline": ("deadline", "pk"), "newest": ("-created_at", "-pk")}

    def dispatch(self, request, *args, **kwargs):
        self.queue = kwargs["queue"]
        if self.queue not in QUEUES:
            raise Http404
        if request.user.is_authenticated and not request.user.has_perm(QUEUES[self.queue].right):
            raise PermissionDenied
        self.title, self.empty = QUEUES[self.queue].label, QUEUES[self.queue].empty
        return super().dispatch(request, *args, **kwargs)


# --- one delivery ----------------------------------------------------------------------------------------------------
def find(request, pk):
    """The delivery with what its head and its guards read, if this person may see it; Http404 otherwise."""
    claims = Claim.objects.filter(matter=OuterRef("matter"), against=Claim.Against.CARRIER)
    rows = DeliveryIssue.objects.with_customer().select_related("matter__customer__area", "matter__customer__dealer")
    return get_visible_or_404(rows.annotate(has_claim=Exists(claims)), request.user, pk=pk)


class DeliveryDetail(TemplateView):
    """Everything about one delivery, its next step first."""

    def get_template_names(self):
        alone = self._older and self.request.htmx
        return ["workflow/_older.html" if alone else "cases/delivery/detail.html"]

    @property
    def _older(self):
        return Cursor.read(self.request.GET.get("before"))

    def get_context_data(self, **kwargs):
        user, record = self.request.user, find(self.request, self.kwargs["pk"])
        if not user.has_perm("cases.view_deliveryissue"):
            raise PermissionDenied
        files = list(Attachment.objects.shown().filter(matter=record.matter_id).order_by("pk"))
        return super().get_context_data(
            record=record,
            customer=record.matter.customer,
            steps=steps_for(record, user),
            clocks=self.clocks(record),
            lines=record.order.lines.select_related("product"),
            lead=record.lead_time(),
            photos=photos_of(files),
            facts=notice.facts_of(record) if record.shipped_at else (),
            rules=notice.rules_of(record) if record.status == Status.SHIPPED else (),
            claims=record.claims() if user.has_perm("payments.view_payorder") else (),
            offers=offers_for(record, user),
            note_op=uuid.uuid4(),
            today=timezone.localdate(),
            **self.timeline(record, user, files),
            **kwargs,
        )

    def timeline(self, record, user, files):
        events = list(page_of_events(Event.objects.filter(matter=record.matter_id).seen_by(user), self._older))
        more = len(events) > EVENTS_A_PAGE
        events = sorted(events, key=lambda one: (one.at, one.pk), reverse=True)[:EVENTS_A_PAGE]
        names, by_pk = Names(), {row.pk: row for row in files}
        want_names(events, names)
        names.load()
        photos = {
            event.pk: photos_of([by_pk[pk] for pk in event.data.get("attachments", ()) if pk in by_pk])
            for event in events
            if event.data.get("attachments")
        }
        since = timezone.now() - timedelta(seconds=NEW_FOR) if "done" in self.request.GET else None

        def is_new(event):
            return since is not None and event.at >= since and event.by_id == user.pk

        older = f"{events[-1].at.isoformat()}_{events[-1].pk}" if more else None
        return {"timeline": lines_of(events, names, photos=photos, is_new=is_new), "older": older}

    def clocks(self, record):
        """The open clocks, what is due first before the others."""
        rows = Deadline.objects.of(record).open().order_by("due_at")
        now = timezone.now()
        return [Clock.of(label=clock_label(row.kind), due=row.due_at, started=row.started_at, now=now) for row in rows]


class Files(TemplateView):
    """Every file of the delivery with what it shows."""

    template_name = "cases/delivery/files.html"

    def get_context_data(self, **kwargs):
        record, user = find(self.request, self.kwargs["pk"]), self.request.user
        if not user.has_perm("cases.view_deliveryissue"):
            raise PermissionDenied
        files = Attachment.objects.filter(matter=record.matter_id).select_related("uploaded_by")
        if not user.has_perm("workflow.view_restricted_event"):
            files = files.shown()
        moves = {move.verb for move in record.moves_for(user)}
        return super().get_context_data(record=record, files=with_photos(files), moves=moves, **kwargs)


class Colleagues(View):
    """Whom a note may name with @."""

    def get(self, request, pk):
        record = get_visible_or_404(DeliveryIssue.objects.only("pk", "region_id"), request.user, pk=pk)
        if not request.user.has_perm("cases.view_deliveryissue"):
            raise PermissionDenied
        people = mentionable(record.region_id).exclude(pk=request.user.pk)[:60]
        return render(request, "cases/_colleagues.html", {"people": people})


class DeliveryMove(TransitionView):
    """One verb of a delivery."""

    model = DeliveryIssue
    facts_template_name = "cases/delivery/_essentials.html"
    select_related = ("matter__owner", "matter__customer", "region", "order")


class AttachFiles(file_views.AttachFiles, DeliveryMove):
    """The receipt, photos of the packing, other files."""


class FileMove(DeliveryMove):
    """An act on one file, with that file beside the form."""

    facts_template_name = "workflow/_file_in_hand.html"


class OpenDelivery(View):
    """A delivery is opened from its order (S3-121); the lead time stands beside the date (S3-117)."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, pk):
        if request.method.lower() in self.http_method_names:
            rows = Order.objects.select_related("customer__region").prefetch_related("lines__product__group")
            self.order = get_visible_or_404(rows, request.user, pk=pk)
            if not request.user.has_perm("cases.open_deliveryissue"):
                raise PermissionDenied
        return super().dispatch(request, pk)

    def get(self, request, pk):
        return self.show(OpenForm(user=request.user))

    def post(self, request, pk):
        form = OpenForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            done = begin(DeliveryIssue.open, "open", by=request.user, op=form.cleaned_data["op"], order=self.order,
                         **form.details())  # fmt: skip
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, 422)
        except OperationConflict:
            form.add_error(None, _("This form has been used for something else already. Nothing was saved."))
            return self.show(form, 409)
        return HttpResponseRedirect(f"{done.record.get_absolute_url()}?done=new")

    def show(self, form, status=200):
        lead = LeadTime.objects.of([line.product for line in self.order.lines.all()])
        context = {"form": form, "order": self.order, "lead": lead, "today": timezone.localdate()}
        if lead:
            context["earliest"] = (self.order.ordered_on or context["today"]) + timedelta(days=lead.days)
            context["is_stale"] = lead.is_stale(context["today"])
        return render(self.request, "cases/delivery/new.html", context, status=status)


# --- lead times ------------------------------------------------------------------------------------------------------
LEAD_READ, LEAD_CHANGE = "cases.view_leadtime", "cases.change_leadtime"


class LeadTimes(RulePage, ListView):
    """The lead-time notice: every product line, those not looked at for a month marked (S3-117, S3-119)."""

    tab, permission_required, change_right = "lead-times", LEAD_READ, LEAD_CHANGE
    template_name = "cases/delivery/lead_times.html"
    queryset = LeadTime.objects.select_related("group", "evaluated_by").order_by(
        "evaluated_on", "group__position", "pk"
    )

    def get_context_data(self, **context):
        today = timezone.localdate()
        rows = [(row, row.is_stale(today)) for row in self.object_list]
        return super().get_context_data(lines=rows, **context)


class LeadForm(RuleForm):
    tab, permission_required = "lead-times", LEAD_CHANGE
    form_class, model = LeadTimeForm, LeadTime

    def get_success_url(self):
        return reverse("cases:lead-times")


class LeadTimeNew(LeadForm, CreateView):
    heading = pgettext_lazy("rules", "New lead time")


class LeadTimeEdit(LeadForm, UpdateView):
    pass
