"""Fees on their way to finance: what one holds, what was handed in, what finance has counted (S2-134)."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView, View

from core.editing import operation
from core.lists import FilteredListView
from core.models import Installation
from core.visibility import get_visible_or_404
from technicians.models import Fee, HandIn

HAND_IN, RECEIVE = "technicians.hand_in_fee", "technicians.receive_handin"
HELD = 200


class HandIns(FilteredListView):
    """What one holds, and every hand-in one may see, those to be counted first."""

    queryset = HandIn.objects.select_related("created_by", "received_by")
    template_name = "technicians/hand_ins.html"
    orders = {"newest": ("-pk",), "oldest": ("pk",)}
    order_labels = {"newest": gettext_lazy("Newest first"), "oldest": gettext_lazy("Oldest first")}

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if user.is_authenticated and not (user.has_perm(HAND_IN) or user.has_perm(RECEIVE)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.waiting() if self.request.GET.get("waiting") else rows

    def get_context_data(self, **kwargs):
        user = self.request.user
        held = list(Fee.objects.held_by(user).select_related("order").order_by("pk")[:HELD])
        return super().get_context_data(
            held=held,
            sum=sum(fee.amount for fee in held),
            op=uuid.uuid4(),
            may_hand_in=user.has_perm(HAND_IN),
            may_receive=user.has_perm(RECEIVE),
            **kwargs,
        )


class HandInNew(View):
    """Everything one holds goes to finance in one piece; the same press again is the same hand-in."""

    http_method_names = ["post"]

    def post(self, request):
        if not request.user.has_perm(HAND_IN):
            raise PermissionDenied
        try:
            handed = HandIn.objects.hand_in(by=request.user, now=timezone.now(), op=operation(request))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return HttpResponseRedirect(reverse("technicians:hand-ins"))
        return HttpResponseRedirect(handed.get_absolute_url())


class HandInPaper(TemplateView):
    """《交款单》: the receipts it is made of, to sign by both."""

    template_name = "technicians/papers/hand_in.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        if not (user.has_perm(HAND_IN) or user.has_perm(RECEIVE)):
            raise PermissionDenied
        rows = HandIn.objects.select_related("created_by", "received_by")
        handed = get_visible_or_404(rows, user, pk=self.kwargs["pk"])
        return super().get_context_data(
            title=pgettext_lazy("paper", "Hand-in of fees"),
            number=handed.number,
            handed=handed,
            fees=list(handed.fees.select_related("order")),
            company=Installation.objects.current().company,
            printed_at=timezone.now(),
            may_receive=user.has_perm(RECEIVE) and handed.received_at is None and handed.created_by_id != user.pk,
            **kwargs,
        )


class HandInReceive(View):
    """Finance has counted it."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() in self.http_method_names:
            self.handed = get_visible_or_404(HandIn.objects.select_related("created_by"), request.user, pk=kwargs["pk"])
            if not request.user.has_perm(RECEIVE):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        return render(request, "technicians/hand_in_receive.html", {"handed": self.handed})

    def post(self, request, pk):
        if self.handed.receive(by=request.user, now=timezone.now()):
            messages.success(request, _("%(number)s is received.") % {"number": self.handed})
        return HttpResponseRedirect(reverse("technicians:hand-ins"))
