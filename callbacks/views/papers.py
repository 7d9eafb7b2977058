"""《回访记录表》 on A4: everything one call has to say (S2-157)."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from callbacks.models import Commendation
from callbacks.views.calls import find
from core.models import Installation


class CallPaper(PermissionRequiredMixin, TemplateView):
    """The record of one call; a call that was not made yet is a form to fill in by hand on a visit."""

    permission_required = "callbacks.make_followupcall"
    raise_exception = True
    template_name = "callbacks/papers/call.html"

    def get_context_data(self, **kwargs):
        call = find(self.request, self.kwargs["pk"])
        return super().get_context_data(
            title=_("Follow-up record"), number=call.number, call=call, customer=call.customer, region=call.region,
            company=Installation.objects.current().company, printed_at=timezone.now(),
            reasons=call.reasons.select_related("template"), attempts=call.attempts.select_related("by"),
            answers=call.answers.all(), praise=Commendation.objects.filter(call=call).select_related("person"),
            phones=call.customer.phones.all(), **kwargs,
        )  # fmt: skip
