"""Files, wherever they belong, and the pages behind a customer's link."""

from django.urls import path

from core import converters  # noqa: F401 — registers <id:…>
from workflow import customer_pages as customer
from workflow import file_notes
from workflow import file_views as files

app_name = "workflow"
urlpatterns = [
    path("customers/<id:pk>/notes/", file_notes.FileNote.as_view(), name="file-note"),
    path("files/<id:pk>/", files.FileView.as_view(), name="attachment"),
    path("files/<id:pk>/small/", files.FileView.as_view(small=True), name="thumbnail"),
    path("s/<str:token>/", customer.LinkPage.as_view(), name="customer-page"),
    path("s/<str:token>/files/<id:pk>/", customer.LinkFile.as_view(), name="customer-file"),
    path("s/<str:token>/files/<id:pk>/small/", customer.LinkFile.as_view(small=True), name="customer-thumbnail"),
    path("s/<str:token>/<slug:kind>/<id:pk>/<slug:verb>/", customer.LinkAct.as_view(), name="customer-act"),
]
