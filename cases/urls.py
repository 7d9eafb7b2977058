"""The map of what one can do with a complaint: one line per page, one per move."""

from django.urls import path

from cases import forms, papers, views
from cases.delivery.urls import urlpatterns as deliveries
from cases.intake.views import CallView, DoneView, ProposeView
from cases.rulebook.urls import urlpatterns as rulebook
from cases.views import moves
from cases.views.moves import ComplaintMove, ProposePlan, RecordFindings, ReviewPlan
from core import converters  # noqa: F401 — registers <id:…>
from workflow.file_forms import AttachFilesForm, DescribeFileForm, WithdrawFileForm
from workflow.forms import AddNoteForm, ReasonForm
from workflow.link_views import IssueLinkForm, RevokeLinkForm

app_name = "cases"


def move(verb, form_class, view_class=ComplaintMove):
    """The route of one verb; its name is ``complaint-<verb>``."""
    slug = verb.replace("_", "-")
    view = view_class.as_view(verb=verb, form_class=form_class)
    return path(f"complaints/<id:pk>/{slug}/", view, name=f"complaint-{slug}")


urlpatterns = [
    path("call/", CallView.as_view(), name="call"),
    path("call/new/", CallView.as_view(without_number=True), name="call-new"),
    path("call/propose/", ProposeView.as_view(), name="call-propose"),
    path("call/done/<uuid:op>/", DoneView.as_view(), name="call-done"),
    path("complaints/", views.ComplaintList.as_view(), name="complaint-list"),
    path("complaints/unassigned/", views.Unassigned.as_view(), name="unassigned"),
    path("complaints/progress/", views.Progress.as_view(), name="progress"),
    path("complaints/ledger/", views.Ledger.as_view(), name="ledger"),
    path("complaints/archive/", views.Archive.as_view(), name="archive"),
    path("board/", views.Board.as_view(), name="board"),
    path("complaints/evaluate-many/", views.EvaluateMany.as_view(), name="evaluate-many"),
    path("complaints/assign-many/", views.AssignMany.as_view(), name="assign-many"),
    path("handovers/", views.Handovers.as_view(), name="handovers"),
    path("handovers/new/", views.HandoverNew.as_view(), name="handover-new"),
    path("handovers/reassign/", views.Reassign.as_view(), name="reassign"),
    path("handovers/<id:pk>/", views.HandoverDetail.as_view(), name="handover"),
    path("handovers/<id:pk>/accept/", views.HandoverAnswer.as_view(), name="handover-accept"),
    path("handovers/<id:pk>/decline/", views.HandoverAnswer.as_view(accepts=False), name="handover-decline"),
    path("handovers/items/<id:pk>/done/", views.HandoverItemDone.as_view(), name="handover-item-done"),
    path("complaints/<id:pk>/", views.ComplaintDetail.as_view(), name="complaint"),
    path("complaints/<id:pk>/viewers/", views.Viewers.as_view(), name="complaint-viewers"),
    path("complaints/<id:pk>/colleagues/", views.Colleagues.as_view(), name="complaint-colleagues"),
    move("answer_on_the_spot", forms.AnswerOnTheSpotForm),
    move("record_contact", forms.RecordContactForm),
    move("record_remote_help", forms.RemoteHelpForm),
    move("start_judging", forms.StartJudgingForm),
    move("judge_valid", forms.JudgeValidForm),
    move("judge_invalid", forms.JudgeInvalidForm),
    move("answer_customer", forms.AnswerCustomerForm),
    move("reconsider", ReasonForm),
    move("request_appraisal", forms.RequestAppraisalForm),
    move("record_appraisal", forms.RecordAppraisalForm),
    move("countersign_appraisal", forms.CountersignForm),
    move("record_findings", forms.FindingsForm, RecordFindings),
    move("propose_plan", forms.ProposePlanForm, ProposePlan),
    move("return_plan", forms.ReturnPlanForm, ReviewPlan),
    move("approve_plan", forms.ApprovePlanForm, ReviewPlan),
    move("apply_standard_plan", forms.StandardPlanForm),
    move("accept_plan", forms.AcceptPlanForm),
    move("decline_plan", forms.DeclinePlanForm),
    move("revise_plan", ReasonForm),
    move("finish_strand", forms.FinishStrandForm),
    move("pass_checkpoint", forms.CheckpointForm),
    move("explain_in_writing", forms.ExplainForm),
    move("finish_implementation", forms.FinishImplementationForm),
    move("evaluate", forms.EvaluateForm),
    move("record_follow_up", forms.FollowUpForm),
    move("close", forms.CloseForm),
    move("reopen", ReasonForm),
    move("open_dispute", forms.DisputeForm),
    move("advance_dispute", forms.DisputeForm),
    move("settle_dispute", forms.SettleDisputeForm),
    move("withdraw", ReasonForm),
    move("merge", forms.MergeForm),
    move("assign", forms.AssignForm),
    move("take_over", forms.WordsForm),
    move("transfer", forms.TransferForm),
    move("answer_transfer", forms.AnswerTransferForm),
    move("set_severity", forms.SeverityForm),
    move("flag_grave", ReasonForm),
    move("flag_risk", forms.RiskForm),
    move("chase", forms.WordsForm),
    move("escalate", forms.EscalateForm),
    move("answer_escalation", forms.AnswerEscalationForm),
    move("verify_entry", forms.WordsForm),
    move("correct", forms.CorrectForm),
    move("add_note", AddNoteForm),
    move("make_promise", forms.PromiseForm),
    move("keep_promise", forms.SettlePromiseForm),
    move("drop_promise", forms.SettlePromiseForm),
    move("attach_files", AttachFilesForm, moves.AttachFiles),
    move("describe_file", DescribeFileForm, moves.FileMove),
    move("withdraw_file", WithdrawFileForm, moves.FileMove),
    move("issue_link", IssueLinkForm, moves.IssueLink),
    move("revoke_link", RevokeLinkForm, moves.RevokeLink),
    path("complaints/<id:pk>/progress/", views.ProgressText.as_view(), name="complaint-progress"),
    path("photos/", views.PhotoArchive.as_view(), name="photo-archive"),
    path("complaints/<id:pk>/files/", views.ComplaintFiles.as_view(), name="complaint-files"),
    path("complaints/<id:pk>/record/", papers.ComplaintRecordPaper.as_view(), name="complaint-paper"),
    path("complaints/<id:pk>/appraisals/<id:appraisal>/", papers.AppraisalPaper.as_view(), name="appraisal-paper"),
    path(
        "complaints/<id:pk>/explanations/<id:explanation>/", papers.ExplanationPaper.as_view(), name="explanation-paper"
    ),
    path("complaints/<id:pk>/dossier/", papers.DossierPaper.as_view(), name="dossier-paper"),
    path("complaints/<id:pk>/dossier.zip", papers.DossierFile.as_view(), name="dossier-file"),
    path("handovers/<id:pk>/paper/", papers.HandoverPaper.as_view(), name="handover-paper"),
    *deliveries,
    *rulebook,
]
