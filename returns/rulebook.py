"""The company's rules about returns: what is taken back, by whom it is carried, where it goes. Managers change them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import CreateView, TemplateView, UpdateView

from accounts.forms import Recorded
from cases.rulebook.views import RuleForm, RulePage, tab
from core.forms import LineField, MoneyField
from customers.forms import regions_of
from returns.models import Carrier, ReturnAddress, ReturnPolicy, ReturnRequest, choices
from workflow import policies

READ, CHANGE = "returns.view_returnpolicy", "returns.change_returnpolicy"
CLOCKS = {
    "return_answer": pgettext_lazy("clock", "a return is answered"),
    "return_tracking": pgettext_lazy("clock", "the customer sends the goods, else it lapses"),
    "return_recall": pgettext_lazy("clock", "an order is held back"),
    "return_inspect": pgettext_lazy("clock", "returned goods are inspected"),
    "return_refund": pgettext_lazy("clock", "a refund is paid"),
    "return_ship": pgettext_lazy("clock", "an exchange is sent"),
}


def register():
    tab("returns", pgettext_lazy("rules", "Returns"), READ, "returns:rules")
    for kind, label in CLOCKS.items():
        policies.clock(kind, label)
    policies.dimension("return", _("Kind of return"), lambda: choices.Kind.choices)
    policies.dimension("reason", _("Reason of a return"), lambda: choices.Reason.choices)
    policies.may_pause_in(lambda: [(s.value, s.label) for s in ReturnRequest.Status if s not in ReturnRequest.FINAL])


class Rules(RulePage, TemplateView):
    """What is taken back, the carriers, the addresses: on one page."""

    tab, permission_required, change_right = "returns", READ, CHANGE
    template_name = "returns/rules.html"

    def get_context_data(self, **context):
        return super().get_context_data(
            policies=ReturnPolicy.objects.select_related("group").order_by("-active", "group__position", "pk"),
            carriers=Carrier.objects.all(),
            addresses=ReturnAddress.objects.select_related("region").order_by("region__name"),
            **context,
        )


class PolicyForm(Recorded):
    """The conditions for the goods of one group."""

    subject_fields = ("no_reason_days", "quality_days", "made_to_order_exempt", "excluded", "use_condition", "fee_percent",
                      "large", "active")  # fmt: skip

    class Meta:
        model = ReturnPolicy
        fields = ["group", "no_reason_days", "quality_days", "made_to_order_exempt", "excluded", "use_condition",
                  "fee_percent", "large", "active"]  # fmt: skip
        field_classes = {"use_condition": LineField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].empty_label = str(_("everything else"))


class CarrierForm(Recorded):
    """A carrier and its terms."""

    subject_fields = ("name", "accepted", "collect_on_delivery", "fee", "hotline", "position")
    fee = MoneyField(label=_("usual postage"), allow_zero=True)

    class Meta:
        model = Carrier
        fields = ["name", "accepted", "collect_on_delivery", "fee", "hotline", "position"]
        field_classes = {"name": LineField, "hotline": LineField}


class AddressForm(Recorded):
    """Where returns go."""

    subject_fields = ("name", "phone", "address")

    class Meta:
        model = ReturnAddress
        fields = ["region", "name", "phone", "address"]
        field_classes = {"name": LineField, "phone": LineField, "address": LineField}

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, by=by, **kwargs)
        self.fields["region"].queryset = regions_of(by)
        self.fields["region"].empty_label = str(_("every branch without one of its own"))


class Form(RuleForm):
    tab, permission_required = "returns", CHANGE

    def get_success_url(self):
        return reverse("returns:rules")


class PolicyNew(Form, CreateView):
    form_class, model, heading = PolicyForm, ReturnPolicy, _("New return policy")


class PolicyEdit(Form, UpdateView):
    form_class, model = PolicyForm, ReturnPolicy


class CarrierNew(Form, CreateView):
    form_class, model, heading = CarrierForm, Carrier, _("New carrier")


class CarrierEdit(Form, UpdateView):
    form_class, model = CarrierForm, Carrier


class AddressNew(Form, CreateView):
    form_class, model, heading = AddressForm, ReturnAddress, _("New return address")


class AddressEdit(Form, UpdateView):
    form_class, model = AddressForm, ReturnAddress
