"""The forms of a complaint's moves, each beside what one must know to fill it in."""

from cases.models import Complaint
from workflow import file_views, link_views
from workflow.views import TransitionView


class ComplaintMove(TransitionView):
    """One verb of a complaint."""

    model = Complaint
    facts_template_name = "cases/_essentials.html"
    select_related = (
        "matter__owner", "matter__customer__area", "matter__customer__dealer", "region", "klass", "department",
    )  # fmt: skip


class RecordFindings(ComplaintMove):
    template_name = "cases/record_findings.html"


class ProposePlan(ComplaintMove):
    """Findings and options on one page; “another option” works without scripts too."""

    verb = "propose_plan"
    template_name = "cases/propose_plan.html"

    def post(self, request, pk):
        if "more" not in request.POST:
            return super().post(request, pk)
        if (refusal := self.held_back()) is not None:
            return self.refused(refusal, self.get_form(request.POST))
        data = request.POST.copy()
        total = "option-TOTAL_FORMS"
        data[total] = str(self.form_class.one_more(data.get(total)))
        return self.show(self.get_form(data).unchecked())


class ReviewPlan(ComplaintMove):
    """Every option of the plan side by side: one is chosen, or the plan goes back (S2-179)."""

    template_name = "cases/review_plan.html"

    def context(self, form):
        chosen = form.data.get("option", "") if form.is_bound else ""
        return super().context(form) | {"options": list(self.record.current_options()), "chosen": chosen}


class AttachFiles(file_views.AttachFiles, ComplaintMove):
    """Photos and other files join the complaint."""


class FileMove(ComplaintMove):
    """An act on one file, with that file beside the form."""

    facts_template_name = "workflow/_file_in_hand.html"


class IssueLink(link_views.IssueLink, ComplaintMove):
    """The customer's way to his complaint."""

    facts_template_name = ""


class RevokeLink(link_views.RevokeLink, ComplaintMove):
    """Every link of the complaint stops working."""
