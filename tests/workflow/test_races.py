"""Several people at once, on real connections: one winner, one effect, no deadlock."""

import threading
import uuid
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Change, Region, User
from cases.models import Complaint
from core.models import Installation
from workflow import perform as door
from workflow.errors import Refusal
from workflow.models import Deadline, DeadlinePolicy, Event
from workflow.perform import perform
from workflow.presets import choose_preset
from workflow.sweep import sweep

from tests.factories.cases import ComplaintFactory, DepartmentFactory, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SESSIONS, ROUNDS = 8, 20


def together(*acts):
    """Run the acts at the same moment, each on a connection of its own; their results, or what they raised."""
    results = [None] * len(acts)
    line = threading.Barrier(len(acts))

    def run(index, act):
        try:
            line.wait(timeout=120)
            results[index] = act()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    return results


def judge(complaint, by, department, number):
    if number % 2:
        reasons = {"grounds_sufficient": False, "demand_reasonable": False, "in_scope": False}
        return lambda: perform(complaint, "judge_invalid", by=by, version=1, reason="不成立", **reasons)
    return lambda: perform(
        complaint, "judge_valid", by=by, version=1, reason="成立", department=department, severity="minor"
    )


def winners_of_a_round(leader, department):
    complaint = ComplaintFactory(status="judging")
    results = together(*(judge(complaint, leader, department, n) for n in range(SESSIONS)))
    won = [result for result in results if isinstance(result, door.Done)]
    lost = [result for result in results if isinstance(result, Refusal)]
    assert len(won) + len(lost) == SESSIONS, results
    return len(won), Event.objects.filter(matter=complaint.matter, kind="verb").count()


def test_one_winner_a_round():
    leader, department = person("supervisor"), DepartmentFactory()
    rounds = [winners_of_a_round(leader, department) for _ in range(ROUNDS)]
    assert rounds == [(1, 1)] * ROUNDS


def test_without_the_lock_there_are_several_winners(monkeypatch):
    """The twin of the test above: it shows that the lock is what decides."""
    leader, department = person("supervisor"), DepartmentFactory()
    everybody_has_read = threading.Barrier(SESSIONS)

    def unlocked(record):
        row = type(record).objects.select_related("matter", "region").get(pk=record.pk)
        everybody_has_read.wait(timeout=120)
        return row

    monkeypatch.setattr(door, "locked", unlocked)
    monkeypatch.setattr(door, "atomic", nullcontext)
    won, _events = winners_of_a_round(leader, department)
    assert won > 1


def test_a_double_click_has_one_effect_and_only_good_answers():
    agent = person("agent")
    for _ in range(ROUNDS):
        complaint, op = ComplaintFactory(matter__owner=agent), uuid.uuid4()
        results = together(*[lambda: perform(complaint, "chase", by=agent, op=op)] * SESSIONS)  # noqa: B023
        assert all(isinstance(result, door.Done) for result in results), results
        assert sum(not result.replayed for result in results) == 1
        assert Complaint.objects.get(pk=complaint.pk).chase_count == 1


def test_merging_in_opposite_directions_leaves_one_merged():
    agent = person("agent")
    for _ in range(ROUNDS):
        one = ComplaintFactory()
        two = ComplaintFactory(matter__customer=one.matter.customer)
        results = together(
            lambda: perform(one, "merge", by=agent, into=two, reason="同一件事"),  # noqa: B023
            lambda: perform(two, "merge", by=agent, into=one, reason="同一件事"),  # noqa: B023
        )
        assert sum(isinstance(result, door.Done) for result in results) == 1, results
        assert any(isinstance(result, Refusal | ValidationError) for result in results)
        assert Complaint.objects.filter(pk__in=[one.pk, two.pk], status="merged").count() == 1


@pytest.mark.parametrize("rule", ["clock", "guard", "company", "branch", "colleague"])
def test_two_who_save_the_same_row_at_once_do_not_overwrite_one_another(rule):
    choose_preset("doors")
    role = {"guard": "general_manager", "branch": "administrator", "colleague": "administrator"}.get(rule, "manager")
    people = [person(role), person(role)]
    colleague = person("agent", superior=people[0])
    clock = DeadlinePolicy.objects.get(kind="plan")
    url, words, rows = {
        "clock": (
            reverse("cases:rules-clock-edit", args=[clock.pk]),
            "name",
            DeadlinePolicy.objects.filter(pk=clock.pk),
        ),
        "guard": (reverse("cases:rules-guard-edit", args=["ladder"]), "reason", None),
        "company": (reverse("cases:rules-company"), "company", Installation.objects),
        "branch": (
            reverse("accounts:region-edit", args=[colleague.regions.get().pk]),
            "name",
            Region.objects.filter(pk=colleague.regions.get().pk),
        ),
        "colleague": (
            reverse("accounts:staff-edit", args=[colleague.pk]),
            "name",
            User.objects.filter(pk=colleague.pk),
        ),
    }[rule]
    Installation.objects.start(trade="doors", company="安禾门业", now=timezone.now())
    for number in range(ROUNDS // 4):
        browsers = [Client(), Client()]
        for browser, by in zip(browsers, people, strict=True):
            browser.force_login(by)
        bodies = [
            read_form(browser, url) | {words: f"{by.pk} 的第 {number} 版"}
            for browser, by in zip(browsers, people, strict=True)
        ]
        if rule == "guard":
            for body in bodies:
                body["active"] = "" if body.get("active") else "on"
        answers = together(
            *(
                lambda browser=browser, body=body: browser.post(url, body)
                for browser, body in zip(browsers, bodies, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        won, lost = sorted(zip(answers, bodies, strict=True), key=lambda pair: pair[0].status_code)
        assert lost[1][words] in lost[0].text  # what was typed is kept
        if rows:
            assert rows.values_list(words, flat=True).get() == won[1][words]
        assert Change.objects.latest("pk").details.get(words, ["", won[1][words]])[1] == won[1][words]


def read_form(browser, url):
    """What a browser would send of the page as it is shown."""
    form = browser.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    for name, rows in values.items():
        if isinstance(rows, list | QuerySet):
            values[name] = [getattr(row, "pk", row) for row in rows]
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_the_sweep_and_busy_agents_do_not_lock_each_other_out():
    choose_preset("doors")
    agent, department = person("agent"), DepartmentFactory()
    long_ago = timezone.now() - timedelta(hours=80)
    complaints = [
        door.begin(
            Complaint.register, "register", by=agent, now=long_ago, customer=matter.customer, content="门裂"
        ).record
        for matter in (ComplaintFactory().matter for _ in range(24))
    ]

    def work(mine):
        for complaint in mine:
            perform(complaint, "start_judging", by=agent, department=department, reply="已回电")
            perform(complaint, "record_contact", by=agent, channel="phone", result="reached", words="在查")

    sweeps = [lambda: [sweep(timezone.now(), batch=7) for _ in range(6)]] * 2
    results = together(*(lambda part=complaints[n::4]: work(part) for n in range(4)), *sweeps)
    assert not [result for result in results if isinstance(result, Exception)], results
    sweep(timezone.now())
    fired = Event.objects.filter(kind="deadline", action="breach").values_list("data__deadline", flat=True)
    assert len(fired) == len(set(fired))
    assert not Deadline.objects.due(timezone.now()).exists()
