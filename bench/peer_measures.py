"""What bench/peer.py measures inside one database of the peer; run by the Python of the peer's environment.

A list is two requests, as a browser makes them: the page, then its rows as JSON (25, newest first as ours; "open ones" is
what its list opens with). The ticket is the newest of those filled in, open and without a handler, as is our complaint.
Creating is ``TicketForm.save``, the function behind the staff's form, on a form checked beforehand: ticket, first entry, one
message to the submitter. It commits at every step, as the peer is delivered; a second figure has it in one transaction.
"""

import re

from django.contrib import admin
from django.contrib.auth.models import User
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import include, path, reverse
from helpdesk.forms import TicketForm
from helpdesk.models import Queue, Ticket

from bench.timing import figures

urlpatterns = [path("admin/", admin.site.urls), path("helpdesk/", include("helpdesk.urls"))]

ROWS = re.compile(rb'"url": "([^"]*/datatables_ticket_list/[^"]*)"')
NEWEST = "sort=created&sortreverse=on"


def all_of_it(rounds):
    user = User.objects.get_or_create(username="bench", defaults={"is_staff": True})[0]
    client = Client()
    client.force_login(user)
    tickets = reverse("helpdesk:list")
    some = Ticket.objects.filter(submitter_email__startswith="kh").order_by("-pk").first()  # one of those filled in
    page = {"case page": lambda: get(client, reverse("helpdesk:view", args=[some.pk]))}
    long = {  # last and apart: they take seconds, and the others are to be measured right after ours
        "list": lambda: listed(client, f"{tickets}?{NEWEST}"),
        "list of open ones": lambda: listed(client, f"{tickets}?{NEWEST}&status=1&status=2"),
        "start page": lambda: get(client, reverse("helpdesk:dashboard")),
    }
    create = creator(user)
    creations = {"create": create, "create, the peer's in one transaction": transaction.atomic(create)}
    return figures(rounds, page) | figures(rounds, creations) | figures(rounds, long)


def get(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return answer


def listed(client, url):
    rows = ROWS.search(get(client, url).content)[1].decode()
    assert len(get(client, f"{rows}?draw=1&start=0&length=25").json()["data"]) == 25


def creator(user):
    queue = Queue.objects.first()
    entered = {"queue": queue.pk, "title": "门裂了一道缝", "body": "门裂了一道缝", "priority": 3}
    form = TicketForm(data=entered | {"submitter_email": "new@example.com"}, queue_choices=[(queue.pk, queue.title)])
    assert form.is_valid(), form.errors

    def create():
        form.save(user)
        assert len(mail.outbox) == 1
        mail.outbox.clear()

    return create
