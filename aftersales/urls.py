from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from cases.views import Home

handler400 = "core.views.errors.bad_request"
handler500 = "core.views.errors.server_error"

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("customers.urls")),
    path("", include("knowledge.urls")),
    path("", include("workflow.urls")),
    path("", include("payments.urls")),
    path("", include("cases.urls")),
    path("", include("technicians.urls")),
    path("", include("compensation.urls")),
    path("", include("returns.urls")),
    path("", include("callbacks.urls")),
    path("", include("notifications.urls")),
    path(settings.BACK_OFFICE_PATH, admin.site.urls),
]
