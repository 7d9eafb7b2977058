"""The map of what one can do with a work order: one line per page, one per move."""

from django.urls import path

from cases.forms import PromiseForm, SettlePromiseForm
from core import converters  # noqa: F401 — registers <id:…>
from technicians import forms, papers, rulebook, views
from technicians.accepting import Accept
from technicians.views import order as moves
from technicians.views.order import OrderMove
from workflow.file_forms import AttachFilesForm, DescribeFileForm, WithdrawFileForm
from workflow.forms import AddNoteForm, ReasonForm
from workflow.link_views import IssueLinkForm, RevokeLinkForm

app_name = "technicians"


def move(verb, form_class, view_class=OrderMove):
    """The route of one verb; its name is ``workorder-<verb>``."""
    slug = verb.replace("_", "-")
    view = view_class.as_view(verb=verb, form_class=form_class)
    return path(f"work-orders/<id:pk>/{slug}/", view, name=f"workorder-{slug}")


urlpatterns = [
    path("work-orders/", views.OrderList.as_view(), name="orders"),
    path("work-orders/new/", Accept.as_view(), name="accept"),
    path("work-orders/<id:pk>/", views.OrderDetail.as_view(), name="order"),
    path("work-orders/<id:pk>/job/", views.Job.as_view(), name="job"),
    move("dispatch", forms.DispatchForm, moves.Send),
    move("redispatch", forms.DispatchForm, moves.Send),
    move("reassign", forms.ReassignForm, moves.Send),
    move("supervisor_decide", forms.DecideForm, moves.Send),
    move("acknowledge", forms.WordsForm),
    move("refuse", ReasonForm),
    move("arrive", forms.ArriveForm),
    move("start_free", forms.DiagnosisForm),
    move("quote", forms.QuoteForm, moves.Rows),
    move("confirm_quote", forms.ConfirmQuoteForm, moves.Signed),
    move("decline_quote", ReasonForm),
    move("requote", ReasonForm),
    move("wait_parts", forms.WaitPartsForm),
    move("parts_arrived", forms.PartsArrivedForm),
    move("ship_for_self_fit", forms.SelfFitForm),
    move("confirm_self_fit", forms.WordsForm),
    move("self_fit_failed", ReasonForm),
    move("reschedule", forms.RescheduleForm),
    move("escalate", forms.ExplainForm),
    move("explain", forms.ExplainForm),
    move("cancel", ReasonForm),
    move("tick_off", forms.CheckForm),
    move("report_incident", ReasonForm),
    move("complete", forms.CompleteForm, moves.Rows),
    move("fail_acceptance", forms.FailAcceptanceForm),
    move("resume", forms.WordsForm),
    move("customer_accept", forms.CustomerAcceptForm, moves.Signed),
    move("close", forms.CloseForm),
    move("collect_fee", forms.CollectFeeForm),
    move("agree_disposal", forms.DisposalForm),
    move("add_note", AddNoteForm),
    move("make_promise", PromiseForm),
    move("keep_promise", SettlePromiseForm),
    move("drop_promise", SettlePromiseForm),
    move("attach_files", AttachFilesForm, moves.AttachFiles),
    move("describe_file", DescribeFileForm, moves.FileMove),
    move("withdraw_file", WithdrawFileForm, moves.FileMove),
    move("issue_link", IssueLinkForm, moves.IssueLink),
    move("revoke_link", RevokeLinkForm, moves.RevokeLink),
    path("work-orders/<id:pk>/acceptance/", papers.AcceptancePaper.as_view(), name="acceptance-paper"),
    path("work-orders/<id:pk>/slip/", papers.SlipPaper.as_view(), name="slip-paper"),
    path("work-orders/<id:pk>/sheet/", papers.SheetPaper.as_view(), name="sheet-paper"),
    path(
        "work-orders/<id:pk>/explanations/<id:explanation>/",
        papers.ExplanationPaper.as_view(),
        name="explanation-paper",
    ),
    path("work-orders/<id:pk>/receipts/<id:fee>/", papers.ReceiptPaper.as_view(), name="receipt-paper"),
    path("work-orders/today/", views.Today.as_view(), name="today"),
    path("work-orders/outbox/", views.Outbox.as_view(), name="outbox"),
    path("work-orders/line/", views.Line.as_view(), name="line"),
    path("work-orders/my-month/", views.MyMonth.as_view(), name="my-month"),
    path("service-worker.js", views.worker, name="worker"),
    path("app.webmanifest", views.manifest, name="manifest"),
    path("work-orders/hand-ins/", views.HandIns.as_view(), name="hand-ins"),
    path("work-orders/hand-ins/new/", views.HandInNew.as_view(), name="hand-in-new"),
    path("work-orders/hand-ins/<id:pk>/", views.HandInPaper.as_view(), name="hand-in"),
    path("work-orders/hand-ins/<id:pk>/receive/", views.HandInReceive.as_view(), name="hand-in-receive"),
    path("work-orders/register/", views.Register.as_view(), name="register"),
    path("work-orders/register/file/", views.RegisterFile.as_view(), name="register-file"),
    path("rules/checklists/", rulebook.Checklists.as_view(), name="checklists"),
    path("rules/checklists/new/", rulebook.ChecklistNew.as_view(), name="checklist-new"),
    path("rules/checklists/<id:pk>/", rulebook.ChecklistEdit.as_view(), name="checklist-edit"),
    path("technicians/", views.Technicians.as_view(), name="technicians"),
    path("technicians/new/", views.TechnicianNew.as_view(), name="technician-new"),
    path("technicians/roster/", views.Roster.as_view(), name="roster"),
    path("technicians/roster/print/", views.Roster.as_view(on_paper=True), name="roster-paper"),
    path("technicians/<id:pk>/", views.TechnicianDetail.as_view(), name="technician"),
    path("technicians/<id:pk>/edit/", views.TechnicianEdit.as_view(), name="technician-edit"),
    path("technicians/<id:pk>/certificates/new/", views.CertificateNew.as_view(), name="certificate-new"),
    path("technicians/<id:pk>/leave/new/", views.LeaveNew.as_view(), name="leave-new"),
    path("technicians/<id:pk>/leave/<id:leave>/cancel/", views.LeaveCancel.as_view(), name="leave-cancel"),
]
