"""The call screen's acts: what is typed while the customer is on the line becomes a record, once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.models import Complaint, StandardPlan
from core.models import Area
from customers.models import Contact, Customer
from workflow.models import Attachment, Deadline, Event, Operation, Promise
from workflow.perform import perform

from tests.cases.intake import NUMBER, at_work, fields, on_the_line, url
from tests.factories.cases import ComplaintFactory, StandardPlanFactory, person
from tests.factories.customers import ContactFactory, CustomerRegionFactory, PhoneFactory
from tests.factories.files import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(db):
    at_work()
    return on_the_line()


@pytest.fixture
def call(client, agent):
    """Send a call as the agent and answer the response; ``status`` is what is expected."""
    client.force_login(agent)

    def call(at=None, status=302, **changes):
        answer = client.post(at or url(), fields(**changes))
        assert answer.status_code == status, answer.context and answer.context["form"].errors
        return answer

    return call


def only():
    return Complaint.objects.get()


@pytest.mark.req("S0-30", "S0-57", "S1-20", "S2-172", "S3-05", "S3-147")
def test_a_complaint_is_on_file_at_once_with_number_caller_and_clocks(call, client, customer, agent):
    page = client.get(call().url)
    complaint = only()
    assert complaint.number in page.content.decode()
    assert (complaint.customer, complaint.received_by, complaint.matter.owner) == (customer, agent, agent)
    assert (complaint.caller_name, complaint.caller_relation, complaint.caller_phone) == ("张伟", "self", NUMBER)
    assert {"plan", "first_reply", "resolve"} <= set(Deadline.objects.of(complaint).values_list("kind", flat=True))
    assert Event.objects.get(action="register").note == complaint.content


@pytest.mark.req("S1-21", "S1-65")
def test_class_severity_and_demand_left_open_are_proposed_from_the_words(call, customer):
    call(content="门板开裂掉下来，砸到孩子的手，要求退款。")
    complaint = only()
    assert complaint.klass.code == "quality"
    assert complaint.severity == "serious"
    assert complaint.is_grave
    assert complaint.received_at <= timezone.now()


def test_what_the_agent_chose_is_not_proposed_over(call, customer):
    sales = Complaint._meta.get_field("klass").related_model.objects.get(code="sales")
    call(content="门裂了，还划伤了手。", klass=sales.pk, severity="minor", demand="apology", proposal_seen="1")
    complaint = only()
    assert (complaint.klass, complaint.severity, complaint.demand) == (sales, "minor", "apology")
    assert not complaint.is_grave


def test_a_grave_incident_goes_before_the_general_manager(call, customer):
    call(is_grave="on")
    assert only().escalations.get().level == "general_manager"
    assert Event.objects.get(action="register").data["grave"] is True


def test_several_products_with_their_part_and_symptom(call, customer):
    first, second = customer.cards.order_by("pk")[:2]
    call(
        card=[first.pk, second.pk],
        **{f"part_{first.pk}": "门扇", f"symptom_{first.pk}": "开裂", f"part_{second.pk}": "锁体"},
        model_0=first.product.model_no.lower(),
        room_0="书房",
        symptom_o0="异响",
        model_1="别家的门吸",
    )
    items = list(only().items.order_by("pk").values_list("card", "product", "room", "part", "symptom"))
    assert items == [
        (first.pk, first.product_id, "主卧", "门扇", "开裂"),
        (second.pk, second.product_id, "次卧", "锁体", ""),
        (None, first.product_id, "书房", "", "异响"),
    ]
    assert "别家的门吸" in only().content


@pytest.mark.req("S2-47")
def test_the_promised_reply_is_recorded_and_watched(call, customer):
    due = timezone.localtime(timezone.now() + timedelta(hours=5)).replace(second=0, microsecond=0)
    call(promise_at=f"{due:%Y-%m-%dT%H:%M}", promise_channel="wechat")
    promise = Promise.objects.get()
    assert (promise.due_at, promise.channel, promise.customer) == (due, "wechat", customer)
    assert Deadline.objects.get(kind="promise").due_at == due


@pytest.mark.req("S2-24", "S2-94")
def test_urgent_kinds_and_risks_are_marked(call, customer):
    call(urgency="wrong_order", is_risky="on")
    assert (only().urgency, only().is_risky) == ("wrong_order", True)


@pytest.mark.req("S1-18", "S3-03", "S3-24", "S3-51", "S3-56", "S3-101", "S3-106")
@pytest.mark.parametrize(
    "channel",
    ["phone", "wechat", "web_chat", "app_chat", "online_message", "email", "sms", "fax", "letter", "counter"],
)
def test_every_channel_is_taken(call, customer, channel):
    call(channel=channel)
    assert only().channel == channel


def test_a_letter_counts_from_the_day_it_came(call, customer):
    came = timezone.localtime(timezone.now() - timedelta(days=2)).replace(second=0, microsecond=0)
    call(channel="letter", received_at=f"{came:%Y-%m-%dT%H:%M}")
    assert only().received_at == came
    assert Deadline.objects.get(kind="plan").due_at == came + timedelta(hours=72)


def test_a_time_to_come_is_refused_at_its_field_with_everything_kept(call, customer):
    answer = call(received_at="2999-01-01T10:00", channel="letter", status=422)
    page = answer.content.decode()
    assert "received_at" in answer.context["form"].errors
    assert "从锁孔往下裂了一道缝" in page
    assert not Complaint.objects.exists()


# --- answered, planned, helped at once ----------------------------------------------------------------------------------
@pytest.mark.req("S0-22", "S1-01", "S1-02")
@pytest.mark.parametrize(("kind", "topic"), [("enquiry", "upkeep"), ("suggestion", "use")])
def test_a_question_is_logged_and_closed_with_its_answer_in_one_act(call, customer, kind, topic):
    call(kind=kind, topic=topic, content="木门怎么保养？", answer="用拧干的软布擦，别用酒精。")
    complaint = only()
    assert (complaint.type, complaint.topic, complaint.status) == (kind, topic, "closed")
    assert complaint.answer.startswith("用拧干的软布")
    assert list(Event.objects.order_by("pk").values_list("action", flat=True)) == ["register", "answer_on_the_spot"]
    assert not Deadline.objects.of(complaint).open().exists()


@pytest.mark.req("S2-46")
def test_a_question_to_be_verified_stays_open_for_a_day_at_most(call, customer):
    call(kind="enquiry", content="M-203 能不能配电子锁？")
    question = Deadline.objects.get(kind="question")
    assert only().status == "registered"
    assert question.due_at - question.started_at == timedelta(hours=24)


@pytest.mark.req("S3-66")
def test_a_trouble_solved_on_the_phone_is_closed_with_its_answer(call, customer):
    call(kind="repair", content="锁打不开", solved="on", answer="教客户反锁两圈再开，已打开。")
    assert (only().status, only().remote) == ("closed", "solved")


def test_solved_without_a_word_is_refused(call, customer):
    assert "answer" in call(kind="repair", solved="on", status=422).context["form"].errors


@pytest.mark.req("S3-148")
def test_installation_help_is_a_kind_of_its_own(call, customer):
    call(kind="installation_help", content="自己装合页对不上孔")
    assert only().type == "installation_help"
    assert Deadline.objects.filter(kind="contact").exists()


@pytest.mark.req("S3-98")
def test_a_repair_request_waits_for_its_repairer(call, customer):
    call(kind="repair", content="次卧合页松了，门下垂")
    assert (only().type, only().status) == ("repair", "registered")


def approved_plan(manager, **changes):
    return StandardPlanFactory(approved_by=manager, approved_at=timezone.now(), **changes)


def test_a_repair_goes_straight_to_a_standard_plan(call, customer, manager):
    plan = approved_plan(manager)
    call(kind="repair", content="少一副合页", standard_plan=plan.pk, agreed="客户同意自己装")
    complaint = only()
    assert complaint.status == "implementing"
    assert complaint.selected_option.standard_plan == plan
    assert Event.objects.filter(action="accept_plan", note="客户同意自己装").exists()


def test_a_plan_for_another_class_is_refused_at_its_field(call, customer, manager):
    other = Complaint._meta.get_field("klass").related_model.objects.get(code="sales")
    plan = approved_plan(manager, klass=other)
    answer = call(kind="repair", content="门板开裂", standard_plan=plan.pk, agreed="同意", status=422)
    assert "standard_plan" in answer.context["form"].errors
    assert not Complaint.objects.exists()


def test_a_plan_nobody_approved_is_not_offered(call, customer):
    plan = StandardPlanFactory()
    call(kind="repair", standard_plan=plan.pk, status=422)
    assert StandardPlan.objects.usable().count() == 0


# --- on an open matter -------------------------------------------------------------------------------------------------
def test_a_chase_is_counted_and_the_owner_told(call, customer, django_capture_on_commit_callbacks):
    complaint = ComplaintFactory(matter__customer=customer, status="investigating", matter__owner=person("agent"))
    call(kind="chase", into=complaint.pk, content="")
    call(kind="chase", into=complaint.pk, content="客户很着急")
    complaint = Complaint.objects.get(pk=complaint.pk)
    assert complaint.chase_count == 2
    assert Event.objects.filter(action="chase").count() == 2
    assert Complaint.objects.count() == 1


def test_words_are_added_to_the_open_matter(call, customer):
    complaint = ComplaintFactory(matter__customer=customer, status="investigating")
    call(kind="note", into=complaint.pk, content="客户说周六全天在家")
    assert Event.objects.get(action="add_note").note == "客户说周六全天在家"
    call(kind="note", into=complaint.pk, content="", status=422)


def test_chasing_what_was_closed_meanwhile_keeps_the_words(call, client, customer, monkeypatch):
    complaint = ComplaintFactory(matter__customer=customer, status="investigating")
    monkeypatch.setattr("cases.intake.acts.perform", _closed_by_somebody_else)
    answer = call(kind="chase", into=complaint.pk, content="客户很着急", status=409)
    assert "客户很着急" in answer.content.decode()


def _closed_by_somebody_else(record, verb, **details):
    Complaint.objects.filter(pk=record.pk).update(status="closed", closed_at=timezone.now())
    return perform(record, verb, **details)


# --- files -------------------------------------------------------------------------------------------------------------
@pytest.mark.req("S3-03", "S2-94")
def test_photos_come_with_the_complaint(call, customer):
    call(files=[upload()], shows="chat", is_risky="on")
    attachment = Attachment.objects.get()
    assert (attachment.matter, attachment.kind, attachment.media) == (only().matter, "chat", "photo")
    call(kind="note", into=only().pk, content="又发来一张", files=[upload(picture(colour="blue"))])
    assert Attachment.objects.count() == 2


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_registered(call, customer):
    answer = call(files=[upload(b"<script>")], status=422)
    assert "files" in answer.context["form"].errors
    assert not Complaint.objects.exists()


# --- once ----------------------------------------------------------------------------------------------------------------
def test_the_same_form_sent_twice_makes_one_complaint(call, customer):
    op = str(uuid.uuid4())
    first, second = call(op=op), call(op=op)
    assert first.url == second.url
    assert Complaint.objects.count() == Operation.objects.count() == 1


def test_the_same_operation_with_other_words_is_refused_and_the_words_come_back(call, customer):
    op = str(uuid.uuid4())
    call(op=op)
    answer = call(op=op, content="其实是次卧的门。", status=409)
    assert "其实是次卧的门。" in answer.content.decode()
    assert Complaint.objects.count() == 1


def test_a_newcomers_form_sent_twice_opens_one_file(call):
    at_work()
    op, at = str(uuid.uuid4()), url("13712345678")
    first = call(at, op=op, **newcomer())
    assert call(at, op=op, **newcomer()).url == first.url
    assert Customer.objects.count() == Complaint.objects.count() == 1


def test_a_chase_sent_twice_is_counted_once_even_after_the_end(call, customer):
    complaint = ComplaintFactory(matter__customer=customer, status="investigating")
    op = str(uuid.uuid4())
    first = call(kind="chase", into=complaint.pk, content="", op=op)
    Complaint.objects.filter(pk=complaint.pk).update(status="closed", closed_at=timezone.now())
    assert call(kind="chase", into=complaint.pk, content="", op=op).url == first.url
    assert Complaint.objects.get(pk=complaint.pk).chase_count == 1


def test_an_operation_of_somebody_else_is_refused(call, client, customer):
    op = str(uuid.uuid4())
    call(op=op)
    client.force_login(person("agent"))
    assert client.post(url(), fields(op=op)).status_code == 409
    assert client.get(f"/call/done/{op}/").status_code == 404


# --- who is calling -------------------------------------------------------------------------------------------------------
def test_a_known_contact_is_recognised_by_his_number(call, client, customer):
    phone = PhoneFactory(customer=customer, number="13900139000")
    contact = ContactFactory(customer=customer, name="李娟", phone=phone)
    page = client.get(url("13900139000"))
    assert page.context["form"]["caller"].initial == str(contact.pk)
    call(url("13900139000"), caller=contact.pk)
    assert (only().caller_name, only().caller_relation, only().caller_phone) == ("李娟", "family", "13900139000")


def test_somebody_new_on_the_line_is_kept_with_his_number(call, customer):
    call(caller="new", caller_name="王工", caller_relation="decorator", caller_phone="139 0013 9000")
    contact = Contact.objects.get()
    assert (contact.customer, contact.name, contact.relation) == (customer, "王工", "decorator")
    assert contact.phone.number == "13900139000"
    assert only().caller_name == "王工"


def test_a_new_number_of_the_customer_is_kept_when_asked_for(call, customer):
    at = url("13911139111", customer=customer.pk)
    call(at, keep_number="on")
    assert customer.phones.filter(number="13911139111").exists()
    call(url("13922139222", customer=customer.pk))
    assert not customer.phones.filter(number="13922139222").exists()


# --- somebody new ----------------------------------------------------------------------------------------------------------
def newcomer(**changes):
    region = CustomerRegionFactory()
    return {"name": "赵敏", "phone": "137 1234 5678", "region": region.pk, "caller": "", **changes}


def test_a_file_is_opened_with_the_complaint_in_one_act(call, client):
    at_work()
    call(url("13712345678"), **newcomer(address="团城山 8 号"))
    customer = Customer.objects.get()
    assert (customer.name, customer.address, customer.phones.get().number) == ("赵敏", "团城山 8 号", "13712345678")
    assert only().customer == customer
    assert only().caller_phone == "13712345678"


def test_the_area_is_read_from_the_address(call, client):
    at_work()
    Area.objects.load_facts()
    call(url("13712345678"), **newcomer(address="黄石市下陆区团城山街道 8 号"))
    customer = Customer.objects.get()
    assert customer.area.full_name == "湖北省黄石市下陆区"
    assert customer.place == "湖北省黄石市下陆区团城山街道 8 号"


def test_a_name_and_a_number_are_asked_for(call):
    at_work()
    answer = call(url("13712345678"), **newcomer(name="", phone=""), status=422)
    assert {"name", "phone"} <= set(answer.context["form"].errors)
    assert not Customer.objects.exists()


def test_no_second_file_for_a_number_that_has_one_by_now(call):
    at_work()
    at = url("13712345678")
    call(at, **newcomer())
    answer = call("/call/new/", **newcomer(name="赵敏敏"), status=422)
    assert "phone" in answer.context["form"].errors
    assert Customer.objects.count() == 1
    call("/call/new/", **newcomer(name="王装修", twin_is_meant="on"))
    assert Customer.objects.count() == 2


def test_a_question_of_somebody_nameless_is_logged_with_the_branch(call):
    at_work()
    for _call in range(2):
        call("/call/new/", **newcomer(name="", phone=""), kind="enquiry", content="几点下班？", answer="六点")
    assert Customer.objects.count() == 1
    assert Complaint.objects.filter(status="closed").count() == 2
    call("/call/new/", **newcomer(name="", phone=""), kind="enquiry", content="几点下班？", status=422)


# --- another branch --------------------------------------------------------------------------------------------------------
@pytest.fixture
def elsewhere(db):
    at_work()
    branch = CustomerRegionFactory(code="wuhan", name="武汉分公司")
    return on_the_line(region=branch)


def test_a_call_for_another_branch_is_handed_over_without_a_second_file(call, client, elsewhere):
    assert client.get(url()).context["mode"] == "elsewhere"
    page = client.get(url(branch=elsewhere.region_id))
    assert elsewhere.name not in page.content.decode()
    done = client.get(call(url(branch=elsewhere.region_id), caller="", caller_name="张先生").url)
    complaint = only()
    assert (complaint.customer, complaint.region, complaint.matter.owner) == (elsewhere, elsewhere.region, None)
    assert Customer.objects.count() == 1
    page = done.content.decode()
    assert complaint.number in page
    assert elsewhere.name not in page
    assert client.get(complaint.get_absolute_url()).status_code == 404
    assert Event.objects.get(action="move_to").data["to"] == elsewhere.region_id


def test_a_new_file_for_a_number_filed_elsewhere_is_refused(call, elsewhere):
    call(url(), **newcomer(phone=NUMBER), status=422)
    call("/call/new/", **newcomer(phone=NUMBER), status=422)
    assert Customer.objects.count() == 1


def test_a_refused_form_says_that_its_photos_must_be_chosen_again(call, customer):
    """No browser sends them again by itself: they must not be thought kept."""
    answer = call(content="", files=[upload(name="<b>门缝.jpg"), upload(name="锁孔.jpg")], status=422)
    page = answer.content.decode()
    assert "这些文件尚未保存，请重新选择：&lt;b&gt;门缝.jpg, 锁孔.jpg" in page
    assert "请重新选择" not in call(content="", status=422).content.decode()
