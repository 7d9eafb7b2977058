"""The page that ours is measured against: fifty complaints behind the login and the whole middleware, and nothing else.

No frame, no filters, no counts, no rights for each row: one statement, eight columns, a template that formats two dates.
"""

from django.http import HttpResponse
from django.template import engines
from django.urls import include, path

from cases.models import Complaint

COLUMNS = (
    "number",
    "content",
    "status",
    "severity",
    "received_at",
    "closed_at",
    "matter__customer__name",
    "matter__owner__name",
)
PAGE = engines["django"].from_string(
    "<!doctype html><title>Complaints</title><table>{% for row in rows %}<tr><td>{{ row.number }}</td>"
    '<td>{{ row.matter__customer__name }}</td><td>{{ row.content }}</td><td>{{ row.received_at|date:"Y-m-d H:i" }}</td>'
    '<td>{{ row.closed_at|date:"Y-m-d H:i" }}</td><td>{{ row.severity }}</td><td>{{ row.status }}</td>'
    "<td>{{ row.matter__owner__name }}</td></tr>{% endfor %}</table>"
)


def bare(request):
    rows = Complaint.objects.order_by("-received_at", "-pk").values(*COLUMNS)[:50]
    return HttpResponse(PAGE.render({"rows": rows}, request))


urlpatterns = [path("bare/", bare), path("", include("aftersales.urls"))]
