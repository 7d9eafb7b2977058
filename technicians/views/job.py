"""One job on the technician's phone: what he must know, and the one step that comes next."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.views.generic import TemplateView

from customers.phones import place_for
from technicians.jobsteps import steps_of, to_show
from technicians.orderfile import OrderFile
from technicians.views.day import WORK, maps_to
from technicians.views.order import find

# What may come instead of the next step, in this order.
OTHERWISE = (
    "quote", "refuse", "reschedule", "wait_parts", "requote", "decline_quote", "fail_acceptance", "collect_fee",
    "agree_disposal", "report_incident", "explain", "escalate", "attach_files",
)  # fmt: skip


class Job(TemplateView):
    """The card of a job and its next step; the steps after it stand ready for when there is no line."""

    template_name = "technicians/job.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        order = find(user, self.kwargs["pk"])
        if not (user.has_perm(WORK) and order.is_in_crew(user)):
            raise PermissionDenied
        steps = steps_of(order, user)
        shown = to_show(steps)
        file = OrderFile(order, user, now=timezone.now())
        moves = file.steps.by_verb
        current = next((step for step in steps if step.is_current), None)
        otherwise = [moves[verb] for verb in OTHERWISE if verb in moves and not moves[verb].reason]
        where = place_for(user, order.matter.customer)
        return super().get_context_data(
            order=order,
            customer=order.matter.customer,
            file=file,
            steps=steps,
            shown=shown,
            current=current,
            otherwise=[move for move in otherwise if current is None or move.verb != current.verb],
            waits_for="" if current else file.steps.waits_for,
            where=where,
            maps=maps_to(where),
            **kwargs,
        )
