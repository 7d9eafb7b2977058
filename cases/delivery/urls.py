from django.urls import path

from cases.delivery import forms, views
from workflow.file_forms import AttachFilesForm, DescribeFileForm, WithdrawFileForm
from workflow.forms import AddNoteForm, ReasonForm


def move(verb, form_class, view_class=views.DeliveryMove):
    """The route of one verb; its name is ``deliveryissue-<verb>``."""
    slug = verb.replace("_", "-")
    view = view_class.as_view(verb=verb, form_class=form_class)
    return path(f"deliveries/<id:pk>/{slug}/", view, name=f"deliveryissue-{slug}")


urlpatterns = [
    path("deliveries/", views.Deliveries.as_view(), name="deliveries"),
    path("deliveries/queue/<slug:queue>/", views.DeliveryQueue.as_view(), name="delivery-queue"),
    path("orders/<id:pk>/delivery/", views.OpenDelivery.as_view(), name="delivery-new"),
    path("deliveries/<id:pk>/", views.DeliveryDetail.as_view(), name="deliveryissue"),
    path("deliveries/<id:pk>/colleagues/", views.Colleagues.as_view(), name="deliveryissue-colleagues"),
    path("deliveries/<id:pk>/files/", views.Files.as_view(), name="deliveryissue-files"),
    move("set_date", forms.SetDateForm),
    move("approve_date", forms.WordsForm),
    move("refuse_date", ReasonForm),
    move("check_order", forms.CheckOrderForm),
    move("record_progress", forms.ProgressForm),
    move("move_date", forms.MoveDateForm),
    move("tell_customer", forms.TellForm),
    move("ship", forms.ShipForm),
    move("trace_waybill", forms.TraceForm),
    move("send_notice", forms.NoticeForm),
    move("dispute_fee", forms.WordsForm),
    move("settle_fee", forms.SettleFeeForm),
    move("pick_up", forms.PickUpForm),
    move("pick_up_damaged", forms.DamagedForm),
    move("claim_carrier", forms.ClaimForm),
    move("settle_damage", forms.SettleDamageForm),
    move("cancel", ReasonForm),
    move("add_note", AddNoteForm),
    move("attach_files", AttachFilesForm, views.AttachFiles),
    move("describe_file", DescribeFileForm, views.FileMove),
    move("withdraw_file", WithdrawFileForm, views.FileMove),
    path("rules/lead-times/", views.LeadTimes.as_view(), name="lead-times"),
    path("rules/lead-times/new/", views.LeadTimeNew.as_view(), name="lead-time-new"),
    path("rules/lead-times/<id:pk>/", views.LeadTimeEdit.as_view(), name="lead-time-edit"),
]
