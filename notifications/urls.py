from django.urls import path

from core import converters  # noqa: F401 — registers <id:…>
from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notices/", views.NoticeList.as_view(), name="list"),
    path("notices/<id:pk>/", views.open_notice, name="open"),
    path("notices/read/", views.mark_all_read, name="read-all"),
    path("notices/preferences/", views.PreferenceView.as_view(), name="preferences"),
]
