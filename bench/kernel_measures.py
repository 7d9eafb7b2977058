"""What bench/kernel.py measures inside one database; each figure beside a reference doing the least that must be done.

The two sides of a ratio take turns, so that whatever else the machine does falls on both.
"""

import statistics
import time
import uuid

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, Region, User
from bench.timing import figures, in_turns, statements
from cases.models import Complaint
from cases.views.lists import NEWEST, ComplaintList
from core.keyset import Ordering
from customers.models import Customer
from workflow.models import Deadline, DeadlinePolicy, Event
from workflow.perform import begin, perform
from workflow.presets import choose_preset
from workflow.sweep import sweep

DUE = 10_000


def all_of_it(rounds):
    user = prepared()
    return pages(user, rounds) | creation(user, rounds) | transitions(user) | sweeping()


def beside_the_peer(rounds):
    """What bench/peer.py compares."""
    user = prepared()
    client, addresses = visit(user)
    same = ("case page", "list", "list of open ones", "start page")
    return figures(rounds, {name: opener(client, addresses[name]) for name in same}) | creation(user, rounds)


def prepared():
    """Somebody to measure as, on a database where a deadline policy is in force."""
    user = User.objects.get_or_create(username="bench", defaults={"name": "基准"})[0]
    user.groups.add(Group.objects.get(name="agent"), Group.objects.get(name="supervisor"))
    user.regions.set(Region.objects.filter(code__startswith="r"))
    if not DeadlinePolicy.objects.exists():
        choose_preset("doors")
    return user


def visit(user):
    """A client signed in as ``user``, and the addresses of the pages measured, by name."""
    client = Client()
    client.force_login(user)
    some = Complaint.objects.filter(klass__isnull=False).order_by("-pk").first()  # one of those filled in
    phone = some.matter.customer.phones.first().number
    old = Complaint.objects.order_by("received_at", "pk")[1_000]
    deep = Ordering(ComplaintList.queryset.all(), NEWEST["newest"]).cursor(old)
    complaints = reverse("cases:complaint-list")
    return client, {
        "bare page": "/bare/",
        "list": complaints,
        "list of open ones": f"{complaints}?status=open",
        "deep page": f"{complaints}?after={deep}",
        "case page": reverse("cases:complaint", args=[some.pk]),
        "look-up by phone": reverse("cases:call") + f"?phone={phone}",
        "start page": reverse("home") + "?view=todo",
        "board": reverse("cases:board"),
    }


def opener(client, url):
    def get():
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)

    return get


def pages(user, rounds):
    client, addresses = visit(user)
    found = figures(rounds, {name: opener(client, url) for name, url in addresses.items()})
    for name in ("list", "list of open ones"):
        found[f"{name} / bare page, CPU"] = found[f"{name}: ms of CPU"] / found["bare page: ms of CPU"]
    found["deep page / list, time"] = found["deep page: ms"] / found["list: ms"]
    return found


def creation(user, rounds):
    customer = Customer.objects.order_by("-pk").first()

    def create():
        begin(Complaint.register, "register", by=user, op=uuid.uuid4(), customer=customer, content="门裂了一道缝")

    return figures(rounds, {"create": create})


def transitions(user, count=200):
    """Acts a second through the front door, and of the reference: lock, save, event, on-commit."""
    department = Department.objects.first()
    customer = Customer.objects.first()
    made = [
        begin(Complaint.register, "register", by=user, customer=customer, content="x").record
        for _ in range(2 * count + 1)
    ]

    def act(complaint):
        perform(complaint, "start_judging", by=user, op=uuid.uuid4(), version=1, department=department, reply="已回")

    cost = statements(lambda: act(made.pop()))
    ours = bare = 0.0
    while made:
        first, second = made.pop(), made.pop()
        began = time.perf_counter()
        act(first)
        between = time.perf_counter()
        reference(second, user)
        ours, bare = ours + between - began, bare + time.perf_counter() - between
    return {
        "transition: a second": count / ours,
        "reference transition: a second": count / bare,
        "transition / reference": bare / ours,
        "transition: statements": cost,
    }


def reference(complaint, user):
    with transaction.atomic():
        row = Complaint.objects.select_for_update().get(pk=complaint.pk)
        row.version += 1
        row.save()
        Event.objects.create(matter_id=row.matter_id, action="bare", by=user, actor="user")
        transaction.on_commit(lambda: None)


def sweeping(rounds=3):
    """Ten thousand clocks due at once, and the same effects written set-based by hand; then a tick with nothing to do."""
    ours, bare = [], []
    before = Deadline.objects.filter(kind__startswith="bench-").count()  # of an earlier run on the same database
    for turn in range(before, before + rounds):
        due_clocks(f"bench-{turn}", timezone.now())
        by_hand = due_clocks(f"hand-{turn}", None)
        told = Event.objects.filter(kind="deadline").count()
        began = time.perf_counter()
        fired = sweep(timezone.now())
        ours.append(time.perf_counter() - began)
        assert fired == Event.objects.filter(kind="deadline").count() - told >= DUE, fired
        began = time.perf_counter()
        raw_sweep(by_hand)
        bare.append(time.perf_counter() - began)
    empty = in_turns(10, {"tick": lambda: sweep(timezone.now())})["tick"][0]
    return {
        "sweep of 10,000 due: s": statistics.median(ours),
        "the same set-based by hand: s": statistics.median(bare),
        "sweep / by hand": statistics.median(ours) / statistics.median(bare),
        "empty tick: ms": empty,
    }


def due_clocks(kind, next_at):
    """Ten thousand more clocks of that kind, due at ``next_at``; their keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflow_deadline (matter_id, subject_type_id, subject_id, kind, cycle, policy_values, started_at, "
            "due_at, next_step, next_at) SELECT c.matter_id, t.id, c.id, %s, 1, "
            """'{"ladder": [{"step": "breach", "at": 1, "role": "supervisor"}], "pause_in": []}', """
            "now() - interval '1 hour', now() - interval '1 minute', 0, %s::timestamptz FROM cases_complaint c, "
            "django_content_type t WHERE t.app_label = 'cases' AND t.model = 'complaint' ORDER BY c.id LIMIT %s",
            [kind, next_at, DUE],
        )
    return list(Deadline.objects.filter(kind=kind).order_by("pk").values_list("pk", flat=True))


def raw_sweep(ids):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH due AS (UPDATE workflow_deadline SET next_step = 1, next_at = NULL, breached_at = now() WHERE id = ANY(%s) "
            "RETURNING id, matter_id, subject_type_id, subject_id), "
            "told AS (INSERT INTO workflow_event (matter_id, subject_type_id, subject_id, kind, action, source, target, "
            "actor, at, visibility, note, data) SELECT matter_id, subject_type_id, "
            "subject_id, 'deadline', 'breach', '', '', 'system', now(), 'all', '', '{}' FROM due RETURNING id) "
            'INSERT INTO core_outbox (kind, "to", key, context, state, attempts, error, next_at, created_at) '
            "SELECT 'notice', 'people', 'bench:' || id, '{}', 'pending', 0, '', now(), now() FROM told",
            [ids],
        )
