"""Handing files out and taking them in over HTTP (threats 24, 25, 29, 31, 46, 47, 49, 50)."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from core.backups.media import stored_names
from workflow.models import Attachment, Event

from tests.factories.accounts import RegionFactory
from tests.factories.cases import ComplaintFactory, person
from tests.factories.files import clip, huge_png, moving, picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def complaint(db):
    return ComplaintFactory()


@pytest.fixture
def desk(agent, client):
    client.force_login(agent)
    return client


@pytest.fixture
def photo(complaint, agent):
    return Attachment.objects.attach(complaint.matter, upload(name='门"板\r\n.jpg'), by=agent)


@pytest.fixture
def video(complaint, agent):
    return Attachment.objects.attach(complaint.matter, upload(clip(size=2048), "门.mp4"), by=agent)


def url_of(attachment, small=False):
    return reverse("workflow:thumbnail" if small else "workflow:attachment", args=[attachment.pk])


def body(answer):
    return b"".join(answer.streaming_content)


def stranger_of_another_branch(client):
    client.force_login(person("agent", region=RegionFactory()))
    return client


# --- handing out ----------------------------------------------------------------------------------------------------
def test_a_photo_is_shown_with_headers_that_let_nothing_run(desk, photo):
    answer = desk.get(url_of(photo))
    assert answer.status_code == 200
    assert body(answer) == photo.file.read()
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"


def test_the_name_of_a_download_follows_rfc_6266(desk, photo):
    answer = desk.get(url_of(photo) + "?download")
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E9%97%A8%22%E6%9D%BF.jpg"
    assert desk.get(url_of(photo))["Content-Disposition"].startswith("inline")


def test_a_small_picture_is_handed_out_and_kept_by_the_browser_as_long_as_it_asks(desk, photo):
    first = desk.get(url_of(photo, small=True))
    assert len(body(first)) < photo.size
    again = desk.get(url_of(photo, small=True), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_pdf_is_downloaded_and_never_opened_in_place(desk, complaint, agent):
    paper = Attachment.objects.attach(complaint.matter, upload(b"%PDF-1.7 \n", "x.html"), by=agent)
    answer = desk.get(url_of(paper))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="x.pdf"'
    assert desk.get(url_of(paper, small=True)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=0-1", 206, (0, 2)),
        ("bytes=100-", 206, (100, None)),
        ("bytes=-10", 206, (-10, None)),
        ("bytes=100-999999", 206, (100, None)),
        ("bytes=999999-", 416, None),
        ("bytes=5-4", 416, None),
        ("bytes=-", 416, None),
        ("bytes=0-1,4-5", 200, (0, None)),
        ("lines=1-2", 200, (0, None)),
        (f"bytes={10**30}-", 200, (0, None)),
    ],
)
def test_a_phone_gets_the_part_of_a_video_it_asks_for(desk, video, asked, status, got):
    answer = desk.get(url_of(video), headers={"range": asked})
    assert answer.status_code == status
    if got is None:
        assert answer["Content-Range"] == f"bytes */{video.size}"
        return
    start, stop = got
    part = body(answer)
    assert part == video.file.open().read()[start:stop]
    assert answer["Content-Length"] == str(len(part))
    assert answer["Accept-Ranges"] == "bytes"
    if status == 206:
        assert re.fullmatch(rf"bytes \d+-\d+/{video.size}", answer["Content-Range"])


def test_files_follow_their_matter(client, photo, agent):
    for url in (url_of(photo), url_of(photo, small=True)):
        assert Client().get(url).status_code == 302  # nobody is signed in
        assert stranger_of_another_branch(client).get(url).status_code == 404
    client.force_login(person("technician"))
    assert client.get(url_of(photo)).status_code == 404
    client.force_login(agent)
    assert client.get(url_of(photo)).status_code == 200
    agent.groups.clear()
    assert client.get(url_of(photo)).status_code in (302, 404)  # the role was lost a moment ago


def test_files_are_not_served_by_their_name(desk, photo):
    for path in (f"/{photo.file.name}", f"/media/{photo.file.name}", f"/static/../{photo.file.name}"):
        assert desk.get(path).status_code == 404
    assert photo.file.name not in desk.get(photo.matter.complaints.get().get_absolute_url()).content.decode()


@pytest.mark.parametrize("pk", ["0", "-1", str(2**63), str(10**40), "1e3", "１", "x"])
def test_odd_keys_are_not_found(desk, pk):
    assert desk.get(f"/files/{pk}/").status_code == 404


def test_only_reading_is_possible_at_a_files_address(desk, photo):
    assert desk.head(url_of(photo)).status_code == 200
    for method in ("post", "put", "patch", "delete"):
        assert getattr(desk, method)(url_of(photo)).status_code == 405


def test_a_withdrawn_file_is_shown_to_those_who_answer_for_it(desk, client, photo, agent):
    url = reverse("cases:complaint-withdraw-file", args=[photo.matter.complaints.get().pk])
    assert desk.post(url, {"attachment": photo.pk, "reason": "传错了"}).status_code == 302
    assert desk.get(url_of(photo)).status_code == 404
    client.force_login(person("supervisor"))
    assert client.get(url_of(photo)).status_code == 200


def test_a_row_whose_file_is_gone_is_not_found(desk, photo):
    photo.file.delete(save=False)
    Attachment.objects.filter(pk=photo.pk).update(file="2026/11/gone.jpg")
    assert desk.get(url_of(photo)).status_code == 404


# --- taking in ------------------------------------------------------------------------------------------------------
def add_url(complaint):
    return reverse("cases:complaint-attach-files", args=[complaint.pk])


@pytest.mark.req("S3-135", "S3-141")
def test_the_form_asks_from_far_to_near(desk, complaint):
    page = desk.get(add_url(complaint)).content.decode()
    order = ["whole", "part", "close_up", "scale", "packing_side", "packing_damage"]
    places = [page.index(f'name="slot-{kind}"') for kind in order]
    assert places == sorted(places)


@pytest.mark.req("S2-79", "S2-94", "S3-03", "S3-135", "S3-141")
def test_photos_go_into_their_places_in_one_act(desk, complaint, agent):
    answer = desk.post(
        add_url(complaint),
        {
            "slot-whole": upload(picture((60, 40), form="PNG", colour="red")),
            "slot-packing_side": [upload(picture((60, 40), form="PNG", colour=c)) for c in ("green", "blue")],
            "slot-chat": upload(picture((60, 40), form="PNG", colour="black")),
            "other": upload(clip(), "门.mov"),
            "words": "客户微信发来的",
        },
    )
    assert answer.status_code == 302
    assert list(Attachment.objects.values_list("kind", "media").order_by("pk")) == [
        ("whole", "photo"),
        ("packing_side", "photo"),
        ("packing_side", "photo"),
        ("chat", "photo"),
        ("other", "video"),
    ]
    event = Event.objects.get(kind="file")
    assert (event.by, event.note, len(event.data["attachments"])) == (agent, "客户微信发来的", 5)
    page = desk.get(complaint.get_absolute_url()).content.decode()
    assert all(url_of(one) in page for one in Attachment.objects.all())


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (SVG, "door.svg", 415),
        (SVG, "door.jpg", 415),
        (b"<html><script>alert(1)</script>", "door.png", 415),
        (b"<?php phpinfo();", "door.php", 415),
        (b"MZ\x90\0" + b"\0" * 60, "door.exe", 415),
        (b"PK\x03\x04" + b"\0" * 60, "door.png", 415),
        (picture()[:-300], "door.jpg", 415),
        (moving(), "door.gif", 415),
        (huge_png(), "door.png", 413),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(desk, complaint, content, name, status):
    answer = desk.post(add_url(complaint), {"slot-whole": upload(content, name), "words": "我的话"})
    assert answer.status_code == status
    page = answer.content.decode()
    assert "“door”" in page or "我的话" in page
    assert "errorlist" in page
    assert not Attachment.objects.exists()
    assert not Event.objects.exists()
    with_htmx = desk.post(add_url(complaint), {"slot-whole": upload(content, name)}, headers={"hx-request": "true"})
    assert with_htmx.status_code == 422  # shown in place, as every refused form


def test_one_bad_file_keeps_the_good_ones_out_and_says_which(desk, complaint):
    answer = desk.post(add_url(complaint), {"slot-whole": [upload(name="好.jpg"), upload(SVG, "坏.svg")]})
    assert answer.status_code == 415
    assert "坏" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_an_empty_form_asks_for_a_file(desk, complaint):
    assert desk.post(add_url(complaint), {"words": "无"}).status_code == 422


def test_fifty_one_photos_get_the_limit_told(desk, complaint):
    many = [upload(picture((4, 4), form="PNG", colour=(n, 0, 0))) for n in range(51)]
    answer = desk.post(add_url(complaint), {"other": many})
    assert answer.status_code == 413
    assert "50" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_photo_above_twenty_megabytes_is_told(desk, complaint):
    answer = desk.post(add_url(complaint), {"slot-whole": upload(picture() + b"\0" * (20 * 1024 * 1024))})
    assert answer.status_code == 413
    assert "20 MB" in answer.content.decode()


def test_the_same_press_sent_twice_adds_once(desk, complaint):
    data = {"op": "2a0e8a4e-58a1-4c6e-9a8a-3e8c0a0f7b19"}
    for _press in range(2):
        assert desk.post(add_url(complaint), data | {"slot-whole": upload()}).status_code == 302
    assert Event.objects.filter(kind="file").count() == 1
    assert len(list(stored_names())) == 2


def test_who_does_not_see_the_complaint_adds_nothing(client, complaint):
    stranger_of_another_branch(client)
    assert client.post(add_url(complaint), {"slot-whole": upload()}).status_code == 404
    assert not Attachment.objects.exists()


def test_a_foreign_file_in_the_body_is_no_choice(desk, complaint, agent):
    foreign = Attachment.objects.attach(ComplaintFactory().matter, upload(), by=agent)
    for slug, data in (("withdraw", {"reason": "x"}), ("describe", {"kind": "whole"})):
        url = reverse(f"cases:complaint-{slug}-file", args=[complaint.pk])
        assert desk.post(url, {"attachment": foreign.pk} | data).status_code == 422


def test_the_page_of_all_files(desk, complaint, photo, video):
    url = reverse("cases:complaint-files", args=[complaint.pk])
    page = desk.get(url).content.decode()
    assert url_of(photo) in page
    assert url_of(video) in page
    assert add_url(complaint) in page


def test_the_page_of_all_files_costs_the_same_for_1_and_30(desk, complaint, agent, django_assert_max_num_queries):
    url = reverse("cases:complaint-files", args=[complaint.pk])
    counts = []
    for size in (1, 30):
        start = Attachment.objects.count()
        for n in range(start, size):
            Attachment.objects.create(
                matter=complaint.matter, customer=complaint.customer, media="photo", name=f"{n}.jpg", uploaded_by=agent
            )
        desk.get(url)
        with django_assert_max_num_queries(40) as queries:
            desk.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- the archive ----------------------------------------------------------------------------------------------------
ARCHIVE = "/photos/"


@pytest.mark.req("S2-79", "S3-141")
def test_the_archive_finds_photos_by_the_customers_number_what_they_show_and_day(desk, complaint, photo, video, agent):
    other = Attachment.objects.attach(ComplaintFactory().matter, upload(), by=agent, kind="whole")

    def found(**asked):
        return {row.pk for row in desk.get(ARCHIVE, asked).context["rows"]}

    assert found() == {photo.pk, video.pk, other.pk}
    assert found(customer=complaint.customer.number.lower()) == {photo.pk, video.pk}
    assert found(customer="KH0") == set()
    assert found(kind="whole") == {other.pk}
    assert found(media="video") == {video.pk}
    today = f"{photo.uploaded_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"
    assert found(since=today, until=today) == {photo.pk, video.pk, other.pk}
    assert found(until="2020-01-01") == set()
    page = desk.get(ARCHIVE).content.decode()
    assert complaint.number in page
    assert other.customer.number in page


def test_the_archive_shows_nothing_of_another_branch_and_nothing_withdrawn(client, desk, photo):
    assert [row.pk for row in desk.get(ARCHIVE).context["rows"]] == [photo.pk]
    Attachment.objects.update(withdrawn_at=photo.uploaded_at)
    assert desk.get(ARCHIVE).context["rows"] == []
    Attachment.objects.update(withdrawn_at=None)
    assert stranger_of_another_branch(client).get(ARCHIVE).context["rows"] == []


def test_the_archive_costs_the_same_for_1_and_50(desk, complaint, agent, django_assert_max_num_queries):
    counts = []
    for size in (1, 50):
        for n in range(Attachment.objects.count(), size):
            matter = complaint.matter if n % 2 else ComplaintFactory().matter
            Attachment.objects.create(matter=matter, customer=matter.customer, media="photo", uploaded_by=agent)
        desk.get(ARCHIVE)
        with django_assert_max_num_queries(40) as queries:
            desk.get(ARCHIVE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
