"""A complaint behind its customer's link: what he sees, what he may do, what he is told afterwards."""

from django.utils.translation import gettext_lazy as _

from cases.customer_forms import AgreeForm, ChaseForm, DisagreeForm
from cases.models import Complaint
from cases.progress import for_customer
from workflow.customer_pages import CustomerView, show


def register():
    show(
        Complaint,
        CustomerView(
            template="cases/_customer_page.html",
            context=for_customer,
            forms={"chase": ChaseForm, "accept_plan": AgreeForm, "decline_plan": DisagreeForm},
            thanks={
                "chase": _("Your handler has been told that you are waiting."),
                "accept_plan": _("Thank you. We have noted that you agree, and begin."),
                "decline_plan": _("Thank you for telling us. We will come back with another solution."),
            },
        ),
    )
