"""The handbook agents read and the tables a manager keeps it by."""

import uuid

import pytest
from django.core.management import call_command
from django.urls import reverse

from knowledge.codes import ComplaintClass
from knowledge.models import HandlingGuide, PhraseChip, ServicePhrase, WordRule

from tests.factories.accounts import RegionFactory, UserFactory
from tests.factories.customers import ProductGroupFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def loaded():
    call_command("load_catalogue", verbosity=0)
    call_command("load_knowledge", verbosity=0)


@pytest.fixture
def manager(client):
    user = UserFactory(role="manager", region=RegionFactory(), name="刘洋")
    client.force_login(user)
    return user


@pytest.mark.req("S0-23", "S0-24", "S1-66", "S2-57", "S2-141", "S2-183")
def test_an_agent_reads_guides_and_phrases(client, loaded):
    client.force_login(UserFactory(role="agent"))
    page = client.get("/handbook/").content.decode()
    for words in (
        "不争论、不恶言、不动怒",
        "“不行”“不可以”",
        "我需要拿回去分析一下",
        "麻烦您先垫付",
        "您慢慢说",
        "鉴定之前不对责任表态",
        "由主管致电道歉",
    ):
        assert words in page


@pytest.mark.req("S1-66")
def test_every_class_of_complaint_has_its_guide(loaded):
    assert set(HandlingGuide.objects.values_list("class_code", flat=True)) == set(ComplaintClass.values)


@pytest.mark.req("S2-57")
def test_placeholders_are_filled_and_unknown_ones_stay():
    phrase = ServicePhrase(text="您好，我是{公司名称}售后{姓名}，编号{编号}。")
    assert phrase.placeholders == ["公司名称", "姓名", "编号"]
    assert phrase.fill({"公司名称": "华美门业", "编号": "TS1"}) == "您好，我是华美门业售后{姓名}，编号TS1。"
    assert phrase.fill({"姓名": "{编号}", "编号": "<b>"}) == "您好，我是{公司名称}售后{编号}，编号<b>。"


def test_chips_are_offered_for_the_product_and_in_general(loaded):
    doors = ProductGroupFactory(code="doors")
    offered = PhraseChip.objects.offered([group.pk for group in doors.lineage()])
    assert {"门扇", "合页", "锁体"} <= {chip.text for chip in offered["part"]}
    assert {"开裂", "下垂", "少件"} <= {chip.text for chip in offered["symptom"]}
    assert "椅背" not in {chip.text for chip in offered["part"]}
    assert {chip.text for chip in PhraseChip.objects.offered()["symptom"]} >= {"少件", "修后又坏"}


ENTRIES = {
    "chips": {"kind": "part", "text": "门槛石", "position": 1, "active": "on"},
    "words": {"words": "长蘑菇 长*蘑菇", "class_code": "quality", "weight": 3, "position": 1, "active": "on"},
    "phrases": {"kind": "courtesy", "situation": "opening", "text": "早上好", "position": 1, "active": "on"},
    "guides": {"class_code": "quality", "steps": "先看\r\n再修", "position": 1, "active": "on"},
}
MODELS = {"chips": PhraseChip, "words": WordRule, "phrases": ServicePhrase, "guides": HandlingGuide}


@pytest.mark.parametrize("table", ENTRIES)
def test_the_same_submission_with_another_place_in_the_list_is_not_taken_for_the_first(client, manager, table):
    data = ENTRIES[table] | {"op": str(uuid.uuid4())}
    client.post(reverse(f"knowledge:{table}-new"), data)
    answer = client.post(reverse(f"knowledge:{table}-new"), data | {"position": 4321})
    assert answer.status_code == 409
    assert "4321" in answer.text
    assert MODELS[table].objects.get().position == 1


@pytest.mark.parametrize("table", ENTRIES)
def test_a_manager_adds_and_mends_a_line(client, manager, table):
    data = ENTRIES[table] | {"op": str(uuid.uuid4())}
    assert client.post(reverse(f"knowledge:{table}-new"), data).status_code == 302
    client.post(reverse(f"knowledge:{table}-new"), data)
    entry = MODELS[table].objects.get()
    edit = reverse(f"knowledge:{table}-edit", args=[entry.pk])
    assert client.get(edit).status_code == 200
    assert client.post(edit, ENTRIES[table] | {"version": 1, "position": 7, "active": ""}).status_code == 302
    entry.refresh_from_db()
    assert (entry.position, entry.active, entry.version, entry.changed_by) == (7, False, 2, manager)
    assert client.post(edit, ENTRIES[table] | {"version": 1, "position": 9}).status_code == 409
    assert "刘洋" in client.post(edit, ENTRIES[table] | {"version": 1, "position": 9}).content.decode()
    assert client.get(reverse(f"knowledge:{table}")).status_code == 200
    assert MODELS[table].objects.get().position == 7


@pytest.mark.parametrize(
    ("table", "wrong", "field"),
    [
        ("words", {"words": "裂"}, "words"), ("words", {"class_code": ""}, "__all__"), ("words", {"weight": 99}, "weight"),
        ("chips", {"text": ""}, "text"), ("chips", {"kind": "x"}, "kind"),
        ("phrases", {"kind": "forbidden", "instead": ""}, "instead"), ("guides", {"steps": ""}, "steps"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_at_its_field(client, manager, table, wrong, field):
    answer = client.post(reverse(f"knowledge:{table}-new"), ENTRIES[table] | {"op": str(uuid.uuid4())} | wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not MODELS[table].objects.exists()


@pytest.mark.parametrize("table", ENTRIES)
def test_lists_cost_the_same_for_a_few_lines_and_for_many(
    client, manager, loaded, django_assert_max_num_queries, table
):
    keys = list(MODELS[table].objects.values_list("pk", flat=True))

    def cost():
        with django_assert_max_num_queries(30) as seen:
            assert client.get(reverse(f"knowledge:{table}")).status_code == 200
        return len(seen.captured_queries)

    cost()  # what a process reads once
    many = cost()
    MODELS[table].objects.exclude(pk=keys[0]).delete()
    assert cost() == many


def test_the_word_table_is_tried_on_a_text_with_and_without_scripts(client, manager, loaded):
    text = {"text": "主卧木门开裂，再不处理我就打 12315"}
    for headers in ({}, {"HX-Request": "true"}):
        page = client.post(reverse("knowledge:words-try"), text, headers=headers).content.decode()
        for words in ("产品质量", "严重", "开裂", "12315", "重大"):
            assert words in page
        assert ("<html" in page) == (not headers)
    assert client.post(reverse("knowledge:words-try"), {"text": ""}).status_code == 422
    assert client.get(reverse("knowledge:words-try")).status_code == 405


def test_the_text_of_a_line_is_shown_as_it_is(client, manager):
    ServicePhrase.objects.create(situation="opening", text="<script>alert(1)</script>{{7*7}}")
    for url in ("/handbook/", "/knowledge/phrases/"):
        page = client.get(url).content.decode()
        assert "<script>alert" not in page
        assert "{{7*7}}" in page
