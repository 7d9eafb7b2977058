"""The week's batch: the caller submits it, the specialist reviews it (S2-07)."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from callbacks.models import CallWeek, FollowUpCall
from core.calendar import local_day
from core.lists import FilteredListView
from workflow.errors import Refusal
from workflow.forms import as_uuid
from workflow.perform import perform

S = FollowUpCall.Status
MOST = 300


def monday_of(day):
    return day - timedelta(days=day.weekday())


class MyWeek(TemplateView):
    """A caller's records not yet submitted; one press sends them all."""

    template_name = "callbacks/my_week.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("callbacks.make_followupcall"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def mine(self):
        rows = FollowUpCall.objects.filter(
            called_by=self.request.user, status__in=[S.RECORDED, S.TRANSFERRED, S.DECLINED]
        )
        return rows.with_customer().select_related("matter", "region").order_by("spoken_at", "pk")

    def get_context_data(self, **kwargs):
        weeks = CallWeek.objects.filter(caller=self.request.user).order_by("-monday")[:8]
        rows = list(self.mine()[:MOST])
        return super().get_context_data(rows=rows, weeks=weeks, op=uuid.uuid4(), **kwargs)

    def post(self, request):
        """The same press again submits nothing twice: each record is its own operation."""
        op, now, done = as_uuid(request.POST.get("op")) or uuid.uuid4(), timezone.now(), 0
        week, _made = CallWeek.objects.get_or_create(
            caller=request.user, monday=monday_of(local_day(now)), defaults={"submitted_at": now}
        )
        for call in self.mine()[:MOST]:
            try:
                perform(call, "submit_week", by=request.user, op=uuid.uuid5(op, str(call.pk)), now=now, week=week)
                done += 1
            except (Refusal, ValidationError):
                continue
        text = ngettext("%(n)d record submitted.", "%(n)d records submitted.", done) % {"n": done}
        messages.success(request, text)
        return redirect("callbacks:my-week")


class Reviews(FilteredListView):
    """What callers have submitted, the oldest first; nobody reviews his own."""

    queryset = FollowUpCall.objects.filter(status=S.IN_REVIEW).select_related(
        "customer", "template", "called_by", "week"
    )
    orders = {"oldest": ("spoken_at", "pk")}
    never_empty = ("spoken_at",)
    permission_required = "callbacks.review_followupcall"
    template_name = "callbacks/reviews.html"
    http_method_names = ["get", "head", "post"]

    def get_queryset(self):
        return super().get_queryset().exclude(called_by=self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(op=uuid.uuid4(), **kwargs)

    def post(self, request):
        """Those ticked are in order."""
        op, now, done = as_uuid(request.POST.get("op")) or uuid.uuid4(), timezone.now(), 0
        pks = [int(pk) for pk in request.POST.getlist("pk")[:100] if pk.isdecimal() and len(pk) < 19]
        rows = FollowUpCall.objects.visible_to(request.user).filter(pk__in=pks)
        for call in rows.select_related("matter", "region").order_by("pk"):
            try:
                perform(call, "review", by=request.user, op=uuid.uuid5(op, str(call.pk)), now=now)
                done += 1
            except (Refusal, PermissionDenied, ValidationError):
                continue
        messages.success(request, ngettext("%(n)d record reviewed.", "%(n)d records reviewed.", done) % {"n": done})
        return redirect("callbacks:reviews")
