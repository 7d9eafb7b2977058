"""The lists: all calls, numbers to be found out, commendations, call lists."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from callbacks.campaigns import CampaignForm, plan_campaign
from callbacks.filters import CallFilter
from callbacks.forms import LineForm
from callbacks.models import Campaign, Commendation, FollowUpCall, NumberTask
from core.editing import NewPage
from core.lists import FilteredListView
from core.visibility import get_visible_or_404


class CallList(FilteredListView):
    """Every call one may see, declined and unreached ones included (S0-69)."""

    queryset = FollowUpCall.objects.select_related("customer", "template", "called_by", "caller", "complaint")
    filterset_class = CallFilter
    orders = {"newest": ("-due_on", "-pk"), "oldest": ("due_on", "pk")}
    order_labels = {"newest": _("newest first"), "oldest": _("oldest first")}
    permission_required = "callbacks.view_followupcall"
    template_name = "callbacks/call_list.html"
    partial_template_name = "callbacks/_call_list.html"


class NumberTasks(FilteredListView):
    """Numbers that lead nowhere or to somebody else, the oldest first."""

    queryset = NumberTask.objects.filter(done_at__isnull=True).select_related("customer", "phone", "call")
    orders = {"oldest": ("raised_at", "pk")}
    permission_required = "callbacks.make_followupcall"
    template_name = "callbacks/numbers.html"


class NumberDone(View):
    """What was found out about a number; the task is done."""

    http_method_names = ["post"]

    def post(self, request, pk):
        task = get_visible_or_404(NumberTask.objects.all(), request.user, pk=pk)
        if not request.user.has_perm("callbacks.make_followupcall"):
            raise PermissionDenied
        form = LineForm(request.POST)
        if form.is_valid():
            open_task = NumberTask.objects.filter(pk=task.pk, done_at__isnull=True)
            open_task.update(done_at=timezone.now(), done_by=request.user, result=form.cleaned_data["result"])
        return redirect("callbacks:numbers")


class Commendations(FilteredListView):
    """Who was praised, for what, by which customer (S0-54)."""

    queryset = Commendation.objects.select_related("call__customer", "person", "noted_by")
    orders = {"newest": ("-at", "-pk")}
    permission_required = "callbacks.view_followupcall"
    template_name = "callbacks/commendations.html"


class Campaigns(FilteredListView):
    """Lists handed out and themed lists."""

    queryset = Campaign.objects.select_related("caller", "created_by", "region")
    orders = {"newest": ("-created_at", "-pk")}
    permission_required = "callbacks.hand_out_followupcall"
    template_name = "callbacks/campaigns.html"


class CampaignNew(PermissionRequiredMixin, NewPage):
    """A list is chosen by what is known of the customers, and its calls are planned at once."""

    permission = permission_required = "callbacks.hand_out_followupcall"
    raise_exception = True
    form_class = CampaignForm
    template_name = "callbacks/campaign_form.html"
    title = _("New call list")

    def form_options(self):
        return {"user": self.request.user}

    def create(self, form, op, sent):
        made = self.made(op)
        if made is None:
            now = timezone.now()
            made = form.save(commit=False)
            made.op, made.sent, made.created_at, made.created_by = op, sent, now, self.request.user
            made.chosen_by = form.chosen()
            made.save()
            plan_campaign(made, now)
        return made

    def made(self, op):
        return Campaign.objects.filter(op=op, created_by=self.request.user).first()

    def get_success_url(self, record):
        return f"{reverse('callbacks:call-list')}?campaign={record.pk}"
