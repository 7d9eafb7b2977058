from django.urls import path

from core import health
from core.styleguide import StyleGuide
from core.views import drafts, jobs, saved_filters, search

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("style-guide/", StyleGuide.as_view(), name="style-guide"),
    path("search/", search.search, name="search"),
    path("drafts/<key:key>/", drafts.draft, name="draft"),
    path("saved-filters/<id:pk>/delete/", saved_filters.delete, name="saved-filter-delete"),
    path("saved-filters/<key:list_key>/", saved_filters.save, name="saved-filter-save"),
    path("jobs/", jobs.jobs, name="job-list"),
    path("jobs/<id:pk>/", jobs.job, name="job"),
    path("jobs/<id:pk>/stop/", jobs.stop, name="job-stop"),
    path("jobs/<id:pk>/result/", jobs.result, name="job-result"),
]
