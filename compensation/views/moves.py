"""The forms of a compensation's moves, each beside what one must know to fill it in."""

from compensation.models import Compensation
from workflow import file_views
from workflow.views import TransitionView


class CompensationMove(TransitionView):
    """One verb of a compensation."""

    model = Compensation
    facts_template_name = "compensation/_essentials.html"
    select_related = ("matter__owner", "matter__customer", "region", "complaint", "maker", "appraisal", "group_report",
                      "group_claim")  # fmt: skip


class RecordAgreement(CompensationMove):
    """Terms and two signatures, drawn on the screen or scanned."""

    template_name = "compensation/record_agreement.html"


class AttachFiles(file_views.AttachFiles, CompensationMove):
    """Photos and papers join the matter."""
