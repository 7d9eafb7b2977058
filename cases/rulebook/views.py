"""The pages of the rulebook: one tab per table, each row edited on a page that shows what was changed before."""

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views import View
from django.views.generic import CreateView, ListView, UpdateView

from accounts.models import Change
from accounts.views.profile import Answers422, LockedToSave
from cases.models import ComplaintClass, Guard, StandardPlan
from cases.rulebook import forms
from core.models import Installation
from payments.models import Tier
from workflow import policies
from workflow.models import DeadlinePolicy

# By the word in the address: what the tab says and who may read it.
TABS = {
    "clocks": (pgettext_lazy("rules", "Deadlines"), "workflow.view_deadlinepolicy"),
    "plans": (pgettext_lazy("rules", "Standard plans"), "cases.view_standardplan"),
    "limits": (pgettext_lazy("rules", "Approval limits"), "payments.view_tier"),
    "classes": (pgettext_lazy("rules", "Complaint classes"), "cases.view_complaintclass"),
    "guards": (pgettext_lazy("rules", "Lifecycle"), "cases.view_guard"),
    "company": (pgettext_lazy("rules", "Company"), "core.change_installation"),
}


# Pages of apps above: word → what the tab says, who may read it, the name of its address.
FURTHER = {}


def tab(name, label, right, url_name):
    """Let an app above show a page of its rules beside these."""
    FURTHER[name] = (label, right, url_name)


def readable(user):
    """(word, label, name of the address) of the tabs this user may read."""
    own = {name: (label, right, f"cases:rules-{name}") for name, (label, right) in TABS.items()}
    return [(name, label, url) for name, (label, right, url) in (own | FURTHER).items() if user.has_perm(right)]


class Rules(View):
    """The door to the rulebook: the first tab one may read."""

    http_method_names = ["get", "head", "options"]

    def get(self, request):
        tabs = readable(request.user)
        if not tabs:
            raise PermissionDenied
        return redirect(tabs[0][2])


class RulePage(PermissionRequiredMixin):
    """What every page of the rulebook has: its tab, and who may change what stands there."""

    tab = ""
    change_right = ""
    raise_exception = True
    http_method_names = ["get", "head", "options"]

    def get_permission_required(self):
        return [self.permission_required or TABS[self.tab][1]]

    def get_context_data(self, **context):
        return super().get_context_data(
            tab=self.tab,
            tabs=readable(self.request.user),
            may_change=self.request.user.has_perm(self.change_right),
            **context,
        )


class RuleForm(LockedToSave, Answers422, RulePage):
    """Adding or changing one row; what was changed before stands beside it."""

    template_name = "cases/rulebook/form.html"
    http_method_names = ["get", "head", "post", "options"]
    heading = ""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def get_context_data(self, **context):
        row = self.object if self.object and self.object.pk else None
        changes = Change.objects.about(row).select_related("by")[:20] if row else []
        return super().get_context_data(
            heading=self.heading or self.object, row=row, changes=changes, list_url=self.get_success_url(), **context
        )

    def form_valid(self, form):
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)

    def get_success_url(self):
        return reverse(f"cases:rules-{self.tab}")


# --- deadlines ------------------------------------------------------------------------------------------------------
class Clocks(RulePage, ListView):
    """Every deadline policy by clock, the general one before the narrower ones; cases keep what they began with."""

    tab, change_right = "clocks", "workflow.change_deadlinepolicy"
    template_name = "cases/rulebook/clocks.html"

    def get_queryset(self):
        return DeadlinePolicy.objects.order_by("-active", "kind", "pk")

    def get_context_data(self, **context):
        labels, scope_of = dict(policies.clocks()), policies.wording()
        rows = sorted(self.object_list, key=lambda policy: (not policy.active, policy.kind, len(policy.scope)))
        lines = [(policy, labels.get(policy.kind, policy.kind), scope_of(policy)) for policy in rows]
        return super().get_context_data(lines=lines, **context)


class ClockForm(RuleForm):
    tab, permission_required = "clocks", "workflow.change_deadlinepolicy"
    form_class, model = forms.ClockForm, DeadlinePolicy


class ClockNew(ClockForm, CreateView):
    heading = pgettext_lazy("rules", "New deadline")


class ClockEdit(ClockForm, UpdateView):
    pass


# --- limits ---------------------------------------------------------------------------------------------------------
class Limits(RulePage, ListView):
    """What each role decides by itself today, what it will, and what it could before (S0-11)."""

    tab, change_right = "limits", "payments.add_tier"
    template_name = "cases/rulebook/limits.html"

    def get_queryset(self):
        return Tier.objects.select_related("set_by").order_by("-since", "-pk")

    def get_context_data(self, **context):
        today, now_in_force = timezone.localdate(), {}
        for tier in self.object_list:
            if tier.since <= today:
                now_in_force.setdefault((tier.role, tier.giving), tier.pk)
        lines = [
            (
                tier,
                forms.who_decides(tier.role),
                now_in_force.get((tier.role, tier.giving)) == tier.pk,
                tier.since > today,
            )
            for tier in sorted(self.object_list, key=lambda tier: forms.DECIDE_MONEY.index(tier.role))
        ]
        return super().get_context_data(lines=lines, **context)


class LimitNew(RuleForm, CreateView):
    """A new limit is a new row: the old one stays as the record of what held then."""

    tab, permission_required = "limits", "payments.add_tier"
    form_class, model = forms.LimitForm, Tier
    heading = pgettext_lazy("rules", "New limit")


# --- classes --------------------------------------------------------------------------------------------------------
class Classes(RulePage, ListView):
    tab, change_right = "classes", "cases.change_complaintclass"
    template_name = "cases/rulebook/classes.html"
    queryset = ComplaintClass.objects.select_related("department")


class ClassForm(RuleForm):
    tab, permission_required = "classes", "cases.change_complaintclass"
    form_class, model = forms.ClassForm, ComplaintClass


class ClassNew(ClassForm, CreateView):
    heading = pgettext_lazy("rules", "New class")


class ClassEdit(ClassForm, UpdateView):
    pass


# --- standard plans -------------------------------------------------------------------------------------------------
def author_of(plan):
    """Who wrote the plan as it stands, or None for one that came with the product."""
    for line in Change.objects.about(plan).select_related("by").order_by("-pk"):
        if forms.PlanForm.SUBSTANCE & line.details.keys():
            return line.by
    return None


def may_approve(user, plan):
    """The right, and another person than the plan's author."""
    return user.has_perm("cases.approve_standardplan") and plan.approved_at is None and author_of(plan) != user


class Plans(RulePage, ListView):
    tab, change_right = "plans", "cases.change_standardplan"
    template_name = "cases/rulebook/plans.html"

    def get_queryset(self):
        return StandardPlan.objects.select_related("klass", "approved_by").order_by("-active", "level", "name")


class PlanForm(RuleForm):
    tab, permission_required = "plans", "cases.change_standardplan"
    form_class, model = forms.PlanForm, StandardPlan


class PlanNew(PlanForm, CreateView):
    heading = pgettext_lazy("rules", "New standard plan")


class PlanEdit(PlanForm, UpdateView):
    """Changing what is done, or what it costs, takes the approval back."""

    # Who approves reads the whole plan here, and need not be one who writes them.
    permission_required = "cases.view_standardplan"

    def get_context_data(self, **context):
        user = self.request.user
        return super().get_context_data(
            read_only=not user.has_perm("cases.change_standardplan"),
            may_approve=may_approve(user, self.object),
            **context,
        )

    def post(self, request, *args, **kwargs):
        if not request.user.has_perm("cases.change_standardplan"):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)


class PlanApprove(PermissionRequiredMixin, View):
    """Lets agents use a plan: by somebody with the right, other than its author, for the words he has read."""

    permission_required = "cases.approve_standardplan"
    raise_exception = True
    http_method_names = ["post", "options"]

    @atomic
    def post(self, request, pk):
        plan = get_object_or_404(StandardPlan.objects.select_for_update(), pk=pk)
        seen = forms.PlanForm(instance=plan, by=request.user).fingerprint()
        if request.POST.get("seen") != seen:
            messages.error(request, _("The plan was changed meanwhile. Read it again before you approve it."))
        elif plan.approved_at is None and not may_approve(request.user, plan):
            messages.error(request, _("Whoever wrote a plan does not approve it."))
        elif plan.approved_at is None:
            plan.approved_by, plan.approved_at = request.user, timezone.now()
            plan.save(update_fields=["approved_by", "approved_at"])
            Change.objects.write(Change.Act.EDITED, plan, by=request.user, approved_by=["", str(request.user)])
            messages.success(request, _("Approved. Agents may use it from now on."))
        return redirect("cases:rules-plan-edit", pk=plan.pk)


# --- lifecycle ------------------------------------------------------------------------------------------------------
class Guards(RulePage, ListView):
    """Which rules of the lifecycle hold; each is in force until somebody switches it off, with a reason (X8)."""

    tab, change_right = "guards", "cases.change_guard"
    template_name = "cases/rulebook/guards.html"
    queryset = Guard.objects.all()

    def get_context_data(self, **context):
        off = {guard.code for guard in self.object_list if not guard.active}
        lines = [(code, label, code not in off) for code, label in Guard.Code.choices]
        return super().get_context_data(lines=lines, **context)


class GuardEdit(RuleForm, UpdateView):
    tab, permission_required = "guards", "cases.change_guard"
    form_class, model = forms.GuardForm, Guard

    def get_object(self, queryset=None):
        code = self.kwargs["code"]
        if code not in Guard.Code.values:
            raise Http404
        if self.request.method == "POST":
            Guard.objects.get_or_create(code=code)
        return self.lock(Guard.objects).filter(code=code).first() or Guard(code=code)


# --- the company ----------------------------------------------------------------------------------------------------
class Company(RuleForm, UpdateView):
    tab, permission_required = "company", "core.change_installation"
    form_class, model = forms.CompanyForm, Installation
    heading = pgettext_lazy("rules", "Company")

    def get_object(self, queryset=None):
        return self.lock(Installation.objects).current()
