"""Statements put together once: each person and each call gets his own rows, whoever came first."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection
from django.db.models import Value
from django.template import Context, Template
from django.utils import timezone, translation

from cases.models import Complaint
from core import writing
from core.gather import PreparedGather
from core.prepared import Prepared, PreparedCounts, PreparedRow, PreparedRows, StandIn, numbers_of, padded
from core.templatetags import ui
from workflow.models import Event, Matter, Operation

from tests.factories.accounts import RegionFactory, UserFactory
from tests.factories.cases import ComplaintFactory

pytestmark = pytest.mark.django_db
User = get_user_model()


@pytest.fixture
def here():
    return RegionFactory()


@pytest.fixture
def there():
    return RegionFactory()


def in_region(region, count):
    return [ComplaintFactory(matter__region=region) for _one in range(count)]


def test_people_of_the_same_rights_share_a_statement_and_not_its_rows(here, there, django_assert_num_queries):
    in_region(here, 2), in_region(there, 3)
    anna, ben = UserFactory(role="agent", region=here), UserFactory(role="agent", region=there)
    both, leader = UserFactory(role="agent", regions=[here, there]), UserFactory(role="general_manager")
    counts = PreparedCounts(4)
    functions = {"seen": lambda user: Complaint.objects.visible_to(user), "none": lambda user: None}
    for _round in range(2):
        assert [counts.of(user, functions)["seen"] for user in (anna, ben, both, leader)] == [2, 3, 4, 4]
    assert len(counts._statements) == 3  # one region, two regions, everything
    with django_assert_num_queries(1):
        assert counts.of(anna, functions) == {"seen": 2, "none": 0}


def test_a_right_taken_away_counts_at_once(here):
    in_region(here, 1)
    user = UserFactory(role="agent", region=here)
    counts, functions = PreparedCounts(9), {"seen": lambda user: Complaint.objects.visible_to(user)}
    assert counts.of(user, functions) == {"seen": 1}
    user.groups.clear()
    assert counts.of(User.objects.get(pk=user.pk), functions) == {"seen": 0}


def test_a_stand_in_tells_nothing_that_belongs_to_one_person(here):
    user = UserFactory(role="agent", region=here, name="王敏")
    person = StandIn(user, **numbers_of(user))
    assert person.has_role("agent")
    assert not person.sees_everything
    for name in ("name", "username", "phone", "superior_id", "is_feedback_handler"):
        with pytest.raises(AttributeError):
            getattr(person, name)


def since(moment, region):
    return Complaint.objects.filter(received_at__gte=moment, region=region).order_by("pk").values_list("pk", flat=True)


def test_moments_and_numbers_stand_in_their_places(here):
    now = timezone.now()
    old, new = (ComplaintFactory(matter__region=here, region=here, received_at=at) for at in (now - timedelta(2), now))
    prepared = Prepared(since)
    for moment, found in ((now - timedelta(3), [old.pk, new.pk]), (now - timedelta(1), [new.pk]), (now, [new.pk])) * 2:
        assert [pk for (pk,) in prepared.rows(moment=moment, region=here.pk)] == found
    assert len(prepared._statements) == 1


def test_words_cannot_be_prepared():
    with pytest.raises(TypeError, match="neither a whole number nor a moment"):
        Prepared(lambda word: User.objects.filter(username=word).values_list("pk")).rows(word="x")


def test_rows_that_are_shown_bring_what_was_asked_and_fetch_the_rest(here, django_assert_num_queries):
    complaint = ComplaintFactory(matter__region=here, content="门板裂了")
    rows = PreparedRows()

    def build(pk):
        return Complaint.objects.as_rows().filter(pk=pk)

    for _round in range(2):
        [row] = rows.of(build, pk=complaint.pk)
        with django_assert_num_queries(0):
            assert (row.number, row.customer_name) == (complaint.number, complaint.matter.customer.name)
            assert row.get_deferred_fields()
            assert not row._state.adding
        assert row.content == "门板裂了"  # left out, and read where somebody asks
        assert row == complaint
    assert rows.of(build, pk=2**31) == []
    assert rows.of(lambda pk: Complaint.objects.none(), "none", pk=1) == []


def test_one_row_by_its_key(here):
    complaint = ComplaintFactory(matter__region=here)
    row = PreparedRow(Complaint.objects.select_related("matter"))
    assert row.get(complaint.pk).matter == complaint.matter
    with pytest.raises(Complaint.DoesNotExist):
        row.get(complaint.pk + 1000)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps plans")
def test_the_server_keeps_the_plan_of_what_is_asked_by_key(here):
    """With its constants written out, and each call's values in their places; what is not by key is planned anew."""
    first, second = ComplaintFactory(matter__region=here, content="合页 100% 松，\"吱\"一声'%s'"), *in_region(here, 1)
    odd = Complaint.objects.annotate(same=Value("'%s' 100%")).only("content")
    row, rows = PreparedRow(odd), PreparedRows()
    for complaint in (first, second) * 4:
        assert row.get(complaint.pk).same == "'%s' 100%"
        assert row.get(complaint.pk).content == complaint.content
        assert rows.of(lambda pk: odd.filter(pk=pk), pk=complaint.pk) == [complaint]
    kept = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(kept, ["%100\\%'%"])
        assert cursor.fetchone() == (1,)
    connection.connection.prepare_threshold = None  # as PREPARED_STATEMENTS=0 leaves it
    assert PreparedRow(odd).get(first.pk) == first


def test_several_tables_in_one_statement_again_and_again(here, django_assert_num_queries):
    first, second = in_region(here, 2)
    gather = PreparedGather()

    def build(pk, klass):
        return {
            "one": Complaint.objects.filter(pk=pk).only("number"),
            "matter": Matter.objects.filter(pk__in=Complaint.objects.filter(pk=pk).values("matter")),
            "nothing": Complaint.objects.none()
            if klass is None
            else Complaint.objects.filter(klass=klass).only("number"),
        }

    gather.of(build, pk=first.pk, klass=None)  # SQLite is asked once whether it knows JSON
    for complaint in (first, second) * 2:
        with django_assert_num_queries(1):
            found = gather.of(build, pk=complaint.pk, klass=None)
        assert found == {"one": [complaint], "matter": [complaint.matter], "nothing": []}
    assert len(gather._statements) == 1
    gather.of(build, pk=first.pk, klass=1)
    assert len(gather._statements) == 2  # None is asked otherwise than a number


def test_few_lengths_serve_all_lists():
    assert [len(padded(range(number))) for number in (0, 1, 2, 3, 5, 8, 9)] == [0, 1, 2, 4, 8, 8, 16]
    assert padded({7, 3, 5}) == [3, 5, 7, 7]


def test_a_row_written_by_hand_is_what_the_model_would_write(here):
    complaint = ComplaintFactory(matter__region=here)
    facts = {"matter": complaint.matter, "action": "x", "data": {"a": [1, "门"]}, "at": timezone.now(), "note": "“好”"}
    by_hand, by_model = Event(**facts), Event.objects.create(**facts)
    assert writing.insert(by_hand)
    again, other = Event.objects.get(pk=by_hand.pk), Event.objects.get(pk=by_model.pk)
    for field in Event._meta.concrete_fields[1:]:
        assert getattr(again, field.attname) == getattr(other, field.attname), field.attname
    again.note, again.data = "改", {"b": None}
    writing.update(again, [Event._meta.get_field("note")])
    stored = Event.objects.get(pk=again.pk)
    assert (stored.note, stored.data) == ("改", {"a": [1, "门"]})  # what was not named stays


def test_a_row_left_out_says_so(here):
    complaint = ComplaintFactory(matter__region=here)
    op = "7d444840-9dc0-11d1-b245-5ffdce74fad2"

    def operation():
        return Operation(op=op, caller="user:1", verb="x", subject_type_id=1, subject_id=complaint.pk, body_hash="0")

    assert writing.insert(operation(), "ON CONFLICT (op) DO NOTHING")
    assert not writing.insert(operation(), "ON CONFLICT (op) DO NOTHING")
    with pytest.raises(IntegrityError):
        writing.insert(operation())


def test_a_settled_part_is_drawn_again_for_another_shape_or_language(monkeypatch):
    monkeypatch.setattr(ui, "_settled", {})
    page = Template('{% load ui %}{% settled "cases/_rows_head.html" bulk=bulk %}')

    def draw(bulk, language):
        with translation.override(language):
            return page.render(Context({"bulk": bulk}))

    ticked, plain, english = draw(True, "zh-hans"), draw(False, "zh-hans"), draw(False, "en")
    assert "data-tick-all" in ticked
    assert "data-tick-all" not in plain
    assert "Next step" in english
    assert "Next step" not in plain
    assert (draw(True, "zh-hans"), draw(False, "en")) == (ticked, english)
    assert len(ui._settled) == 3


def test_neither_token_nor_name_of_one_person_settles_in_everybodys_page(client, here):
    """Parts that are kept for all are drawn by whoever comes first: nothing of his may be in them."""
    tokens = set()
    for name in ("王敏", "罗欣"):
        ui._settled.clear()
        client.force_login(UserFactory(role="agent", region=here, name=name))
        for url in ("/", "/complaints/", "/customers/"):
            page = client.get(url)
            tokens.add(str(page.context["csrf_token"]))
        kept = "".join(ui._settled.values())
        assert kept
        assert not any(name in part for key, part in ui._settled.items() if key[0] != "cases/_filters.html")
        assert "csrfmiddlewaretoken" not in kept
        assert not any(token in kept for token in tokens)
