"""Opening a file from the call screen: few fields, no second file, nothing typed twice or lost."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Contact, Customer, Phone
from customers.signals import customer_opened

from tests.factories.accounts import RegionFactory, UserFactory
from tests.factories.customers import CustomerFactory, DealerFactory, PhoneFactory

NEW = "/customers/new/"


def facts(branch, **changes):
    return {
        "op": str(uuid.uuid4()), "phone": "138 0013 8000", "name": "张伟", "relation": "self", "region": branch.pk,
        "source": "hotline", "address": "", "area": "", "caller": "", "dealer": "",
    } | changes  # fmt: skip


@pytest.mark.req("S0-27", "S1-73")
def test_a_call_opens_a_file(signed_in, agent, region):
    dealer = DealerFactory(region=region)
    told = []
    customer_opened.connect(lambda customers, by, **kwargs: told.append((customers, by)), weak=False, dispatch_uid="t")
    answer = signed_in.post(NEW, facts(region, address="湖北黄石下陆区湖滨大道18号", dealer=dealer.pk))
    customer_opened.disconnect(dispatch_uid="t")
    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("customers:file", args=[customer.pk])
    assert (customer.name, customer.region, customer.dealer, customer.created_by) == ("张伟", region, dealer, agent)
    assert (customer.area.full_name, customer.address) == ("湖北省黄石市下陆区", "湖滨大道18号")
    assert customer.number.startswith("KH")
    assert customer.root == customer
    assert customer.preferred_phone.number == "13800138000"
    assert told == [([customer], agent)]


def test_the_number_that_rang_is_there_already(signed_in, region):
    page = signed_in.get(NEW, {"phone": "13800138000"}).content.decode()
    assert 'value="138 0013 8000"' in page or 'value="13800138000"' in page


def test_a_landline_without_area_code_gets_that_of_the_branch(signed_in, region):
    signed_in.post(NEW, facts(region, phone="6351234"))
    assert Phone.objects.get().number == "07146351234"


@pytest.mark.parametrize("relation", ["decorator", "property_manager", "family", "neighbour"])
def test_who_is_calling_is_recorded(signed_in, region, relation):
    signed_in.post(NEW, facts(region, relation=relation, caller="刘工"))
    contact = Contact.objects.get()
    assert (contact.relation, contact.name, contact.phone.number) == (relation, "刘工", "13800138000")


def test_the_same_submission_twice_opens_one_file(signed_in, region):
    data = facts(region)
    first, second = signed_in.post(NEW, data), signed_in.post(NEW, data)
    assert Customer.objects.count() == 1
    assert first.url == second.url


def test_the_same_submission_with_other_words_is_not_taken_for_the_first(signed_in, region):
    data = facts(region)
    signed_in.post(NEW, data)
    other = data | {"name": "李娟", "phone": "139 0013 9000"}
    answer = signed_in.post(NEW, other)
    assert answer.status_code == 409
    assert "“张伟" in answer.text
    for typed in ("李娟", "139 0013 9000"):
        assert typed in answer.text
    assert [one.name for one in Customer.objects.all()] == ["张伟"]
    # Its own operation has been spent: pressing again saves the other words as what they are.
    assert signed_in.post(NEW, other | {"op": str(answer.context["op"])}).status_code == 302
    assert set(Customer.objects.values_list("name", flat=True)) == {"张伟", "李娟"}


def test_a_submission_belongs_to_who_sent_it(signed_in, region, agent):
    data = facts(region)
    signed_in.post(NEW, data)
    assert Customer.made_by(data["op"], agent)
    assert Customer.made_by(data["op"], UserFactory(role="agent", region=region)) is None


def test_a_number_that_is_filed_already_shows_the_file_and_waits_for_a_decision(signed_in, region):
    twin = PhoneFactory(number="13800138000", customer=CustomerFactory(region=region, name="张建国")).customer
    assert twin.get_absolute_url() in signed_in.get(NEW, {"phone": "138-0013-8000"}).content.decode()
    answer = signed_in.post(NEW, facts(region, name="张小明"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Customer.objects.count() == 1
    assert twin.get_absolute_url() in page
    assert 'value="张小明"' in page
    assert signed_in.post(NEW, facts(region, name="张小明", another_person="on")).status_code == 302
    assert Customer.objects.count() == 2


@pytest.mark.req("S0-21")
def test_a_number_filed_at_another_branch_answers_with_that_branch_and_no_name(signed_in, region, elsewhere):
    PhoneFactory(number="13800138000", customer=CustomerFactory(region=elsewhere, name="欧阳静"))
    page = signed_in.get(NEW, {"phone": "13800138000"}).content.decode()
    assert "鄂州分公司" in page
    assert "欧阳" not in page
    assert signed_in.post(NEW, facts(region)).status_code == 422
    only_a_tail = signed_in.get(NEW, {"phone": "8000"}).content.decode()
    assert "鄂州分公司" not in only_a_tail


def test_the_lookup_tells_visible_files_from_stubs(agent, region, elsewhere):
    mine = PhoneFactory(number="13800138000", customer=CustomerFactory(region=region)).customer
    PhoneFactory(number="13800138000", customer=CustomerFactory(region=elsewhere))
    assert Customer.objects.by_phone("+86 138 0013 8000", agent) == ([mine], [elsewhere])
    assert Customer.objects.by_phone("8000", agent) == ([mine], [])
    assert Customer.objects.by_phone("没有号码", agent) == ([], [])
    boss = UserFactory(role="general_manager")
    assert len(Customer.objects.by_phone("13800138000", boss).files) == 2


def test_a_merged_file_answers_with_the_one_that_was_kept(agent, region):
    kept = CustomerFactory(region=region)
    merged = PhoneFactory(number="13800138000", customer=CustomerFactory(region=region)).customer
    Customer.objects.filter(pk=merged.pk).update(root=kept)
    assert Customer.objects.by_phone("13800138000", agent).files == [kept]
    assert list(Customer.objects.live()) == [kept]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "1380013800"), ("phone", "abcdefghijk"), ("phone", ""), ("name", ""), ("name", "张" * 61),
        ("relation", "boss"), ("area", "火星"), ("area", "鼓楼区"), ("dealer", "999999"), ("dealer", "'"),
        ("address", "x" * 500), ("source", "spy"),
    ],
)  # fmt: skip
def test_a_wrong_field_says_so_and_the_rest_stays(signed_in, region, field, value):
    answer = signed_in.post(NEW, facts(region, **{"address": "湖滨大道 18 号", "caller": "刘工", field: value}))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert Customer.objects.count() == 0
    assert "errorlist" in page
    assert 'value="刘工"' in page


def test_nobody_opens_a_file_for_a_branch_that_is_not_his(signed_in, region, elsewhere):
    assert signed_in.post(NEW, facts(region, region=elsewhere.pk)).status_code == 422
    assert Customer.objects.count() == 0


def test_a_form_that_lost_its_op_is_refused(signed_in, region):
    assert signed_in.post(NEW, facts(region, op="x")).status_code == 400
    assert Customer.objects.count() == 0


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_only_our_own_pages_come_next(signed_in, region, url):
    assert signed_in.post(NEW, facts(region, next=url)).url.startswith("/customers/")


def test_the_call_screen_comes_next_when_it_asked(signed_in, region):
    assert signed_in.post(NEW, facts(region, next="/call/?phone=13800138000")).url == "/call/?phone=13800138000"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "𠮷野家🙂"])
def test_any_name_is_shown_as_it_is(signed_in, region, name):
    signed_in.post(NEW, facts(region, name=name, address=name))
    customer = Customer.objects.get()
    assert customer.name == name
    for url in (customer.get_absolute_url(), "/customers/", reverse("customers:edit", args=[customer.pk])):
        page = signed_in.get(url).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "{{7*7}}" not in page or name == "{{7*7}}"


def test_invisible_characters_are_cleaned_the_same_on_both_databases(signed_in, region):
    signed_in.post(
        NEW, facts(region, name="张\x00伟\u202e\u200b", address="湖滨\ud800大道".encode("utf-8", "replace").decode())
    )
    assert Customer.objects.get().name == "张伟"


def test_regions_without_a_choice_are_not_asked_for(client, db):
    solo = RegionFactory()
    client.force_login(UserFactory(role="agent", region=solo))
    assert f'<input type="hidden" name="region" value="{solo.pk}">' in client.get(NEW).content.decode()
