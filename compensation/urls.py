"""The map of what one can do with a compensation: one line per page, one per move."""

from django.urls import path

from compensation import forms, papers, views
from compensation.views.decide import Answer
from compensation.views.moves import AttachFiles, CompensationMove, RecordAgreement
from core import converters  # noqa: F401 — registers <id:…>
from workflow.file_forms import AttachFilesForm
from workflow.forms import AddNoteForm, ReasonForm

app_name = "compensation"


def move(verb, form_class, view_class=CompensationMove):
    """The route of one verb; its name is ``compensation-<verb>``."""
    slug = verb.replace("_", "-")
    view = view_class.as_view(verb=verb, form_class=form_class)
    return path(f"compensations/<id:pk>/{slug}/", view, name=f"compensation-{slug}")


urlpatterns = [
    path("compensations/", views.CompensationList.as_view(), name="list"),
    path("compensations/unreported/", views.Unreported.as_view(), name="unreported"),
    path("compensations/to-read/", views.ToRead.as_view(), name="to-read"),
    path("decisions/", views.Decisions.as_view(), name="decisions"),
    path("decisions/deputies/", views.Delegations.as_view(), name="delegations"),
    path("decisions/deputies/<id:pk>/end/", views.DelegationEnd.as_view(), name="delegation-end"),
    path("complaints/<id:pk>/compensation/", views.CompensationNew.as_view(), name="new"),
    path("compensations/<id:pk>/", views.CompensationDetail.as_view(), name="compensation"),
    path("compensations/<id:pk>/decide/", views.Decide.as_view(), name="decide"),
    move("ask_appraisal", forms.AskAppraisalForm),
    move("appraise", forms.AppraiseForm),
    move("require_visit", forms.OptionalWordsForm),
    move("approve_small", forms.DecisionForm, Answer),
    move("approve_goodwill", forms.DecisionForm, Answer),
    move("reject_small", forms.WordsForm, Answer),
    move("send_back", forms.WordsForm, Answer),
    move("record_agreement", forms.AgreementForm, RecordAgreement),
    move("collect_material", forms.MaterialForm),
    move("submit_to_gm", forms.WordsForm),
    move("gm_approve", forms.DecisionForm, Answer),
    move("gm_reject", forms.WordsForm, Answer),
    move("renegotiate", ReasonForm),
    move("pay", forms.PayForm),
    move("reverse", forms.ReverseForm),
    move("report", forms.OptionalWordsForm),
    move("acknowledge", forms.OptionalWordsForm),
    move("report_to_group", forms.GroupForm),
    move("answer_group", forms.GroupAnswerForm),
    move("dispose", forms.DisposeForm),
    move("fill_write_off", forms.WriteOffForm),
    move("declare_write_off", forms.BookForm),
    move("amend", forms.AmendForm),
    move("cancel", ReasonForm),
    move("add_note", AddNoteForm),
    move("attach_files", AttachFilesForm, AttachFiles),
    path("compensations/<id:pk>/agreement/", papers.AgreementPaper.as_view(), name="agreement-paper"),
    path("compensations/<id:pk>/small-report/", papers.ReportPaper.as_view(), name="report-paper"),
    path("compensations/<id:pk>/declaration/", papers.WriteOffPaper.as_view(), name="write-off-paper"),
]
