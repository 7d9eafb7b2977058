"""What bench/kernel.py measures inside one database; each figure beside a bare reference doing the least that must be done."""

import time
import uuid
from datetime import timedelta

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, Region, User
from bench.kernel import median_of
from cases.models import Complaint
from customers.models import Customer
from workflow.models import Deadline, Event
from workflow.perform import begin, perform
from workflow.presets import choose_preset
from workflow.sweep import sweep

BARE = engines["django"].from_string(
    "<table>{% for row in rows %}<tr><td>{{ row.0 }}</td><td>{{ row.1 }}</td><td>{{ row.2 }}</td>"
    "<td>{{ row.3 }}</td></tr>{% endfor %}</table>"
)


def all_of_it(rounds):
    user = somebody()
    choose_preset("doors")
    return pages(user, rounds) | creation(user, rounds) | transitions(user) | sweeping()


def somebody():
    user = User.objects.create(username="bench", name="基准")
    user.groups.add(Group.objects.get(name="agent"), Group.objects.get(name="supervisor"))
    user.regions.set(Region.objects.filter(code__startswith="r"))
    return user


def statements(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    skipped = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(skipped) for query in queries)


def pages(user, rounds):
    client = Client()
    client.force_login(user)
    newest = Complaint.objects.order_by("-pk").first()
    phone = newest.matter.customer.phones.first().number
    addresses = {
        "list": reverse("cases:complaint-list"),
        "case page": reverse("cases:complaint", args=[newest.pk]),
        "look-up by phone": reverse("cases:call") + f"?phone={phone}",
        "start page": reverse("home"),
    }
    figures = {}
    for name, url in addresses.items():

        def get(url=url):
            answer = client.get(url)
            assert answer.status_code == 200, (url, answer.status_code)

        figures[f"{name}: time ms"] = median_of(get, rounds)
        figures[f"{name}: CPU ms"] = median_of(get, rounds, time.process_time)
        figures[f"{name}: statements"] = statements(get)
    bare = median_of(lambda: bare_page(user), rounds, time.process_time)
    figures["bare list: CPU ms"] = bare
    figures["list / bare list (≤ 1.5)"] = figures["list: CPU ms"] / bare
    return figures


def bare_page(user):
    """Session and user read, fifty rows, the smallest template: what no list can do without."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    rows = Complaint.objects.filter(region__in=user.region_ids).order_by("-received_at", "-pk")
    fields = rows.values_list("number", "content", "status", "matter__customer__name")[:50]
    return HttpResponse(BARE.render({"rows": list(fields)}, request))


def creation(user, rounds):
    customer = Customer.objects.order_by("-pk").first()

    def create():
        begin(Complaint.register, "register", by=user, op=uuid.uuid4(), customer=customer, content="门裂了一道缝")

    return {"create: time ms": median_of(create, rounds), "create: statements (≤ 12)": statements(create)}


def transitions(user, count=200):
    """Acts a second through the front door, and of the reference: lock, save, event, on-commit."""
    department = Department.objects.first()
    made = [
        begin(Complaint.register, "register", by=user, customer=Customer.objects.first(), content="x").record
        for _ in range(2 * count + 1)
    ]
    cost = statements(
        lambda: perform(
            made[-1], "start_judging", by=user, op=uuid.uuid4(), version=1, department=department, reply="已回"
        )
    )
    began = time.perf_counter()
    for complaint in made[:count]:
        perform(complaint, "start_judging", by=user, op=uuid.uuid4(), version=1, department=department, reply="已回")
    ours = count / (time.perf_counter() - began)
    began = time.perf_counter()
    for complaint in made[count : 2 * count]:
        reference(complaint, user)
    bare = count / (time.perf_counter() - began)
    return {
        "transition: a second": ours,
        "reference: a second": bare,
        "transition / reference (≥ 0.8)": ours / bare,
        "transition: statements (≤ 6)": cost,
    }


def reference(complaint, user):
    with transaction.atomic():
        row = Complaint.objects.select_for_update().get(pk=complaint.pk)
        row.version += 1
        row.save()
        Event.objects.create(matter_id=row.matter_id, action="bare", by=user, actor="user")
        transaction.on_commit(lambda: None)


def sweeping(count=10_000):
    """Ten thousand clocks due at once, and the same effects written set-based by hand; then a tick with nothing to do."""
    late = timezone.now() - timedelta(minutes=1)
    ids = list(Deadline.objects.open().order_by("pk").values_list("pk", flat=True)[: 2 * count])
    half = len(ids) // 2
    Deadline.objects.filter(pk__in=ids[:half]).update(due_at=late, next_at=late)
    began = time.perf_counter()
    fired = sweep(timezone.now())
    ours = time.perf_counter() - began
    assert fired >= half
    began = time.perf_counter()
    raw_sweep(ids[half:])
    bare = time.perf_counter() - began
    return {
        "sweep: clocks fired": fired,
        "sweep: s": ours,
        "raw set-based: s": bare,
        "sweep / raw (≤ 4)": ours / bare,
        "empty tick: ms (≤ 5)": median_of(lambda: sweep(timezone.now()), 10),
    }


def raw_sweep(ids):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (UPDATE workflow_deadline SET next_step = 1, next_at = NULL, breached_at = now() WHERE id = ANY(%s) "
            "RETURNING id, matter_id, subject_type_id, subject_id), "
            "told AS (INSERT INTO workflow_event (matter_id, subject_type_id, subject_id, kind, action, source, target, actor, at, visibility, note, data) SELECT matter_id, subject_type_id, "
            "subject_id, 'deadline', 'breach', '', '', 'system', now(), 'all', '', '{}' FROM due RETURNING id) "
            'INSERT INTO core_outbox (kind, "to", key, context, state, attempts, error, next_at, created_at) '
            "SELECT 'notice', 'people', 'bench:' || id, '{}', 'pending', 0, '', now(), now() FROM told",
            [ids],
        )
