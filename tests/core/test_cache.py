"""A dead cache is an empty cache, soon."""

import errno
import socket
import subprocess
import sys
import time

import pytest

pytest.importorskip("redis")

from aftersales.settings import CACHES, REDIS_URL
from core.cache import REST, ForgivingRedisCache, SharedFileCache


@pytest.fixture
def closed_port():
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


@pytest.fixture(autouse=True)
def _awake(monkeypatch):
    monkeypatch.setattr(ForgivingRedisCache, "silent_until", 0.0)


def test_a_dead_cache_answers_like_an_empty_one_and_soon(closed_port):
    cache = ForgivingRedisCache(f"redis://127.0.0.1:{closed_port}/3", {})
    began = time.perf_counter()
    cache.set("a", 1)
    assert cache.get("a") is None
    assert cache.get("a", "none") == "none"
    assert cache.get_many(["a", "b"]) == {}
    assert cache.get_or_set("a", 5) in (5, None)
    assert cache.set_many({"a": 1}) == ["a"]
    assert cache.add("a", 1) is True
    assert "a" not in cache
    assert cache.delete("a") is False
    assert cache.touch("a") is False
    cache.delete_many(["a"])
    cache.clear()
    with pytest.raises(ValueError):
        cache.incr("a")
    assert time.perf_counter() - began < 10


def test_a_silent_cache_costs_one_second_once():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        cache = ForgivingRedisCache(f"redis://127.0.0.1:{listener.getsockname()[1]}/3", {})
        began = time.perf_counter()
        for _ in range(20):
            assert cache.get("a") is None
        assert time.perf_counter() - began < 10  # not a second for each of the twenty


def test_after_a_rest_the_cache_is_asked_again(closed_port, monkeypatch):
    cache = ForgivingRedisCache(f"redis://127.0.0.1:{closed_port}/3", {})
    cache.get("a")
    later = time.monotonic() + REST + 1
    asked = []
    monkeypatch.setattr("core.cache.time.monotonic", lambda: later)
    monkeypatch.setattr(ForgivingRedisCache, "away", lambda self, error: asked.append(error))
    cache.get("a")
    assert asked


def test_without_redis_all_processes_of_a_machine_share_one_cache(tmp_path):
    assert REDIS_URL or CACHES["default"]["BACKEND"] == "core.cache.SharedFileCache"
    code = "import sys; from core.cache import SharedFileCache; SharedFileCache(sys.argv[1], {}).set('seen', ['王敏'])"
    subprocess.run(
        [sys.executable, "-c", f"import django.conf; django.conf.settings.configure(); {code}", tmp_path], check=True
    )
    assert SharedFileCache(str(tmp_path), {}).get("seen") == ["王敏"]


def test_a_full_disk_costs_a_memory_and_no_page(tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("django.core.cache.backends.filebased.tempfile.mkstemp", full)
    cache = SharedFileCache(str(tmp_path), {})
    cache.set("seen", 1)
    assert cache.get("seen") is None
