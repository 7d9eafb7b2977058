from django.urls import path

from core import health
from core.styleguide import StyleGuide
from core.views import drafts, jobs, saved_filters, search, tables

app_name = "core"
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("style-guide/", StyleGuide.as_view(), name="style-guide"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="search-suggestions"),
    path("drafts/<key:key>/", drafts.draft, name="draft"),
    path("saved-filters/<id:pk>/delete/", saved_filters.delete, name="saved-filter-delete"),
    path("saved-filters/<key:list_key>/", saved_filters.save, name="saved-filter-save"),
    path("tables/", tables.Tables.as_view(), name="tables"),
    path("tables/<slug:table>/", tables.Bring.as_view(), name="table"),
    path("tables/<slug:table>/template.<slug:form>", tables.Template.as_view(), name="table-template"),
    path("tables/<slug:table>/export/", tables.Export.as_view(), name="table-export"),
    path("imports/<id:pk>/", tables.ImportSteps.as_view(), name="import"),
    path("imports/<id:pk>/load/", tables.ImportLoad.as_view(), name="import-load"),
    path("jobs/", jobs.jobs, name="job-list"),
    path("jobs/<id:pk>/", jobs.job, name="job"),
    path("jobs/<id:pk>/stop/", jobs.stop, name="job-stop"),
    path("jobs/<id:pk>/result/", jobs.result, name="job-result"),
]
