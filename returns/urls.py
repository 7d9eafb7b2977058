"""The map of what one can do with a return or exchange: one line per page, one per move."""

from django.urls import path

from core import converters  # noqa: F401 — registers <id:…>
from returns import forms, papers, rulebook, views
from returns.views import moves
from returns.views.moves import PreviewedMove, ReturnMove
from workflow.file_forms import AttachFilesForm, DescribeFileForm, WithdrawFileForm
from workflow.forms import AddNoteForm, ReasonForm
from workflow.link_views import IssueLinkForm, RevokeLinkForm

app_name = "returns"


def move(verb, form_class, view_class=ReturnMove):
    """The route of one verb; its name is ``returnrequest-<verb>``."""
    slug = verb.replace("_", "-")
    view = view_class.as_view(verb=verb, form_class=form_class)
    return path(f"returns/<id:pk>/{slug}/", view, name=f"returnrequest-{slug}")


urlpatterns = [
    path("returns/", views.Returns.as_view(), name="list"),
    path("returns/receive-many/", views.ReceiveMany.as_view(), name="receive-many"),
    path("returns/queue/<slug:queue>/", views.Queue.as_view(), name="queue"),
    path("customers/<id:pk>/returns/new/", views.NewReturn.as_view(), name="new"),
    path("returns/<id:pk>/", views.ReturnDetail.as_view(), name="returnrequest"),
    path("returns/<id:pk>/colleagues/", views.Colleagues.as_view(), name="returnrequest-colleagues"),
    path("returns/<id:pk>/files/", views.ReturnFiles.as_view(), name="returnrequest-files"),
    move("answer", forms.AnswerForm),
    move("start_review", forms.StartReviewForm),
    move("reject", forms.RejectForm),
    move("approve", forms.ApproveForm, PreviewedMove),
    move("approve_refund_only", forms.RefundOnlyForm, PreviewedMove),
    move("approve_unshipped", forms.HoldBackForm, PreviewedMove),
    move("recalled", forms.RecalledForm, PreviewedMove),
    move("recall_failed", forms.WordsForm),
    move("enter_tracking", forms.TrackingForm),
    move("advance_exchange", forms.AdvanceForm),
    move("lapse", ReasonForm),
    move("reopen", ReasonForm),
    move("lose", forms.LoseForm, PreviewedMove),
    move("refuse_parcel", ReasonForm),
    move("receive", forms.ReceiveForm),
    move("inspect", forms.InspectForm),
    move("inspection_ok", forms.PassForm, PreviewedMove),
    move("inspection_bad", forms.WordsForm),
    move("resolve_failed", forms.SettleForm, PreviewedMove),
    move("send_back", forms.ShipForm),
    move("refund", forms.RefundForm, PreviewedMove),
    move("ship_exchange", forms.ShipForm, PreviewedMove),
    move("resend", forms.ResendForm),
    move("confirm_exchange", forms.OptionalWordsForm),
    move("to_repair", forms.RepairForm),
    move("cancel", ReasonForm),
    move("confirm_address", forms.AddressForm),
    move("take_top_up", forms.TopUpForm),
    move("order_remake", forms.RemakeForm),
    move("set_payee", forms.PayeeForm),
    move("confirm_extension", forms.OptionalWordsForm),
    move("trace_parcel", forms.TraceForm),
    move("call_platform", forms.PlatformForm),
    move("tell_customer", forms.AnswerForm),
    move("add_note", AddNoteForm),
    move("attach_files", AttachFilesForm, moves.AttachFiles),
    move("describe_file", DescribeFileForm, moves.FileMove),
    move("withdraw_file", WithdrawFileForm, moves.FileMove),
    move("issue_link", IssueLinkForm, moves.IssueLink),
    move("revoke_link", RevokeLinkForm, moves.RevokeLink),
    path("returns/wrong-shipments/", views.WrongShipments.as_view(), name="wrong-shipments"),
    path("orders/<id:pk>/wrong-shipment/", views.WrongShipmentNew.as_view(), name="wrong-shipment-new"),
    path(
        "returns/wrong-shipments/<id:pk>/verify/",
        views.WrongShipmentAct.as_view(act="verify", permission="returns.verify_wrongshipment"),
        name="wrong-shipment-verify",
    ),
    path(
        "returns/wrong-shipments/<id:pk>/stock/",
        views.WrongShipmentAct.as_view(act="put_right", permission="returns.ship_returnrequest"),
        name="wrong-shipment-stock",
    ),
    path("rules/returns/", rulebook.Rules.as_view(), name="rules"),
    path("rules/returns/policies/new/", rulebook.PolicyNew.as_view(), name="policy-new"),
    path("rules/returns/policies/<id:pk>/", rulebook.PolicyEdit.as_view(), name="policy-edit"),
    path("rules/returns/carriers/new/", rulebook.CarrierNew.as_view(), name="carrier-new"),
    path("rules/returns/carriers/<id:pk>/", rulebook.CarrierEdit.as_view(), name="carrier-edit"),
    path("rules/returns/addresses/new/", rulebook.AddressNew.as_view(), name="address-new"),
    path("rules/returns/addresses/<id:pk>/", rulebook.AddressEdit.as_view(), name="address-edit"),
    path("returns/<id:pk>/request/", papers.RequestPaper.as_view(), name="request-paper"),
    path("returns/<id:pk>/voucher/", papers.VoucherPaper.as_view(), name="voucher-paper"),
    path("returns/<id:pk>/inspections/<id:inspection>/", papers.InspectionPaper.as_view(), name="inspection-paper"),
]
