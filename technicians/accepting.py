"""Accepting a work order: from a complaint, a service card, an order to rework, or for a customer by hand."""

import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import View

from cases.models import Complaint
from core.forms import Form, LineField, MomentField, Segments, TextField
from core.visibility import get_visible_or_404
from customers.models import Customer, ServiceCard
from technicians.forms import window_of
from technicians.models import WorkOrder, choices
from workflow.errors import Refusal
from workflow.perform import begin
from workflow.views import add_errors

# What an order can be opened from, by the name it has in the address.
ORIGINS = {
    "complaint": Complaint.objects.select_related("matter__customer", "klass"),
    "card": ServiceCard.objects.select_related("customer", "product"),
    "rework_of": WorkOrder.objects.select_related("matter__customer", "card", "complaint"),
    "customer": Customer.objects.all(),
}


class AcceptForm(Form):
    """What is to be done, and when it suits the customer (《维修受理表》, S0-27, S0-29)."""

    op = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=pgettext_lazy("work order", "Kind of order"),
        choices=choices.Kind.choices,
        widget=Segments,
        initial=choices.Kind.REPAIR,
    )
    card = forms.ModelChoiceField(
        label=gettext_lazy("Product"), queryset=ServiceCard.objects.none(), required=False, widget=forms.RadioSelect,
        empty_label=pgettext_lazy("product", "none of these"),
    )  # fmt: skip
    content = TextField(label=pgettext_lazy("work order", "What is to be done"), max_length=2000)
    symptom = LineField(label=pgettext_lazy("work order", "Symptom"), required=False, max_length=200)
    skill = forms.ChoiceField(
        label=pgettext_lazy("work order", "Skill"), choices=[("", "—"), *choices.Skill.choices], required=False
    )
    urgency = forms.ChoiceField(
        label=pgettext_lazy("work order", "Goes first"), choices=[("", "—"), *choices.Urgency.choices], required=False
    )
    bring = LineField(label=pgettext_lazy("work order", "To bring along"), required=False, max_length=300)
    first_from = MomentField(label=pgettext_lazy("work order", "Suits the customer from"), required=False)
    first_until = MomentField(label=pgettext_lazy("work order", "until"), required=False)
    second_from = MomentField(label=pgettext_lazy("work order", "or from"), required=False)
    second_until = MomentField(label=pgettext_lazy("work order", "until"), required=False)

    def __init__(self, data=None, *, customer, origin, **kwargs):
        super().__init__(data, **kwargs)
        cards = ServiceCard.objects.filter(customer__root=customer.root_id).select_related("product")
        self.fields["card"].queryset = cards.order_by("-pk")
        if origin in ("card", "rework_of") or not cards.exists():
            del self.fields["card"]

    def clean(self):
        super().clean()
        pairs = [window_of(self, "first_from", "first_until"), window_of(self, "second_from", "second_until")]
        self.windows = [pair for pair in pairs if pair]

    def details(self):
        names = ("kind", "content", "symptom", "skill", "urgency", "bring")
        kept = {name: self.cleaned_data[name] for name in names}
        card = self.cleaned_data.get("card")
        return kept | {"windows": self.windows} | ({"card": card} if card else {})


class Accept(View):
    """The form for what the address names; one press makes one order."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() in self.http_method_names:
            self.origin, self.thing = self.find(request)
            if not request.user.has_perm("technicians.accept_workorder"):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def find(self, request):
        """The first thing the address names that this person may see; Http404 for one he may not."""
        for name, rows in ORIGINS.items():
            if name in request.GET:
                return name, get_visible_or_404(rows, request.user, pk=request.GET[name])
        return None, None

    @property
    def customer(self):
        if self.origin == "customer":
            return self.thing
        return self.thing.customer if self.origin == "card" else self.thing.matter.customer

    def get(self, request):
        if self.thing is None:
            return render(request, "technicians/accept_for_whom.html", {"title": _("New work order")})
        return self.show(self.form(None, initial=self.proposed() | {"op": uuid.uuid4()}))

    def form(self, data, **kwargs):
        return AcceptForm(data, customer=self.customer, origin=self.origin, **kwargs)

    def proposed(self):
        """What is known already is not typed again."""
        if self.origin == "complaint":
            item = self.thing.items.filter(card__isnull=False).first()
            return {"content": self.thing.content, "card": item.card_id if item else None,
                    "symptom": item.symptom if item else ""}  # fmt: skip
        if self.origin == "rework_of":
            return {"kind": self.thing.kind, "skill": self.thing.skill, "bring": self.thing.bring}
        return {}

    def post(self, request):
        if self.thing is None:
            return self.get(request)
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, 422)
        try:
            done = begin(
                WorkOrder.accept, "accept", by=request.user, op=form.cleaned_data["op"],
                **{self.origin: self.thing}, **form.details(),
            )  # fmt: skip
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, 422)
        except Refusal as refusal:
            form.add_error(None, refusal.reason)
            return self.show(form, 409)
        if not done.replayed:
            messages.success(request, _("Work order %(number)s is accepted.") % {"number": done.record})
        return HttpResponseRedirect(done.record.get_absolute_url())

    def show(self, form, status=200):
        context = {
            "form": form,
            "title": _("New work order"),
            "customer": self.customer,
            "origin": self.origin,
            "thing": self.thing,
        }
        return render(self.request, "technicians/accept.html", context, status=status)
