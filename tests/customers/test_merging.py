"""One person, one file: merging field by field, undoing it, and what looks like a duplicate."""

import re
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.search import grouped, search
from customers import merging
from customers.likeness import are_similar, likes_of
from customers.models import Customer, Merge
from customers.phones import normalise
from workflow.models import Event

from tests.factories.accounts import UserFactory
from tests.factories.cases import AppraisalFactory, ComplaintFactory, MatterFactory
from tests.factories.customers import CustomerFactory, OrderFactory, PhoneFactory, ServiceCardFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(client, region):
    user = UserFactory(role="supervisor", region=region, name="周主管")
    client.force_login(user)
    return user


@pytest.fixture
def pair(region):
    """The same person twice: a full file, and a hurried one with another number and another spelling."""
    kept = CustomerFactory(region=region, name="张伟", address="湖滨大道 18 号", note="")
    merged = CustomerFactory(region=region, name="张玮", address="杭州路 1 号", note="下午在家", is_vip=True)
    for file, number in ((kept, "13800138000"), (merged, "13900139000")):
        file.add_phone(number)
    return kept, merged


def joined(kept, merged, by, chosen=(), **options):
    kept.refresh_from_db()
    merged.refresh_from_db()
    versions = {"kept_version": kept.version, "merged_version": merged.version}
    return merging.merge(kept, merged, chosen=chosen, by=by, **versions | options)


def url(name, *keys):
    return reverse(f"customers:{name}", args=keys)


def press(one, other, keep=None, **choices):
    """What the page sends: of everything that differs the left value unless told otherwise."""
    sent = {"op": uuid.uuid4(), "left_version": one.version, "right_version": other.version, "keep": (keep or one).pk}
    values = dict.fromkeys(merging.CHOICES, one.pk)
    return sent | values | {name: file.pk for name, file in choices.items()}


def fresh(*files):
    return [Customer.objects.get(pk=file.pk) for file in files]


@pytest.mark.req("S1-74")
def test_two_files_become_one_with_the_chosen_fields(client, leader, pair):
    kept, merged = fresh(*pair)
    answer = client.post(url("merge", kept.pk, merged.pk), press(kept, merged, note=merged, preferred_phone=merged))
    now, gone = fresh(kept, merged)
    assert answer.url == kept.get_absolute_url()
    assert (now.name, now.address, now.note, now.preferred_phone_id) == (
        "张伟", "湖滨大道 18 号", "下午在家", merged.preferred_phone_id
    )  # fmt: skip
    assert (now.is_live, gone.root_id, gone.name) == (True, kept.pk, "张玮")
    page = client.get(answer.url).text
    record = Merge.objects.get()
    assert page.count(f'action="{url("merge-undo", kept.pk, record.pk)}"') == 2  # in the toast and beside the file
    for words in ("周主管", merged.number, "139 0013 9000", "把档案"):
        assert words in page
    assert client.get(merged.get_absolute_url()).url == kept.get_absolute_url()


@pytest.mark.req("S1-74")
def test_the_right_file_may_be_the_one_that_stays(client, leader, pair):
    left, right = fresh(*pair)
    client.post(url("merge", left.pk, right.pk), press(left, right, keep=right, name=right, place=right, note=right))
    left, right = fresh(left, right)
    assert (left.root_id, right.name, right.note, right.is_vip) == (right.pk, "张玮", "下午在家", False)


@pytest.mark.req("S1-74", "S1-75")
def test_the_kept_file_shows_both_histories(client, leader, pair, region):
    kept, merged = pair
    ours, theirs = (ComplaintFactory(matter=MatterFactory(customer=file, region=region)) for file in pair)
    Event.objects.write(theirs.matter, "add_note", by=leader, at=theirs.received_at, subject=theirs, note="门框开裂")
    card, order = ServiceCardFactory(customer=merged), OrderFactory(customer=merged)
    joined(kept, merged, leader)
    page = client.get(kept.get_absolute_url()).text
    for words in (ours.number, theirs.number, "门框开裂", card.room, order.number):
        assert words in page
    theirs.matter.refresh_from_db()
    assert theirs.matter.customer_id == merged.pk  # nothing was moved


@pytest.mark.req("S1-74", "S1-75")
def test_either_number_and_every_name_lead_to_the_kept_file_alone(client, leader, pair):
    kept, merged = pair
    kept.index()
    merged.index()
    joined(kept, merged, leader)
    for number in ("13800138000", "139 0013 9000"):
        assert Customer.objects.by_phone(normalise(number), leader).files == [kept]
    for words in ("张伟", "张玮", "杭州路", "13900139000", merged.number, kept.number):
        [(kind, lines, _more)] = grouped(search(words, leader), leader)
        assert (kind.name, [line.url for line in lines]) == ("customer", [kept.get_absolute_url()])
    assert merged.number not in client.get(url("list")).text


@pytest.mark.req("S1-74")
def test_undoing_puts_everything_back(client, leader, pair):
    kept, merged = pair
    before = fresh(*pair)
    record = joined(kept, merged, leader, ["name", "place", "preferred_phone", "is_vip", "note"])
    assert Customer.objects.get(pk=kept.pk).name == "张玮"
    client.post(url("merge-undo", kept.pk, record.pk))
    for was, now in zip(before, fresh(*pair), strict=True):
        assert now.is_live
        for names in merging.CHOICES.values():
            assert [getattr(now, name) for name in names] == [getattr(was, name) for name in names]
    assert len(search("张玮", leader)) == len(search("张伟", leader)) == 1
    record.refresh_from_db()
    assert record.undone_by == leader
    assert client.post(url("merge-undo", kept.pk, record.pk)).status_code in (302, 404)
    assert Customer.objects.get(pk=kept.pk).version == 3
    assert joined(kept, merged, leader) != record  # and it may be done again


def test_undoing_leaves_what_somebody_changed_since_and_says_so(client, leader, pair):
    kept, merged = pair
    record = joined(kept, merged, leader, ["name", "note"])
    now = Customer.objects.get(pk=kept.pk)
    now.note = "上午在家"
    now.save_edit(by=leader, fields=["note"])
    page = client.post(url("merge-undo", kept.pk, record.pk), follow=True).text
    now.refresh_from_db()
    assert (now.name, now.note) == ("张伟", "上午在家")
    assert "保持现状：备注" in page


def test_a_phone_that_leaves_with_the_other_file_is_called_first_no_longer(leader, pair):
    kept, merged = pair
    record = joined(kept, merged, leader)
    now = Customer.objects.get(pk=kept.pk)
    now.prefer(merged.phones.get(), by=leader)
    merging.undo(record, by=leader)
    assert Customer.objects.get(pk=kept.pk).preferred_phone.number == "13800138000"


@pytest.mark.req("S1-74")
def test_merged_files_go_with_the_file_they_were_merged_into(client, leader, pair, region):
    first, second = pair
    third = CustomerFactory(region=region, name="张炜")
    low = joined(second, first, leader)
    high = joined(third, second, leader)
    assert {file.root_id for file in fresh(first, second, third)} == {third.pk}
    page = client.get(third.get_absolute_url()).text
    assert first.number in page
    assert second.number in page
    merging.undo(high, by=leader)
    assert [file.root_id for file in fresh(first, second, third)] == [second.pk, second.pk, third.pk]
    again = joined(third, second, leader)
    merging.undo(low, by=leader)
    assert [file.root_id for file in fresh(first, second, third)] == [first.pk, third.pk, third.pk]
    merging.undo(again, by=leader)
    assert all(file.is_live for file in fresh(first, second, third))


def test_a_file_changed_since_the_page_was_opened_is_refused_and_the_choice_kept(client, leader, pair):
    kept, merged = fresh(*pair)
    sent = press(kept, merged, note=merged, name=merged)
    merged.address = "迎宾大道 99 号"
    merged.save_edit(by=leader, fields=["address"])
    answer = client.post(url("merge", kept.pk, merged.pk), sent)
    assert answer.status_code == 409
    assert "迎宾大道 99 号" in answer.text
    assert checked(answer.text) >= {("note", str(merged.pk)), ("name", str(merged.pk)), ("keep", str(kept.pk))}
    assert not Merge.objects.exists()
    sent |= {"right_version": merged.version}
    assert client.post(url("merge", kept.pk, merged.pk), sent).status_code == 302


def checked(page):
    """(name, value) of every radio button that is pressed."""
    tags = [tag for tag in re.findall(r"<input[^>]+>", page) if 'type="radio"' in tag and "checked" in tag]
    return {tuple(re.search(rf'{word}="([^"]*)"', tag).group(1) for word in ("name", "value")) for tag in tags}


@pytest.mark.parametrize("version", ["", "0", "-1", "９", "9" * 400, "x"])
def test_a_version_no_file_had_is_refused(client, leader, pair, version):
    kept, merged = fresh(*pair)
    sent = press(kept, merged) | {"left_version": version}
    assert client.post(url("merge", kept.pk, merged.pk), sent).status_code == 409
    assert not Merge.objects.exists()


def test_a_line_without_a_choice_is_asked_for(client, leader, pair):
    kept, merged = fresh(*pair)
    sent = press(kept, merged, note=merged)
    del sent["name"]
    answer = client.post(url("merge", kept.pk, merged.pk), sent)
    assert answer.status_code == 422
    assert ("note", str(merged.pk)) in checked(answer.text)
    assert client.post(url("merge", kept.pk, merged.pk), sent | {"op": "x"}).status_code == 400


def test_pressed_twice_is_merged_once(client, leader, pair):
    kept, merged = fresh(*pair)
    sent = press(kept, merged, note=merged)
    answers = [client.post(url("merge", kept.pk, merged.pk), sent) for _ in range(2)]
    assert [answer.url for answer in answers] == [kept.get_absolute_url()] * 2
    assert Event.objects.filter(action="merge_file").count() == Merge.objects.count() == 1
    options = {"op": sent["op"], "kept_version": 1, "merged_version": 1}
    assert joined(kept, merged, leader, **options) == Merge.objects.get()
    with pytest.raises(merging.MergeRefused):
        joined(merged, kept, leader, **options)


def test_a_merged_file_is_not_merged_again(client, leader, pair, region):
    kept, merged = pair
    third = CustomerFactory(region=region)
    joined(kept, merged, leader)
    kept, merged, third = fresh(kept, merged, third)
    for one, other in ((merged, third), (third, merged), (merged, kept)):
        assert client.post(url("merge", one.pk, other.pk), press(one, other)).status_code == 409
    assert client.get(url("merge", merged.pk, third.pk)).url == kept.get_absolute_url()
    assert client.get(url("merge", kept.pk, kept.pk)).status_code == 404
    assert Merge.objects.count() == 1


@pytest.mark.req("S1-74")
def test_only_who_may_merge_merges_and_only_what_he_sees(client, leader, agent, pair, elsewhere):
    kept, merged = pair
    foreign = CustomerFactory(region=elsewhere)
    for one, other in ((kept, foreign), (foreign, kept)):
        assert client.post(url("merge", one.pk, other.pk), press(one, other)).status_code == 404
        assert client.post(url("keep-apart", one.pk, other.pk)).status_code == 404
    with pytest.raises(Customer.DoesNotExist):
        joined(kept, foreign, leader)
    with pytest.raises(PermissionDenied):
        joined(kept, merged, agent)
    client.force_login(agent)
    assert client.post(url("merge", kept.pk, merged.pk), press(*fresh(kept, merged))).status_code == 403
    leader.regions.add(elsewhere)
    client.force_login(type(leader).objects.get(pk=leader.pk))
    answer = client.post(url("merge", kept.pk, foreign.pk), press(*fresh(kept, foreign)))
    assert answer.status_code == 409
    assert "两个分公司" in answer.text
    assert not Merge.objects.exists()


def test_who_may_not_mark_a_vip_neither_gives_nor_takes_the_mark(region, pair):
    specialist = UserFactory(role="specialist", region=region)
    kept, merged = pair
    joined(kept, merged, specialist)
    assert Customer.objects.get(pk=kept.pk).is_vip
    third = CustomerFactory(region=region)
    joined(kept, third, specialist, ["is_vip"])
    assert Customer.objects.get(pk=kept.pk).is_vip


def test_what_is_typed_into_a_merged_file_is_not_lost(client, leader, pair):
    kept, merged = pair
    joined(kept, merged, leader)
    assert client.get(url("edit", merged.pk)).url == url("edit", kept.pk)
    answer = client.post(
        url("edit", merged.pk), {"version": 1, "name": "张伟", "note": "晚上打", "region": kept.region_id}
    )
    assert answer.status_code == 409
    assert "晚上打" in answer.text
    assert f'action="{url("edit", kept.pk)}"' in answer.text
    assert set(Customer.objects.values_list("note", flat=True)) == {"", "下午在家"}


def test_events_hold_no_name_number_or_address(leader, pair):
    kept, merged = pair
    merging.undo(joined(kept, merged, leader, ["name", "place", "note", "preferred_phone"]), by=leader)
    told = str(list(Event.objects.values_list("note", "data")))
    assert Event.objects.filter(customer__in=[kept, merged]).count() == 4
    for secret in ("张", "1390013", "杭州路", "下午"):
        assert secret not in told


def test_a_technician_sent_to_a_merged_file_sees_the_kept_one(client, leader, pair, region):
    kept, merged = pair
    technician = UserFactory(role="technician", region=region)
    complaint = ComplaintFactory(matter=MatterFactory(customer=merged, region=region))
    AppraisalFactory(complaint=complaint, technician=technician, requested_by=leader)
    client.force_login(technician)
    assert client.get(kept.get_absolute_url()).status_code == 404
    joined(kept, merged, leader)
    assert complaint.number in client.get(merged.get_absolute_url(), follow=True).text
    assert [hit.pk for hit in search("张玮", technician)] == [kept.pk]


# --- what looks like a duplicate ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("张伟", "张玮", True), ("张伟", "张 伟先生", True), ("张", "张伟", True), ("张先生", "张伟", True),
        ("张伟", "李伟", False), ("张伟", "王芳", False), ("张伟", "", False), ("欧阳娜娜", "欧阳娜", True),
        ("张伟", "章玮", True), ("仇英", "邱英", True), ("单雄", "山熊", True), ("张", "章", False),
        ("Tom", "Tim", True), ("Tom", "Jim", False),
    ],
)  # fmt: skip
def test_similar_names(one, other, same):
    assert are_similar(one, other) is same


def looked(customer, user):
    likes = likes_of(Customer.objects.with_contact_points().get(pk=customer.pk), user)
    return [(one.pk, str(one.reason)) for one in likes.twins], [one.pk for one in likes.household]


@pytest.mark.req("S1-74")
def test_duplicates_are_proposed_by_number_by_name_and_address_and_by_similar_name(leader, region, elsewhere):
    me = CustomerFactory(region=region, name="张伟", address="湖滨大道 18 号")
    PhoneFactory(customer=me, number="13800138000")
    called = PhoneFactory(
        customer=CustomerFactory(region=region, name="王芳", address=""), number="13800138000"
    ).customer
    namesake = CustomerFactory(region=region, name="张伟", address="湖滨大道 18 号")
    heard = PhoneFactory(
        customer=CustomerFactory(region=region, name="张玮", address=""), number="13977778000"
    ).customer
    spoken = PhoneFactory(
        customer=CustomerFactory(region=region, name="章巍", address=""), number="13977668000"
    ).customer
    wife = CustomerFactory(region=region, name="李娟", address="湖滨大道 18 号")
    CustomerFactory(region=region, name="李四", address="别处")
    PhoneFactory(customer=CustomerFactory(region=elsewhere, name="张伟"), number="13800138000")
    twins, household = looked(me, leader)
    assert twins == [
        (called.pk, "号码相同"),
        (namesake.pk, "姓名、地址相同"),
        (spoken.pk, "姓名相近"),
        (heard.pk, "姓名相近"),
    ]
    assert household == [wife.pk]


@pytest.mark.req("S1-74", "S1-75")
def test_a_pair_of_two_people_is_not_proposed_again(client, leader, pair, region):
    me = pair[0]
    namesake = CustomerFactory(region=region, name="张伟", address="湖滨大道 18 号")
    page = client.get(me.get_absolute_url()).text
    assert url("merge", me.pk, namesake.pk) in page
    for _ in range(2):
        assert client.post(url("keep-apart", me.pk, namesake.pk)).url == me.get_absolute_url()
    page = client.get(me.get_absolute_url()).text
    assert url("merge", me.pk, namesake.pk) not in page
    assert "同一户" in page
    assert looked(namesake, leader) == ([], [me.pk])


def test_an_agent_sees_the_likeness_and_no_button(signed_in, pair, region):
    namesake = CustomerFactory(region=region, name="张伟", address="湖滨大道 18 号")
    page = signed_in.get(pair[0].get_absolute_url()).text
    assert namesake.number in page
    assert url("merge", pair[0].pk, namesake.pk) not in page


def test_one_or_fifty_that_look_alike_cost_the_same(client, leader, region):
    me = CustomerFactory(region=region)
    me.add_phone("13800138000")
    counts = []
    for size in (1, 49):
        for _ in range(size):
            PhoneFactory(customer=CustomerFactory(region=region))
            joined(me, PhoneFactory(customer=CustomerFactory(region=region)).customer, leader)
        client.get(me.get_absolute_url())
        with CaptureQueriesContext(connection) as seen:
            client.get(me.get_absolute_url())
        counts.append(len(seen.captured_queries))
        other = Customer.objects.live().exclude(pk=me.pk).first()
        with CaptureQueriesContext(connection) as seen:
            client.get(url("merge", me.pk, other.pk))
        counts.append(len(seen.captured_queries))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 27  # every part has a panel on the file of a customer
