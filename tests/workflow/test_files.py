"""Files join a matter: once, under its customer's number, within limits, and never without their row (threats 49, 50)."""

import errno
import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.transaction import atomic

from cases.models import Complaint
from core.backups.media import stored_names
from core.file_rules import files_match_rows
from workflow.files import with_files
from workflow.media import prepare
from workflow.models import Attachment, CustomerLink, Event
from workflow.perform import perform

from tests.factories.cases import ComplaintFactory, person
from tests.factories.files import clip, picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(db):
    return ComplaintFactory()


def photos(count, start=0):
    """Pictures that differ; JPEG would round their colours to the same."""
    return [upload(picture((40, 30), form="PNG", colour=(n, 90, 7))) for n in range(start, start + count)]


def add(complaint, by, *uploads, kind="other", **details):
    return perform(complaint, "attach_files", by=by, files=[(kind, prepare(one)) for one in uploads], **details)


def nothing_is_stored():
    return not default_storage.exists("") or not list(stored_names())


@pytest.mark.req("S2-79", "S3-03")
def test_a_photo_is_stored_under_its_customers_number_and_stands_on_the_timeline(complaint, agent):
    attachment = Attachment.objects.attach(
        complaint.matter, upload(name="门板 裂.jpg"), by=agent, kind="whole", subject=complaint
    )
    folder, name = attachment.file.name.rsplit("/", 1)
    assert name.startswith(f"{complaint.customer.number}-")
    assert folder == f"{attachment.uploaded_at.astimezone():%Y/%m}"
    assert attachment.name == "门板 裂.jpg"
    assert (attachment.customer, attachment.subject, attachment.kind) == (complaint.customer, complaint, "whole")
    assert attachment.thumbnail.name.endswith("-small.jpg")
    assert attachment.size == attachment.file.size
    event = Event.objects.get()
    assert (event.kind, event.action, event.by) == ("file", "attach_files", agent)
    assert event.data == {"attachments": [attachment.pk]}
    assert list(files_match_rows()) == []


def test_several_files_of_one_act_are_one_line(complaint, agent):
    add(complaint, agent, *photos(3), upload(clip(), "门.mp4"), words="客户微信发来")
    event = Event.objects.get()
    assert len(event.data["attachments"]) == 4
    assert (event.kind, event.note, event.subject) == ("file", "客户微信发来", complaint)
    assert sorted(Attachment.objects.values_list("media", flat=True)) == ["photo", "photo", "photo", "video"]


def test_files_do_not_make_an_open_form_stale(complaint, agent):
    add(complaint, agent, *photos(1), version=complaint.version)
    assert Complaint.objects.get().version == 1


def test_the_same_file_twice_is_noted_and_kept_once(complaint, agent):
    [photo] = photos(1)
    add(complaint, agent, photo, photo)
    add(complaint, agent, photo)
    attachment = Attachment.objects.get()
    first, second = Event.objects.order_by("pk")
    assert first.data["attachments"] == [attachment.pk]
    assert (second.data["attachments"], second.data["again"]) == ([], [attachment.pk])
    assert Attachment.objects.attach(complaint.matter, photo, by=agent).was_there
    assert len(list(stored_names())) == 2  # the photo and its small picture


def test_the_same_file_may_belong_to_two_matters(complaint, agent):
    [photo] = photos(1)
    add(complaint, agent, photo)
    add(ComplaintFactory(), agent, photo)
    assert Attachment.objects.count() == 2


def test_the_press_of_the_button_counts_once(complaint, agent):
    op = "7f0e8a4e-58a1-4c6e-9a8a-3e8c0a0f7b11"
    [photo] = photos(1)
    assert not add(complaint, agent, photo, op=op).replayed
    assert add(complaint, agent, photo, op=op).replayed
    assert Event.objects.count() == 1


def test_a_matter_holds_fifty_files(complaint, agent):
    add(complaint, agent, *photos(49))
    with pytest.raises(ValidationError) as refusal:
        add(complaint, agent, *photos(2, start=49))
    assert refusal.value.code == "too_many"
    assert Attachment.objects.count() == 49  # all or none
    add(complaint, agent, *photos(1, start=49))
    with pytest.raises(ValidationError):
        add(complaint, agent, *photos(1, start=50))
    assert list(files_match_rows()) == []
    assert len(list(stored_names())) == 100


@pytest.mark.parametrize(("megabytes", "content"), [(20, picture()), (200, clip())])
def test_what_is_too_large_is_refused_by_its_kind(complaint, agent, megabytes, content):
    large = upload(content)
    large.size = megabytes * 1024 * 1024 + 1
    with pytest.raises(ValidationError) as refusal:
        Attachment.objects.attach(complaint.matter, large, by=agent)
    assert refusal.value.code == "too_large"
    assert str(megabytes) in refusal.value.messages[0]


def test_an_act_that_fails_leaves_no_file_behind(complaint, agent):
    class Broken(Exception):
        pass

    def fail():
        with with_files(), atomic():
            Attachment.objects.attach(complaint.matter, upload(), by=agent)
            assert len(list(stored_names())) == 2
            raise Broken

    with pytest.raises(Broken):
        fail()
    assert nothing_is_stored()
    assert not Attachment.objects.exists()


def test_a_full_disk_leaves_neither_file_nor_row(complaint, agent, monkeypatch):
    save = FileSystemStorage._save

    def full_at_the_second(self, name, content):
        if not name.endswith("-small.jpg"):
            return save(self, name, content)
        with open(self.path(name), "wb") as half:
            half.write(b"half of it")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", full_at_the_second)
    with pytest.raises(OSError, match="No space left"):
        add(complaint, agent, *photos(1))
    assert nothing_is_stored()
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()


def test_a_withdrawn_file_is_kept_and_its_reason_stands_on_the_timeline(complaint, agent):
    attachment = Attachment.objects.attach(complaint.matter, upload(), by=agent)
    perform(complaint, "withdraw_file", by=agent, attachment=attachment, reason="传错客户了")
    attachment.refresh_from_db()
    assert attachment.withdrawn_at is not None
    assert default_storage.exists(attachment.file.name)
    event = Event.objects.get(action="withdraw_file")
    assert (event.note, event.data) == ("传错客户了", {"attachment": attachment.pk})
    assert not Attachment.objects.shown().exists()
    with pytest.raises(ValidationError):
        perform(complaint, "withdraw_file", by=agent, attachment=attachment, reason="又一次")


def test_withdrawing_needs_a_reason_and_the_right(complaint, agent):
    attachment = Attachment.objects.attach(complaint.matter, upload(), by=agent)
    with pytest.raises(ValidationError):
        perform(complaint, "withdraw_file", by=agent, attachment=attachment, reason=" ")
    with pytest.raises(PermissionDenied):
        perform(complaint, "withdraw_file", by=person("technician"), attachment=attachment, reason="不要")


def test_a_file_of_another_matter_cannot_be_named_in_the_body(complaint, agent):
    foreign = Attachment.objects.attach(ComplaintFactory().matter, upload(), by=agent)
    for verb, details in (("withdraw_file", {"reason": "x"}), ("describe_file", {"kind": "whole"})):
        with pytest.raises(ValidationError):
            perform(complaint, verb, by=agent, attachment=foreign, **details)
    foreign.refresh_from_db()
    assert (foreign.withdrawn_at, foreign.kind) == (None, "other")


@pytest.mark.req("S3-141")
def test_what_a_file_shows_can_be_said_later(complaint, agent):
    attachment = Attachment.objects.attach(complaint.matter, upload(), by=agent)
    perform(complaint, "describe_file", by=agent, attachment=attachment, kind="packing_side", caption="纸箱底面")
    attachment.refresh_from_db()
    assert (attachment.kind, attachment.caption) == ("packing_side", "纸箱底面")
    assert Event.objects.get(action="describe_file").data["from"] == "other"


def test_a_customers_file_names_the_link_it_came_by(complaint):
    link, _token = CustomerLink.objects.issue(complaint.matter, by=None)
    add(complaint, link, *photos(1))
    attachment = Attachment.objects.sent_by_customer().get()
    assert (attachment.link, attachment.uploaded_by) == (link, None)
    assert Event.objects.get().actor == "customer"


@pytest.mark.django_db(transaction=True)
def test_parallel_uploads_stay_within_the_limit():
    """Sixty at once into a matter that may hold fifty: fifty rows, a hundred files, the rest refused in words."""
    complaint, agent = ComplaintFactory(), person("agent")
    prepared = [prepare(one) for one in photos(60)]
    refused, broken = [], []

    def send(ones):
        try:
            for one in ones:
                try:
                    perform(complaint, "attach_files", by=agent, files=[("other", one)])
                except ValidationError as refusal:
                    refused.append(refusal.code)
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(prepared[start::6],)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    assert Attachment.objects.count() == 50
    assert refused == ["too_many"] * 10
    assert len(list(stored_names())) == 100
    assert list(files_match_rows()) == []
