"""The handbook, and the tables a manager keeps it by."""

from django.urls import path

from core import converters  # noqa: F401 — registers <id:…>
from knowledge import views
from knowledge.views.entries import TABLES

app_name = "knowledge"
urlpatterns = [
    path("handbook/", views.Handbook.as_view(), name="handbook"),
    path("knowledge/words/try/", views.TryWords.as_view(), name="words-try"),
]
for table in TABLES:
    urlpatterns += [
        path(f"knowledge/{table}/", views.EntryList.as_view(table=table), name=table),
        path(f"knowledge/{table}/new/", views.EntryNew.as_view(table=table), name=f"{table}-new"),
        path(f"knowledge/{table}/<id:pk>/", views.EntryEdit.as_view(table=table), name=f"{table}-edit"),
    ]
