"""Lists of customers to be called for one purpose: who is chosen, and how the calls are planned (S2-02, S2-155, S2-160)."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import Region
from callbacks import planning
from callbacks.forms import callers
from callbacks.models import CallTemplate, Campaign
from callbacks.models.choices import Trigger
from cases.models.choices import Verdict
from core.forms import DayField, LineField, ModelForm, Segments
from customers.models import Customer, ProductGroup

MOST = 20_000  # customers of one list
TYPES = [
    ("", _("all customers")),
    ("member", pgettext_lazy("customers", "members")),
    ("vip", _("VIP")),
    ("dissatisfied", _("dissatisfied at the last call")),
    ("complained", _("had a complaint")),
]


class CampaignForm(ModelForm):
    """A new list: purpose, time, and the customers by what is known of them."""

    type = forms.ChoiceField(label=_("Customers"), choices=TYPES, widget=Segments, required=False)
    group = forms.ModelChoiceField(label=_("Product group"), queryset=ProductGroup.objects.all(), required=False)
    model_no = LineField(label=pgettext_lazy("product", "Model"), required=False, max_length=60)
    installed_from = DayField(label=_("Installed from"), required=False)
    installed_until = DayField(label=_("Installed until"), required=False)

    class Meta:
        model = Campaign
        fields = ["name", "kind", "script", "opening", "begins_on", "ends_on", "region", "caller"]
        field_classes = {"name": LineField, "opening": LineField, "begins_on": DayField, "ends_on": DayField}
        widgets = {"script": Segments}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Region.objects.in_use()
        if not user.sees_everything:
            mine = mine.filter(pk__in=user.region_ids)
        self.fields["region"].queryset = mine
        self.fields["caller"].queryset = callers(mine)
        self.fields["caller"].label = capfirst(pgettext("of follow-up calls", "caller"))
        self.initial.setdefault("begins_on", timezone.localdate())

    def chosen(self):
        """The filter as codes."""
        clean = self.cleaned_data
        return {
            "type": clean["type"],
            "group": clean["group"].pk if clean["group"] else None,
            "model_no": clean["model_no"],
            "installed_from": clean["installed_from"].isoformat() if clean["installed_from"] else None,
            "installed_until": clean["installed_until"].isoformat() if clean["installed_until"] else None,
        }


def customers_of(campaign):
    """The customers a list is for, each once, by the filter it was made with."""
    chosen, rows = campaign.chosen_by, Customer.objects.live().filter(region=campaign.region_id)
    rows = _of_type(rows, chosen.get("type"))
    cards = {}
    if chosen.get("group"):
        cards["merged__cards__product__group__in"] = ProductGroup.family_of(chosen["group"])
    if chosen.get("model_no"):
        cards["merged__cards__product__model_no"] = chosen["model_no"]
    if chosen.get("installed_from"):
        cards["merged__cards__installed_on__gte"] = chosen["installed_from"]
    if chosen.get("installed_until"):
        cards["merged__cards__installed_on__lte"] = chosen["installed_until"]
    return (rows.filter(**cards).distinct() if cards else rows).order_by("pk")[:MOST]


def _of_type(rows, code):
    if code == "member":
        return rows.members()
    if code == "vip":
        return rows.vip()
    if code == "dissatisfied":
        return rows.filter(follow_up_calls__verdict__in=[Verdict.DISSATISFIED, Verdict.AVERAGE]).distinct()
    if code == "complained":
        return rows.filter(matters__complaints__isnull=False).distinct()
    return rows


def plan_campaign(campaign, now):
    """A call for each customer of the list, spread over its days; returns how many were made."""
    template = CallTemplate.objects.of(Trigger.CAMPAIGN)
    if template is None:
        return 0
    days = (campaign.ends_on - campaign.begins_on).days + 1
    people = list(customers_of(campaign))
    share = max(1, -(-len(people) // days))
    occasions = (
        planning.Occasion(
            template=template, subject=customer, customer=customer, anchor_on=campaign.begins_on,
            due_on=campaign.begins_on + timedelta(days=place // share), lapses_on=campaign.ends_on,
            cycle=campaign.pk, caller=campaign.caller, campaign=campaign, script=campaign.script,
        )
        for place, customer in enumerate(people)
    )  # fmt: skip
    return planning.plan(occasions, now)
