"""Debts to customers, claims on others and gifts: their lists, their pages, and what is done with them."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Sum
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from core.lists import FilteredListView
from core.visibility import get_visible_or_404, visible
from payments.forms import month_of
from payments.models import Claim, Debt, Gift, Payment
from payments.views.paying import MoneyPage
from workflow.errors import Refusal
from workflow.models import Matter
from workflow.perform import begin
from workflow.views import add_errors


class DebtList(MoneyPage, FilteredListView):
    """What we owe customers, newest first."""

    queryset = Debt.objects.select_related("matter__customer", "by")
    orders = {"newest": ("-at", "-pk")}
    template_name = "payments/debts.html"
    partial_template_name = "payments/_debts.html"
    tab = "debts"
    title = gettext_lazy("Owed to customers")
    empty = gettext_lazy("We owe no customer anything.")


class ClaimList(MoneyPage, FilteredListView):
    """Claims of one month with their sums (S2-82: for settling at the end of the month)."""

    queryset = Claim.objects.select_related("matter__customer", "by")
    orders = {"newest": ("-claimed_on", "-pk")}
    template_name = "payments/claims.html"
    partial_template_name = "payments/_claims.html"
    tab = "claims"
    title = gettext_lazy("Claims on others")
    empty = gettext_lazy("Nothing was claimed in this month.")

    def get_month(self):
        return month_of(self.request.GET.get("month"), timezone.localdate())

    def get_queryset(self):
        return super().get_queryset().of_month(*self.get_month())

    def get_context_data(self, **kwargs):
        first, last = self.get_month()
        rows = visible(Claim.objects.all(), self.request.user).of_month(first, last).order_by().values("against")
        sums = rows.annotate(claimed_sum=Sum("claimed"), agreed_sum=Sum("agreed"), received_sum=Sum("received"))
        labels = dict(Claim.Against.choices)
        return super().get_context_data(
            month=f"{first:%Y-%m}", sums=[row | {"label": labels[row["against"]]} for row in sums], **kwargs
        )


class GiftList(MoneyPage, FilteredListView):
    """The register of gifts, newest first (S0-60)."""

    queryset = Gift.objects.select_related("matter__customer", "by", "delivered_by")
    orders = {"newest": ("-at", "-pk")}
    template_name = "payments/gifts.html"
    partial_template_name = "payments/_gifts.html"
    tab = "gifts"
    title = gettext_lazy("Gift register")
    empty = gettext_lazy("No gift was given yet.")


class EntryDetail(MoneyPage, TemplateView):
    """One debt or claim with what was done about it."""

    model = None

    def get_context_data(self, **kwargs):
        user = self.request.user
        if not user.has_perm(self.permission_required):
            raise PermissionDenied
        entry = get_visible_or_404(
            self.model.objects.select_related("matter__customer", "by"), user, pk=self.kwargs["pk"]
        )
        return super().get_context_data(entry=entry, customer=entry.matter.customer, **self.more(entry), **kwargs)

    def more(self, entry):
        return {}


class DebtDetail(EntryDetail):
    model, template_name, tab = Debt, "payments/debt.html", "debts"

    def more(self, entry):
        order = entry.order
        lines = Payment.objects.filter(order=order).select_related("by", "reversal").order_by("-pk") if order else []
        is_open = not (entry.settled_at or entry.dropped_at)
        return {"order": order, "lines": lines, "is_open": is_open, "confirmed": bool(order and order.approved)}


class ClaimDetail(EntryDetail):
    model, template_name, tab = Claim, "payments/claim.html", "claims"

    def more(self, entry):
        return {"recoveries": entry.recoveries.select_related("by")}


class EntryForms(View):
    """A form about one thing, and the act behind it: once for each press, refused in a sentence."""

    template_name = "payments/form.html"
    http_method_names = ["get", "head", "post"]
    form_class = None
    permission_required = ""
    title = ""
    rows = None

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() in self.http_method_names:
            self.about = get_visible_or_404(self.rows, request.user, pk=kwargs["pk"])
            if not request.user.has_perm(self.permission_required):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, *args):
        return self.form_class(*args, record=self.about, user=self.request.user)

    def get(self, request, pk):
        return self.show(self.get_form())

    def post(self, request, pk):
        form = self.get_form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        op, details = form.cleaned_data.get("op"), form.details()
        try:
            done = begin(self.make, f"{self.verb}:{pk}", by=request.user, op=op, **details)
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, 422)
        except Refusal as refusal:
            form.add_error(None, str(refusal.reason))
            return self.show(form, 409)
        messages.success(request, _("Recorded."))
        return HttpResponseRedirect(done.record.get_absolute_url())

    def show(self, form, status=200):
        context = {"form": form, "title": self.title, "about": str(self.about), "back": self.back()}
        return render(self.request, self.template_name, context, status=status)


class EntryNew(EntryForms):
    """A debt, a claim or a gift is entered for a matter."""

    rows = Matter.objects.select_related("customer")
    model = None
    verb = ""

    def make(self, *, by, now, **details):
        return getattr(self.model.objects, self.verb)(self.about, by=by, now=now, **details)

    def back(self):
        return reverse("customers:file", args=[self.about.customer_id])


class Acting(EntryForms):
    """One act on an entry, whose row is locked for it."""

    model = None
    verb = ""

    @property
    def rows(self):
        return self.model.objects.select_related("matter__customer")

    def make(self, *, by, now, **details):
        entry = self.model.objects.select_for_update(of=("self",), no_key=True).get(pk=self.about.pk)
        getattr(entry, self.verb)(by=by, now=now, **details)
        return entry

    def back(self):
        return self.about.get_absolute_url()
