"""Who is told of what, once, and by which way."""

import json
import threading
from datetime import datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlparse
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.models import Complaint
from core import outbox
from core.models import Outbox
from notifications.digest import write_digests
from notifications.models import Notice, Preference, Robot
from notifications.quiet import in_quiet_hours
from workflow.models import Event, Handover
from workflow.perform import begin, perform
from workflow.presets import choose_preset
from workflow.sweep import sweep

from tests.factories.cases import ComplaintFactory, DepartmentFactory, person
from tests.factories.customers import CustomerFactory, CustomerRegionFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def agent():
    return person("agent", email="agent@example.com")


@pytest.fixture
def supervisor():
    return person("supervisor", email="supervisor@example.com")


def told(action):
    return set(Notice.objects.filter(event__action=action).values_list("user__username", flat=True))


def test_a_chase_is_told_to_the_handler(agent):
    complaint = ComplaintFactory(matter__owner=agent)
    perform(complaint, "chase", by=person("agent"), words="又来问")
    outbox.deliver_waiting()
    assert told("chase") == {agent.username}


def test_nobody_is_told_of_his_own_act(agent):
    perform(ComplaintFactory(matter__owner=agent), "chase", by=agent, words="他又打来")
    outbox.deliver_waiting()
    assert not Notice.objects.exists()


def test_the_same_thing_is_told_once(agent, supervisor):
    complaint = ComplaintFactory(matter__owner=agent)
    perform(complaint, "chase", by=supervisor)
    outbox.deliver_waiting()
    Outbox.objects.filter(kind="notice").update(state="pending", next_at=timezone.now())
    outbox.deliver_waiting()
    assert Notice.objects.count() == 1
    assert Outbox.objects.filter(kind="email").count() == 1


@pytest.mark.req("S0-61")
def test_a_grave_incident_reaches_the_general_manager(agent, supervisor):
    boss = person("general_manager")
    complaint = ComplaintFactory(matter__owner=agent)
    perform(complaint, "flag_grave", by=agent, reason="门玻璃炸裂伤了孩子")
    outbox.deliver_waiting()
    assert told("flag_grave") == {boss.username, supervisor.username}


@pytest.mark.req("S0-61")
def test_a_complaint_registered_as_grave_reaches_the_general_manager(agent):
    boss = person("general_manager")
    begin(Complaint.register, "register", by=agent, customer=CustomerFactory(), content="玻璃炸裂", is_grave=True)
    outbox.deliver_waiting()
    assert told("register") == {boss.username}


@pytest.mark.req("S2-185")
def test_an_escalation_goes_to_the_direct_superior(agent, supervisor):
    agent.superior = supervisor
    agent.save()
    perform(ComplaintFactory(matter__owner=agent), "escalate", by=agent, level="superior", reason="拿不准")
    outbox.deliver_waiting()
    assert told("escalate") == {supervisor.username}


def test_a_mentioned_colleague_is_told(agent):
    colleague = person("agent")
    perform(ComplaintFactory(), "add_note", by=agent, text="请看一下", mentions=[colleague])
    outbox.deliver_waiting()
    assert told("add_note") == {colleague.username}


@pytest.mark.req("S0-59")
def test_the_department_concerned_is_told(agent):
    quality = DepartmentFactory()
    inspector = person("quality", department=quality)
    stranger = person("quality", department=quality, region=CustomerRegionFactory(code="wuhan", name="武汉"))
    complaint = ComplaintFactory(matter__owner=agent)
    perform(complaint, "start_judging", by=agent, department=quality, reply="已回电")
    outbox.deliver_waiting()
    assert told("start_judging") == {inspector.username}
    assert stranger.username not in told("start_judging")


def test_a_handover_is_told_to_its_receiver_and_the_answer_to_its_giver(agent):
    colleague, now = person("agent"), timezone.now()
    complaint = ComplaintFactory(matter__owner=agent)
    handover = Handover.objects.give(
        [(complaint.matter, "明早回电")], kind="owner", giver=agent, receiver=colleague, now=now
    )
    handover.accept(by=colleague, now=now)
    outbox.deliver_waiting()
    assert told("give") == {colleague.username}
    assert told("accept_handover") == {agent.username}


@pytest.mark.req("S0-26")
def test_the_supervisor_is_told_of_a_breach_once(agent, supervisor):
    choose_preset("doors")
    then = timezone.now() - timedelta(hours=73)
    begin(Complaint.register, "register", by=agent, now=then, customer=CustomerFactory(), content="门裂了")
    sweep(timezone.now())
    sweep(timezone.now())
    outbox.deliver_waiting()
    breach = Event.objects.get(kind="deadline", action="breach", data__clock="plan")
    assert set(Notice.objects.filter(event=breach).values_list("user__username", flat=True)) == {
        agent.username,
        supervisor.username,
    }


def test_what_is_urgent_goes_out_by_mail_in_the_readers_language(agent, mailoutbox):
    agent.language = "en"
    agent.save()
    complaint = ComplaintFactory(matter__owner=agent)
    perform(complaint, "chase", by=person("agent"), words="张伟又来电")
    outbox.deliver_waiting()
    outbox.deliver_waiting()
    message = mailoutbox[0]
    assert message.to == ["agent@example.com"]
    assert complaint.number in message.subject
    assert "Chase" in message.subject
    assert "张伟" not in message.subject + message.body


def test_mail_waits_for_the_end_of_quiet_hours(agent, mailoutbox):
    Preference.objects.create(user=agent, quiet_from=time(22), quiet_until=time(8))
    complaint = ComplaintFactory(matter__owner=agent)
    with time_machine.travel(datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI), tick=False):
        perform(complaint, "chase", by=person("agent"))
        outbox.deliver_waiting()
        outbox.deliver_waiting()
        assert Notice.objects.count() == 1
        assert not mailoutbox
    with time_machine.travel(datetime(2026, 11, 21, 8, 1, tzinfo=SHANGHAI), tick=False):
        outbox.deliver_waiting()
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("21:59", None), ("22:00", "08:00"), ("00:30", "08:00"), ("07:59", "08:00"), ("08:00", None)],
)
def test_quiet_hours_run_over_midnight(clock, expected):
    now = datetime.combine(datetime(2026, 11, 20), time.fromisoformat(clock), tzinfo=SHANGHAI)  # noqa: DTZ001
    end = in_quiet_hours(time(22), time(8), now)
    assert (end and f"{timezone.localtime(end):%H:%M}") == expected


class Robots:
    """A local stand-in for the robots' servers: keeps what it is sent and answers what it is told to."""

    def __init__(self):
        self.got, self.answer = [], {"errcode": 0, "errmsg": "ok"}
        robots = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                robots.got.append((self.path, json.loads(body)))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(robots.answer).encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/robot/send?access_token=x"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def robots():
    stand_in = Robots()
    yield stand_in
    stand_in.server.shutdown()


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_a_group_robot_says_alarms_without_names(agent, robots, kind):
    Robot.objects.create(name="武汉群", kind=kind, webhook=robots.url, secret="SEC1" if kind == "dingtalk" else "")
    complaint = ComplaintFactory(matter__owner=agent)
    perform(complaint, "flag_grave", by=agent, reason="张伟家玻璃炸裂")
    outbox.deliver_waiting()
    outbox.deliver_waiting()
    (path, said), *more = robots.got
    assert not more
    assert said["msgtype"] == "markdown"
    text = json.dumps(said, ensure_ascii=False)
    assert complaint.number in text
    assert "张伟" not in text
    assert ("sign" in parse_qs(urlparse(path).query)) == (kind == "dingtalk")


def test_a_robot_of_another_branch_hears_nothing(agent, robots):
    elsewhere = CustomerRegionFactory(code="wuhan", name="武汉")
    Robot.objects.create(name="武汉群", kind="wecom", webhook=robots.url, region=elsewhere)
    perform(ComplaintFactory(matter__owner=agent), "flag_grave", by=agent, reason="炸裂")
    outbox.deliver_waiting()
    outbox.deliver_waiting()
    assert not robots.got


def test_a_robot_that_refuses_is_tried_again(agent, robots):
    robots.answer = {"errcode": 93000, "errmsg": "invalid webhook"}
    Robot.objects.create(name="群", kind="wecom", webhook=robots.url)
    perform(ComplaintFactory(matter__owner=agent), "flag_grave", by=agent, reason="炸裂")
    outbox.deliver_waiting()
    outbox.deliver_waiting()
    row = Outbox.objects.get(kind="robot")
    assert row.state == "pending"
    assert "93000" in row.error


def test_robots_call_only_their_own_hosts():
    with pytest.raises(ValidationError):
        Robot(name="x", kind="wecom", webhook="https://example.com/x").clean()


def test_the_morning_digest_is_written_once_a_day(agent, supervisor, mailoutbox):
    choose_preset("doors")
    now = timezone.now()
    late = now - timedelta(days=4)
    begin(Complaint.register, "register", by=agent, now=late, customer=CustomerFactory(), content="门裂了")
    write_digests(now)
    write_digests(now)
    digest = Notice.objects.get(user=supervisor)
    assert digest.data["late"] >= 2
    assert digest.data["stuck"] == 1
    outbox.deliver_waiting()
    assert [message.to for message in mailoutbox] == [["supervisor@example.com"]]
