"""How debts, claims and gifts read on the timeline."""

from django.utils.translation import gettext_lazy as _

from payments.models import Claim, Debt
from workflow.timeline import tell


def register():
    tell("owe", _("wrote down that we owe the customer: %(kind)s"), icon="hand-coins", kind=Debt.Kind)
    tell("confirm_debt", _("confirmed what we owe the customer"), icon="badge-check")
    tell("pay_debt", _("paid back what we owed the customer"), icon="banknote")
    tell("reverse_debt", _("took a payment back"), icon="undo-2")
    tell("drop_debt", _("found that we do not owe it"), icon="circle-x")
    tell("raise_claim", _("claimed it from %(against)s"), icon="arrow-up-from-line", against=Claim.Against)
    tell("answer_claim", _("recorded the answer to the claim"), icon="arrow-down-from-line")
    tell("receive_claim", _("recorded money received for the claim"), icon="banknote")
    tell("give_gift", _("gave a present"), icon="gift")
    tell("deliver_gift", _("handed the present over"), icon="gift")
