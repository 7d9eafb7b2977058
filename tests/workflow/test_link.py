"""The customer's link: what it opens, what it never opens, and the text for WeChat (threats 26–28)."""

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cases.models import Complaint
from cases.models.complaint import CHASE_AGAIN_AFTER
from cases.progress import Progress, short_name
from core.logs import mask
from workflow.models import Attachment, CustomerLink, Event, Guess
from workflow.models.link import MOST_GUESSES, digest, new_token, token_of
from workflow.perform import perform

from tests.factories.cases import ComplaintFactory, PlanOptionFactory, StrandFactory, person
from tests.factories.files import upload
from tests.rights.objects import call_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(agent):
    return ComplaintFactory(matter__owner=agent)


@pytest.fixture
def approved(complaint):
    """A plan was approved; the customer may take the other option instead of the selected one."""
    PlanOptionFactory(complaint=complaint, selected=True, steps="师傅上门补胶", cost=121, instruction="内部批示")
    PlanOptionFactory(complaint=complaint, offered=True, remedy="part", steps="寄一扇门板", cost=861)
    PlanOptionFactory(complaint=complaint, remedy="replacement", steps="整樘更换", cost=2601)
    StrandFactory(complaint=complaint, round=1, kind="notify")
    Complaint.objects.filter(pk=complaint.pk).update(status="plan_approved", plan_round=1)
    return Complaint.objects.get(pk=complaint.pk)


def link_to(complaint):
    link, token = CustomerLink.objects.issue(complaint.matter, by=None)
    return link, f"/s/{token}/"


def act(page, complaint, verb):
    return f"{page}complaint/{complaint.pk}/{verb}/"


# --- tokens ---------------------------------------------------------------------------------------------------------
def test_a_token_has_144_bits_and_only_its_hash_is_kept(complaint):
    tokens = {new_token() for _ in range(50)} | {token_of(uuid.uuid4()) for _ in range(50)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {24}  # 24 characters of 6 bits
    link, token = CustomerLink.objects.issue(complaint.matter, by=None)
    assert link.token_hash == digest(token)
    assert token not in str(CustomerLink.objects.values().get())


def test_every_wrong_link_gets_the_same_page(client, complaint):
    link, page = link_to(complaint)
    expired, gone_by = link_to(complaint)
    CustomerLink.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    revoked, taken_back = link_to(complaint)
    CustomerLink.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
    wrong = [f"/s/{new_token()}/", page[:-5] + "/", page.swapcase().replace("/S/", "/s/"), gone_by, taken_back]
    wrong += ["/s/x/", "/s/%F0%A0%AE%B7/", act(f"/s/{new_token()}/", complaint, "chase")]
    wrong += [
        f"{page}files/1/",
        act(page, ComplaintFactory(), "chase"),
        act(page, complaint, "no-such-verb")[:-1] + "/",
    ]
    answers = [client.get(one) if "no-such" not in one else client.post(one) for one in wrong]
    assert {answer.status_code for answer in answers} == {404}
    # The CSRF token is masked anew, and the clock goes on, in each answer.
    pages = {re.sub(rb'[A-Za-z0-9]{64}|data-now="\d+"', b"", answer.content) for answer in answers}
    assert len(pages) == 1
    assert client.get(page).status_code == 200


def test_guessing_is_slowed_down_in_every_process_and_a_true_link_never(client, complaint):
    _link, page = link_to(complaint)
    for _guess in range(MOST_GUESSES):
        assert client.get(f"/s/{new_token()}/").status_code == 404
    answer = client.get(f"/s/{new_token()}/")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 900
    assert client.get(page).status_code == 200  # many phones share one address
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"/s/{new_token()}/").status_code == 404
    assert Guess.objects.filter(count=MOST_GUESSES).count() == 1
    assert "127.0.0.1" not in str(list(Guess.objects.values()))


def test_the_page_is_not_kept_not_found_by_robots_and_leaves_no_trace(client, complaint):
    _link, page = link_to(complaint)
    for path in (page, "/s/x/"):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "unsafe-inline" not in answer["Content-Security-Policy"]
    for token in (page.strip("/").split("/")[1], "cut-short", "ALLBIGLETTERSANDNODIGITS"):
        assert token not in mask(f'request="GET /s/{token}/files/1/" code=404')


# --- what it opens and what not ---------------------------------------------------------------------------------------
@pytest.mark.req("S3-05")
def test_the_customer_sees_how_it_stands_and_nothing_internal(client, complaint, agent):
    agent.name, agent.work_number = "欧阳娜娜", "1024"
    agent.save()
    perform(complaint, "add_note", by=agent, text="客户很难缠")
    Attachment.objects.attach(complaint.matter, upload(name="内部.jpg"), by=agent)
    _link, page = link_to(complaint)
    answer = client.get(page).content.decode()
    assert complaint.number in answer
    assert "已收到您的反馈" in answer
    assert "欧阳（工号 1024）" in answer
    for inside in ("娜娜", "客户很难缠", "内部.jpg", "/files/1/", complaint.customer.address):
        assert inside not in answer
    english = client.get(f"{page}?lang=en").content.decode()
    assert "We have your report" in english
    assert "We have your report" in client.get(page).content.decode()  # the choice is remembered


def test_a_link_opens_no_page_of_ours_and_a_login_opens_no_page_of_his(client, complaint):
    _link, page = link_to(complaint)
    client.get(page)
    assert client.get(complaint.get_absolute_url()).status_code == 302
    staff = Client()
    staff.force_login(person("administrator"))
    assert staff.get(f"/s/{new_token()}/").status_code == 404
    assert staff.get(page).status_code == 200
    assert "administrator" not in staff.get(page).content.decode()


def test_a_link_of_one_matter_acts_on_no_other(client, complaint):
    other = ComplaintFactory()
    _link, page = link_to(complaint)
    assert client.post(act(page, other, "chase")).status_code == 404
    assert client.post(act(page, complaint, "withdraw"), {"reason": "x"}).status_code == 404
    assert not Event.objects.exists()


def test_posts_need_the_csrf_token(complaint):
    _link, page = link_to(complaint)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(act(page, complaint, "chase")).status_code == 403
    form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(page).content.decode())
    assert strict.post(act(page, complaint, "chase"), {"csrfmiddlewaretoken": form[1]}).status_code == 303


# --- what he may do ---------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-03", "S3-135")
def test_he_sends_photos_and_sees_those_alone(client, complaint, agent):
    ours = Attachment.objects.attach(complaint.matter, upload(b"%PDF-1.4"), by=agent)
    _link, page = link_to(complaint)
    answer = client.post(act(page, complaint, "attach-files"), {"slot-whole": upload(), "words": "请看"})
    assert (answer.status_code, answer.url) == (303, f"{page}?done=attach_files")
    his = Attachment.objects.sent_by_customer().get()
    assert (his.kind, Event.objects.filter(actor="customer").get().note) == ("whole", "请看")
    assert client.get(f"{page}files/{his.pk}/small/").status_code == 200
    assert "no-store" in client.get(f"{page}files/{his.pk}/")["Cache-Control"]
    assert client.get(f"{page}files/{ours.pk}/").status_code == 404
    refused = client.post(act(page, complaint, "attach-files"), {"slot-whole": upload(b"<svg/>", "x.svg")})
    assert refused.status_code == 422
    assert "errorlist" in refused.content.decode()


def test_he_reminds_us_once_in_some_hours(client, complaint):
    link, page = link_to(complaint)
    op = str(uuid.uuid4())
    for _press in range(2):  # a double click counts once
        assert client.post(act(page, complaint, "chase"), {"op": op, "words": "急"}).status_code == 303
    assert Complaint.objects.get().chase_count == 1
    again = client.post(act(page, complaint, "chase"), {"op": str(uuid.uuid4())})
    assert again.status_code == 422
    assert Complaint.objects.get().chase_count == 1
    with pytest.raises(ValidationError):
        perform(complaint, "chase", by=link, now=timezone.now() + CHASE_AGAIN_AFTER - timedelta(minutes=1))
    perform(complaint, "chase", by=link, now=timezone.now() + CHASE_AGAIN_AFTER + timedelta(minutes=1))
    assert Complaint.objects.get().chase_count == 2


@pytest.mark.req("S0-28", "S2-181")
def test_his_agreement_counts_as_his_signature(client, approved):
    _link, page = link_to(approved)
    shown = client.get(page).content.decode()
    assert "师傅上门补胶" in shown
    for inside in ("121", "861", "内部批示", "整樘更换"):
        assert inside not in shown
    assert client.post(act(page, approved, "accept-plan"), {}).status_code == 422  # not ticked
    data = {"agree": "on", "version": approved.version, "how": "signature"}
    assert client.post(act(page, approved, "accept-plan"), data).status_code == 303
    done = Complaint.objects.get()
    assert (done.status, done.accepted_how) == ("implementing", "link")
    event = Event.objects.get(action="accept_plan")
    assert (event.actor, event.data["how"]) == ("customer", "link")
    assert done.strands.get(kind="notify").is_done


@pytest.mark.req("S2-184")
def test_he_may_take_an_offered_option_instead_and_no_other(client, approved):
    _link, page = link_to(approved)
    selected, offered, inside = approved.options.order_by("pk")
    data = {"agree": "on", "version": approved.version}
    assert client.post(act(page, approved, "accept-plan"), data | {"option": inside.pk}).status_code == 422
    assert client.post(act(page, approved, "accept-plan"), data | {"option": offered.pk}).status_code == 303
    assert [(one.selected, one.customers_choice) for one in approved.options.order_by("pk")] == [
        (False, False),
        (True, True),
        (False, False),
    ]
    assert approved.options.get(selected=True).selected_by_id == selected.selected_by_id


@pytest.mark.req("S2-184")
def test_he_declines_with_his_reason(client, approved):
    _link, page = link_to(approved)
    assert client.post(act(page, approved, "decline-plan"), {"words": ""}).status_code == 422
    assert client.post(act(page, approved, "decline-plan"), {"words": "要换新的"}).status_code == 303
    assert Complaint.objects.get().status == "investigating"
    assert Event.objects.get(action="decline_plan").note == "要换新的"


def test_a_plan_that_changed_meanwhile_is_not_agreed_to(client, approved):
    _link, page = link_to(approved)
    Complaint.objects.filter(pk=approved.pk).update(version=approved.version + 1)
    answer = client.post(act(page, approved, "accept-plan"), {"agree": "on", "version": approved.version})
    assert answer.status_code == 409
    assert Complaint.objects.get().status == "plan_approved"


# --- given and taken back ---------------------------------------------------------------------------------------------
def test_the_link_is_shown_once_and_a_double_press_makes_one(client, complaint, agent, settings):
    client.force_login(agent)
    url, op = reverse("cases:complaint-issue-link", args=[complaint.pk]), str(uuid.uuid4())
    first, second = (client.post(url, {"op": op}).content.decode() for _press in range(2))
    address = re.search(rf'value="{settings.SITE_URL}(/s/[\w-]+/)"', first)[1]
    assert address in second
    assert "<svg" in first
    assert CustomerLink.objects.count() == 1
    assert Event.objects.get(action="issue_link").by == agent
    assert Client().get(address).status_code == 200
    page = client.get(url)
    assert address not in page.content.decode()
    taken = client.post(reverse("cases:complaint-revoke-link", args=[complaint.pk]), {"reason": "发错人"})
    assert taken.status_code == 302
    assert Client().get(address).status_code == 404
    assert Event.objects.get(action="revoke_link").note == "发错人"


@pytest.mark.parametrize(
    ("status", "verb", "details"),
    [
        ("awaiting_follow_up", "close", {"summary": "补胶"}),
        ("judging", "withdraw", {"reason": "客户撤回"}),
        ("judging", "merge", {"reason": "同一件事"}),
    ],
)
def test_the_link_ends_with_the_matter(client, supervisor, status, verb, details):
    complaint = ComplaintFactory(status=status, follow_up_verdict="satisfied")
    if verb == "merge":
        details = details | {"into": ComplaintFactory(matter__customer=complaint.customer)}
    _link, page = link_to(complaint)
    perform(complaint, verb, by=supervisor, **details)
    assert client.get(page).status_code == 404


# --- text for WeChat --------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-05", "S3-56")
def test_the_text_for_wechat_says_all_and_hides_what_is_private(complaint, agent):
    Complaint.objects.filter(pk=complaint.pk).update(content="门板开裂，请打 13800138000 找张伟。还有别的。")
    now = timezone.now()
    one = Complaint.objects.get()
    perform(one, "start_judging", by=agent, department=one.klass.department, reply="内部的话")
    perform(one, "make_promise", by=agent, kind="reply", what="回电告知方案", due_at=now + timedelta(hours=3))
    perform(one, "add_note", by=agent, text="客户难缠")
    with translation.override("zh-hans"):
        text = Progress(Complaint.objects.get(), timezone.now()).as_text()
    assert complaint.number in text
    assert "进度：正在核实情况" in text
    assert "已承诺：回电告知方案" in text
    for inside in ("13800138000", "张伟", "难缠", "内部的话", agent.name):
        assert inside not in text


def test_the_button_gets_the_bare_text_and_the_page_offers_to_record_it(client, complaint, agent):
    client.force_login(agent)
    url = reverse("cases:complaint-progress", args=[complaint.pk])
    bare = client.get(url, headers={"hx-request": "true"})
    assert bare["Content-Type"].startswith("text/plain")
    assert complaint.number in bare.content.decode()
    page = client.get(url).content.decode()
    assert "<textarea" in page
    assert reverse("cases:complaint-record-contact", args=[complaint.pk]) in page
    assert not Event.objects.exists()  # looking records nothing


@pytest.mark.parametrize(("name", "shown"), [("王敏", "王"), ("欧阳雪", "欧阳"), ("Anna Smith", "Smith"), ("", "")])
def test_a_colleague_is_named_by_surname(name, shown):
    user = person("agent", name=name)
    assert short_name(user) == shown


def test_one_press_makes_the_link_and_gives_it_to_be_copied(client, complaint, agent, settings):
    client.force_login(agent)
    page = client.get(complaint.get_absolute_url()).content.decode()
    url = reverse("cases:complaint-issue-link", args=[complaint.pk])
    form = re.search(rf'<form method="post" action="{url}" data-copy-made.*?name="op" value="([\w-]+)"', page, re.S)
    first, again = (client.post(url, {"op": form[1]}, headers={"Accept": "text/plain"}) for _press in range(2))
    assert first["Content-Type"] == "text/plain"
    assert "no-store" in first["Cache-Control"]
    address = first.content.decode()
    assert again.content.decode() == address
    assert CustomerLink.objects.count() == 1
    assert client.post(url, {"op": form[1]}).content.decode().count(f'value="{address}" readonly') == 1  # no scripts
    assert Client().get(address.removeprefix(settings.SITE_URL)).status_code == 200


def test_the_page_after_a_call_offers_the_link_of_what_was_registered(client, agent):
    world = SimpleNamespace(own=agent.regions.get())
    url = reverse("cases:call-done", kwargs=call_of(world, agent))
    client.force_login(agent)
    answer = client.get(url)
    issue = reverse("cases:complaint-issue-link", args=[answer.context["complaint"].pk])
    assert f'action="{issue}" data-copy-made' in answer.content.decode()
    Complaint.objects.update(status="closed", closed_at=timezone.now())
    assert "data-copy-made" not in client.get(url).content.decode()


def test_nobody_is_offered_a_link_he_may_not_give(client, complaint):
    client.force_login(person("quality"))
    assert "data-copy-made" not in client.get(complaint.get_absolute_url()).content.decode()
