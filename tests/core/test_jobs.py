"""Long work: done once, taken up again after a crash, seen only by whoever started it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core import jobs
from core.jobs import JobFailed, forget_expired, job_kind, keep_result, run, run_waiting
from core.models import Job
from core.models.job import LEASE, MOST_ATTEMPTS, RESULT_KEPT, JobLost

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch):
    """A kind of job that counts to ten from where it stopped, and does first what the test says."""
    monkeypatch.setattr(jobs, "_kinds", {})
    counted = []

    @job_kind("count")
    def count(job):
        for number in range(job.checkpoint.get("next", 1), 11):
            count.before(job, number)
            counted.append(number)
            job.report(number, timezone.now(), total=10, checkpoint={"next": number + 1})
        keep_result(job, "数字.csv", ContentFile(b"1\r\n2\r\n"))
        job.summary = {"counted": 10}

    count.before = lambda job, number: None
    count.counted = counted
    return count


@pytest.fixture
def job(user):
    return Job.objects.start("count", by=user, now=timezone.now(), params={"a": 1}, title="数到十")


def test_a_job_is_done_once_with_its_progress_and_its_file(work, job):
    assert run(job.pk) is True
    assert run(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.percent, job.summary) == ("done", 10, 10, 100, {"counted": 10})
    assert default_storage.open(job.result).read() == b"1\r\n2\r\n"
    assert "数字" not in job.result
    assert work.counted == list(range(1, 11))


def test_after_a_killed_worker_the_next_goes_on_at_the_checkpoint(work, job, time_machine):
    class Killed(BaseException):
        pass

    def kill(job, number):
        if number == 5:
            raise Killed

    work.before = kill
    with pytest.raises(Killed):
        run(job.pk)
    work.before = lambda job, number: None
    assert run_waiting() == 0
    time_machine.move_to(timezone.now() + LEASE + timedelta(seconds=1))
    assert run_waiting() == 1
    assert work.counted == list(range(1, 11))


def test_reporting_renews_the_lease_and_shows_progress(work, job, time_machine):
    time_machine.move_to(timezone.now())

    def slow(job, number):
        time_machine.shift(LEASE - timedelta(seconds=1))
        stored = Job.objects.get(pk=job.pk)
        assert (stored.done, stored.state) == (number - 1, "running")
        assert Job.objects.claim(job.pk, timezone.now()) is None

    work.before = slow
    assert run(job.pk)


def test_whoever_lost_his_job_to_another_worker_leaves_it_alone(work, job, time_machine):
    first = Job.objects.claim(job.pk, timezone.now())
    time_machine.move_to(timezone.now() + LEASE)
    assert Job.objects.claim(job.pk, timezone.now())
    with pytest.raises(JobLost):
        first.report(1, timezone.now())
    with pytest.raises(JobLost):
        first.finish(timezone.now())


def test_a_fault_is_tried_again_and_a_worker_killer_is_given_up(work, job, time_machine):
    def stumble(job, number):
        raise ZeroDivisionError

    work.before = stumble
    for _ in range(MOST_ATTEMPTS):
        assert not run(job.pk)
        job.refresh_from_db()
        assert job.state == "waiting"
        assert "ZeroDivision" not in job.error
        time_machine.move_to(job.next_at)
    assert not run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.next_at) == ("failed", None)


def test_work_that_cannot_succeed_says_why_at_once(work, job):
    def refuse(job, number):
        raise JobFailed("第 3 行没有电话。")

    work.before = refuse
    assert not run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "第 3 行没有电话。")


def test_a_stopped_job_stops_at_its_next_report(work, job):
    work.before = lambda job, number: number == 4 and Job.objects.get(pk=job.pk).stop(timezone.now())
    assert run(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 3)
    assert job.stop(timezone.now()) is False


def test_a_job_nobody_knows_how_to_do_waits_for_a_release_that_does(work, user):
    job = Job.objects.start("unheard of", by=user, now=timezone.now())
    assert not run(job.pk)
    job.refresh_from_db()
    assert job.state == "waiting"


def test_files_are_kept_for_a_week(work, job, time_machine, signed_in):
    run(job.pk)
    job.refresh_from_db()
    time_machine.move_to(timezone.now() + RESULT_KEPT + timedelta(seconds=1))
    signed_in.force_login(job.started_by)
    assert signed_in.get(f"/jobs/{job.pk}/result/").status_code == 404
    forget_expired()
    assert not default_storage.exists(job.result)
    job.refresh_from_db()
    assert job.result == ""


# --- the pages ------------------------------------------------------------------------------------------------------
def test_the_page_shows_progress_and_htmx_gets_it_alone(signed_in, work, job):
    claimed = Job.objects.claim(job.pk, timezone.now())
    claimed.report(3, timezone.now(), total=10)
    page = signed_in.get(f"/jobs/{job.pk}/").content.decode()
    assert 'value="30"' in page
    assert "3 / 10" in page
    assert "hx-trigger" in page
    part = signed_in.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'value="30"' in part


def test_a_finished_job_offers_its_file_and_asks_no_more(signed_in, work, job):
    run(job.pk)
    page = signed_in.get(f"/jobs/{job.pk}/").content.decode()
    assert "hx-trigger" not in page
    assert "数字.csv" in page
    answer = signed_in.get(f"/jobs/{job.pk}/result/")
    assert b"".join(answer.streaming_content) == b"1\r\n2\r\n"
    assert "filename*=utf-8''%E6%95%B0%E5%AD%97.csv" in answer["Content-Disposition"]
    assert "数到十" in signed_in.get("/jobs/").content.decode()


def test_jobs_are_their_starters_alone(work, job, client, make_user):
    run(job.pk)
    client.force_login(make_user("zhao"))
    for path in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/result/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/jobs/{job.pk}/stop/").status_code == 404
    assert "数到十" not in client.get("/jobs/").content.decode()


def test_stopping_is_a_post(signed_in, job):
    assert signed_in.get(f"/jobs/{job.pk}/stop/").status_code == 405
    assert signed_in.post(f"/jobs/{job.pk}/stop/").url == f"/jobs/{job.pk}/"
    job.refresh_from_db()
    assert job.state == "stopped"
