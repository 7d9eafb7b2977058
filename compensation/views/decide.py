"""The approver's page, his queue, and who decides while he is away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from compensation.evidence import evidence_for
from compensation.forms import DecisionForm, DelegationForm
from compensation.models import Compensation
from compensation.models.compensation import APPROVE, RELEASE
from compensation.views.moves import CompensationMove
from core.lists import FilteredListView
from core.visibility import get_visible_or_404
from payments.models import Delegation
from workflow.transitions import Move, declaration

# The answers in the order of the buttons.
YES, BACK, NO = ("approve_small", "approve_goodwill", "gm_approve"), ("send_back",), ("reject_small", "gm_reject")
SHOWN = 50


def decides_himself(user):
    return any(user.has_perm(right) for right in (APPROVE, RELEASE))


def may_decide(user):
    """Whether this person ever says yes or no to a sum, for himself or for somebody absent."""
    on = timezone.localdate()
    lent = any(Delegation.objects.lenders_of(user, right, on) for right in (APPROVE, RELEASE))
    return decides_himself(user) or lent


class Decisions(FilteredListView):
    """What waits for this person's yes or no, longest first."""

    queryset = Compensation.objects.select_related("complaint", "matter__customer", "maker")
    orders = {"oldest": ("status_since", "pk")}
    template_name = "compensation/decisions.html"
    partial_template_name = "compensation/_decisions.html"

    def dispatch(self, request, *args, **kwargs):
        if not may_decide(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return super().get_queryset().awaiting(self.request.user)

    def get_context_data(self, **kwargs):
        stands_in = Delegation.objects.of_deputy(self.request.user, timezone.localdate()).select_related("absent")
        return super().get_context_data(stands_in=list(stands_in), **kwargs)


def next_to_decide(user, after):
    """The page of what has waited longest besides ``after``; the queue where nothing is left."""
    waiting = Compensation.objects.visible_to(user).awaiting(user).exclude(pk=after.pk)
    pk = waiting.order_by("status_since", "pk").values_list("pk", flat=True).first()
    return reverse("compensation:decide", args=[pk]) if pk else reverse("compensation:decisions")


class Decide(TemplateView):
    """One phone screen with everything needed to say yes or no; each button takes the reason with it."""

    template_name = "compensation/decide.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if not may_decide(user):
            raise PermissionDenied
        rows = Compensation.objects.select_related(
            "complaint__klass", "matter__customer", "region", "maker", "responsible", "appraisal__technician",
            "submitted_by", "option",
        )  # fmt: skip
        one = get_visible_or_404(rows, user, pk=self.kwargs["pk"])
        return super().get_context_data(
            one=one,
            customer=one.matter.customer,
            evidence=evidence_for(one, user, now),
            agreement=one.agreement,
            form=DecisionForm(record=one, user=user),
            answers=answers(one, user),
            own=user.pk in one.makers() or user.pk == one.submitted_by_id,
            waited=now - one.status_since,
            **kwargs,
        )


def answers(one, user):
    """The buttons that lead somewhere now, as (move, tone); what a guard holds back comes with its reason."""
    found = []
    for tone, verbs in (("primary", YES), ("", BACK), ("danger", NO)):
        for verb in verbs:
            meta = declaration(one, verb)
            if meta is not None and meta.has_perm(one, user):
                found.append((Move(one, verb, meta), tone))
    return found


class Answer(CompensationMove):
    """Yes, no or back, and on to the next one."""

    def done(self, done):
        if "queue" not in self.request.POST:
            return super().done(done)
        if not done.replayed:
            messages.success(self.request, self.success_message())
        return HttpResponseRedirect(next_to_decide(self.request.user, done.record))


class Delegations(View):
    """Who decides for whom, for everybody to see; one's own absences are entered here."""

    template_name = "compensation/delegations.html"
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("compensation.view_compensation"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.show(DelegationForm(user=request.user))

    def post(self, request):
        if not decides_himself(request.user):
            raise PermissionDenied
        form = DelegationForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, status=422)
        Delegation.objects.create(absent=request.user, made_by=request.user, **form.details())
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(request.path)

    def show(self, form, status=200):
        context = {
            "rows": Delegation.objects.select_related("absent", "deputy").order_by("-until", "-pk")[:SHOWN],
            "form": form,
            "today": timezone.localdate(),
            "may_delegate": decides_himself(self.request.user),
        }
        return render(self.request, self.template_name, context, status=status)


class DelegationEnd(View):
    """One is back early: the deputy decides no more."""

    http_method_names = ["post"]

    def post(self, request, pk):
        row = get_object_or_404(Delegation, pk=pk, absent=request.user)
        Delegation.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=timezone.now())
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(reverse("compensation:delegations"))
