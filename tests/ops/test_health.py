"""/healthz for monitors (design 4.9; threats 20, 55)."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from core import health
from core.models import Heartbeat


def ask(client):
    answer = client.get("/healthz")
    return answer.status_code, json.loads(answer.content)


@pytest.mark.django_db
def test_a_fresh_sweep_is_well(client):
    Heartbeat.objects.beat("sweep", timezone.now())
    status, said = ask(client)
    assert status == 200
    assert said.pop("sweep_age_seconds") < 60
    assert said == {"status": "ok", "database": "ok", "sweep": "ok"}


@pytest.mark.django_db
def test_before_the_first_sweep_it_says_so(client):
    status, said = ask(client)
    assert (status, said["status"], said["sweep"]) == (200, "late", "never")


@pytest.mark.django_db
@pytest.mark.parametrize("shift", [timedelta(minutes=-4), timedelta(hours=73)], ids=["stopped", "clock set back"])
def test_a_mark_far_from_now_on_either_side_is_late(client, shift):
    Heartbeat.objects.beat("sweep", timezone.now() + shift)
    status, said = ask(client)
    assert (status, said["status"], said["sweep"]) == (200, "late", "late")
    Heartbeat.objects.beat("sweep", timezone.now())
    assert ask(client)[1]["sweep"] == "ok"


@pytest.mark.django_db
def test_a_database_that_is_down_is_told_and_nothing_else(client, monkeypatch):
    def down(now):
        raise OperationalError('connection to server at "10.1.2.3", user "aftersales" failed')

    monkeypatch.setattr(health, "sweep_state", down)
    assert ask(client) == (503, {"status": "down", "database": "down"})


@pytest.mark.django_db
def test_no_login_no_cookie_no_redirect_to_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]
    assert Client().post("/healthz").status_code == 405
