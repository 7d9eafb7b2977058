"""The call screen: every branch of the tree walked by its form alone, as a browser without scripts would (S0-43 … S0-68)."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from callbacks.models import FollowUpCall
from callbacks.tree import TREE
from cases.models import Complaint

from tests.factories.callbacks import CallFactory
from tests.factories.cases import ComplaintClassFactory, ComplaintFactory, MatterFactory, person
from tests.factories.customers import PhoneFactory

S = FollowUpCall.Status
pytestmark = pytest.mark.django_db


class Screen:
    """A caller at the screen: reads the hidden fields, presses buttons."""

    def __init__(self, client, call):
        self.client, self.call = client, call
        self.url = reverse("callbacks:call-talk", args=[call.pk])
        self.answer = client.get(self.url)

    @property
    def page(self):
        return self.answer.content.decode()

    @property
    def hidden(self):
        form = self.page.split("data-main", 1)[1].split("</form>", 1)[0]
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))

    @property
    def answers(self):
        return re.findall(r'name="go" value="\d"[^>]*><kbd>\d</kbd>([^<]+)<', self.page)

    def say(self, label, **typed):
        """Press the answer with this label."""
        number = str(self.answers.index(label) + 1)
        return self.post(go=number, **typed)

    def post(self, **typed):
        self.sent = self.hidden | typed
        self.answer = self.client.post(self.url, self.sent)
        return self

    def do(self, verb, **typed):
        return self.post(do=verb, **typed)

    @property
    def now(self):
        return FollowUpCall.objects.get(pk=self.call.pk)


@pytest.fixture
def screen(client, caller, in_call, script):
    client.force_login(caller)
    client.cookies["django_language"] = "en"

    def at(**fields):
        return Screen(client, in_call(**fields))

    return at


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.mark.req("S0-47", "S0-64", "S0-40", "S0-41", "S0-49", "S0-50", "S0-51")
def test_satisfied_from_the_greeting_to_the_record(screen):
    at = screen()
    assert "王敏" in at.page  # the greeting for a mobile, its placeholders filled in
    assert "landline" in at.page
    at.say("Convenient")
    assert str(at.call.card.product) in at.page
    assert f"{at.call.anchor_on.month}-{at.call.anchor_on.day}" in at.page
    at.say("Satisfied", product="隔音好", sales="送货慢")
    assert "Goodbye" in at.page or "goodbye" in at.page
    at.do("record", verdict_good="completely", suggestion="多做保养提醒")
    call = at.now
    assert (call.status, call.verdict, call.words) == (S.RECORDED, "completely", "多做保养提醒")
    assert {(row.area, row.text) for row in call.answers.all()} == {
        ("product", "隔音好"), ("sales", "送货慢"), ("service", "多做保养提醒")}  # fmt: skip


@pytest.mark.req("S0-48", "S0-63")
def test_not_convenient(screen):
    at = screen().say("Not convenient")
    at.do("reschedule", at="2099-01-05T15:00")
    assert (at.now.status, at.now.agreed) == (S.RESCHEDULED, True)
    at = screen().say("Not convenient").do("reschedule", note="在开车")
    assert (at.now.status, at.now.agreed) == (S.RESCHEDULED, False)


@pytest.mark.req("S0-64", "S0-66")
def test_rather_by_landline(screen):
    at = screen().say("Rather by landline")
    at.do("switch_phone", number="abc")
    assert at.answer.status_code == 422
    assert 'value="abc"' in at.page
    at.do("switch_phone", number="0714-6351234")
    assert at.answer.status_code == 302
    call = at.now
    assert (call.status, call.number_kind, call.attempts.count()) == (S.IN_CALL, "landline", 2)
    assert "Rather by landline" in Screen(at.client, call).answers


@pytest.mark.req("S0-43", "S0-69")
@pytest.mark.parametrize("kind", ["no_answer", "busy", "off", "no_such_number", "wrong_person", "hung_up"])
def test_not_reached(screen, kind):
    at = screen().say("Not reached").do("no_answer")
    assert at.answer.status_code == 422
    at.do("no_answer", kind=kind)
    assert (at.now.status, at.now.unreached_kind) == (S.UNREACHED, kind)


@pytest.mark.req("S0-43")
def test_wants_no_call(screen):
    at = screen().say("Wants no call").do("decline", reason="")
    assert at.answer.status_code == 422
    at.do("decline", reason="很忙")
    assert (at.now.status, at.now.words) == (S.DECLINED, "很忙")


@pytest.mark.req("S0-53", "S0-54")
def test_praise(screen, caller):
    at = screen().say("Convenient").say("Praises a colleague", installation="好")
    at.say("On with the rest", praised=str(caller.pk), praise_words="守时")
    at.do("record")
    assert at.answer.status_code == 422  # nobody has asked for the verdict, and the page asks for it
    assert 'name="verdict_good"' in at.page
    at.do("record", verdict_good="completely")
    assert (at.now.status, at.now.verdict) == (S.RECORDED, "completely")
    at = screen().say("Convenient").say("Satisfied").say("Praises a colleague")
    at.do("record", praised=str(caller.pk), praise_words="守时")
    noted = at.now.commendations.get()
    assert (noted.person, noted.words, at.now.verdict) == (caller, "守时", "satisfied")


@pytest.mark.req("S0-42")
def test_a_question_answered_or_not(screen):
    at = screen().say("Convenient").say("Has a question").say("Answered, settled", question="怎么擦灰", reply="软布")
    at.do("record", verdict_good="satisfied")
    answer = at.now.answers.get()
    assert (answer.tone, answer.text, answer.reply, answer.settled) == ("question", "怎么擦灰", "软布", True)
    at = screen().say("Convenient").say("Has a question").say("Not settled", question="门缝正常吗")
    at.say("Work is needed", problem="门缝大")
    at.do("transfer", gift="none", visit_wish="周六")
    assert at.answer.status_code == 422
    at.do("transfer", verdict_bad="average", gift="none", visit_wish="周六")
    assert (at.now.status, at.now.verdict) == (S.TRANSFERRED, "average")


@pytest.mark.req("S0-42", "S0-45")
def test_what_was_pressed_counts_before_what_was_ticked_on_another_way(screen):
    at = screen().say("Convenient").say("Has a question").say("Not settled", question="门缝正常吗")
    at.post(back="1", verdict_bad="dissatisfied")
    at.say("Answered, settled").do("record", verdict_good="basically")
    assert at.now.verdict == "basically"
    at = screen().say("Convenient").say("Average", verdict_good="completely")
    assert 'name="verdict_bad"' not in at.page
    at.say("Doubt cleared", problem="有味道", explained="会散").do("record")
    assert at.now.verdict == "average"


@pytest.mark.req("S0-45", "S0-55", "S0-56")
def test_a_doubt_cleared(screen):
    at = screen().say("Convenient").say("Average").say("Doubt cleared", problem="有味道", explained="通风一周会散")
    at.do("record")
    call = at.now
    assert (call.status, call.verdict, call.doubt_cleared) == (S.RECORDED, "average", True)
    assert call.answers.get().reply == "通风一周会散"


@pytest.mark.req("S0-46", "S0-56", "S0-57", "S0-58", "S0-60", "S0-68")
def test_work_needed(screen):
    ComplaintClassFactory(code="installation")
    at = screen().say("Convenient").say("Dissatisfied")
    at.say("Work is needed", problem="门缝大，透光", problem_area="installation", explained="已说明")
    at.do("transfer", gift="none")
    assert at.answer.status_code == 422  # the visit was not asked for
    assert "门缝大，透光" in at.page  # nothing typed is lost
    at.do("transfer", gift="none", visit_at="2099-01-05T09:00")
    complaint = Complaint.objects.get()
    assert (at.now.complaint, complaint.area, complaint.klass.code) == (complaint, "installation", "installation")
    assert at.client.post(at.url, at.sent).status_code == 302  # pressed twice
    assert Complaint.objects.count() == 1


@pytest.mark.req("S0-61")
def test_a_grave_incident(screen):
    at = screen().say("Convenient").say("Dissatisfied").say("Work is needed", problem="门倒下砸到人")
    at.do("transfer", gift="none", visit_wish="马上", is_grave="on")
    assert Complaint.objects.get().escalations.get().level == "general_manager"


@pytest.mark.req("S2-165", "S2-166", "S2-167", "S2-168")
def test_after_a_service(screen):
    at = screen(script="service")
    assert "Am I speaking to" in at.page
    at.say("Convenient")
    assert "Thank you for having us" in at.page
    at.say("Satisfied")
    assert "suggestions" in at.page
    at.do("record", team_rating="5")
    assert at.now.team_rating == 5


@pytest.mark.req("S3-157", "S3-158")
def test_the_two_questions_about_a_provider(screen):
    at = screen(script="provider").say("Convenient")
    assert "What was not done well" in at.say("Dissatisfied").page
    at.post(back="1")
    at.say("Basically satisfied", time_agreed="yes", on_time="no")
    at.do("record")
    call = at.now
    assert (call.verdict, call.time_agreed, call.on_time) == ("basically", True, False)


@pytest.mark.req("S2-04", "S2-06")
def test_the_equipment_checklist(screen):
    at = screen(script="equipment").say("Convenient")
    at.say("Thinks of a refit or of buying", frequency="weekly", condition="正常")
    at.say("On with the rest", wants_refit="on", intention="想升级")
    at.do("record", verdict_good="satisfied")
    call = at.now
    assert (call.frequency, call.condition, call.wants_refit, call.intention) == ("weekly", "正常", True, "想升级")


@pytest.mark.req("S0-68")
def test_a_customer_with_an_open_complaint_hears_how_it_stands_first(screen, client, caller):
    at = screen()
    complaint = ComplaintFactory(matter=MatterFactory(customer=at.call.customer))
    at = Screen(client, at.call)
    at.say("Convenient")
    assert complaint.number in at.page
    assert "Satisfied" not in at.answers
    at.do("record")
    assert (at.now.status, at.now.told_progress, at.now.verdict) == (S.RECORDED, True, "")


def test_back_goes_where_one_came_from_and_keeps_what_was_typed(screen):
    at = screen().say("Convenient").say("Dissatisfied", sales="慢")
    at.post(back="1", problem="门缝")
    assert at.hidden["place"] == "ask"
    assert "慢" in at.page
    assert at.hidden["problem"] == "门缝"
    at.post(stay="1")
    assert at.hidden["place"] == "ask"


def test_every_place_of_the_tree_can_be_left():
    leaves = {name for name, place in TREE.items() if not place.answers and not place.acts}
    assert leaves == set()
    for place in TREE.values():
        assert {answer.to for answer in place.answers} <= {*TREE, "ask"}


@pytest.mark.req("S2-05", "S2-156")
def test_what_was_said_on_a_doorstep_is_entered_afterwards(screen):
    at = screen(mode="visit").say("Convenient").say("Satisfied")
    at.do("record", spoken_at="2026-11-01T10:00")
    call = at.now
    assert (call.mode, f"{timezone.localtime(call.spoken_at):%Y-%m-%d}") == ("visit", "2026-11-01")
    assert call.entered_at > call.spoken_at


@pytest.mark.req("S2-161")
def test_somebody_elses_call_is_not_walked(client, in_call):
    call = in_call()
    other = person("agent")
    client.force_login(other)
    url = reverse("callbacks:call-talk", args=[call.pk])
    assert client.get(url).status_code == 302
    answer = client.post(url, {"do": "record", "verdict": "satisfied", "op": uuid.uuid4(), "version": call.version})
    assert answer.status_code == 403
    assert FollowUpCall.objects.get(pk=call.pk).status == S.IN_CALL


@pytest.mark.req("S2-02")
def test_dialling_from_the_page(client, caller, working_hours):
    call = CallFactory()
    phone = PhoneFactory(customer=call.customer)
    client.force_login(caller)
    page = client.get(call.get_absolute_url())
    assert page.status_code == 200
    url = reverse("callbacks:followupcall-dial", args=[call.pk])
    answer = client.post(url, {"op": uuid.uuid4(), "version": call.version, "phone": phone.pk})
    assert answer.url == reverse("callbacks:call-talk", args=[call.pk])
    other = client.post(url, {"op": uuid.uuid4(), "version": call.version, "phone": PhoneFactory().pk})
    assert other.status_code in (409, 422)
