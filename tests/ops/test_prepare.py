"""Static files are collected when they changed, beside the migration, and not at every start."""

import subprocess

import pytest
from django.core.management.base import CommandError

from aftersales.management.commands import prepare


class Collecting:
    """Stands in for the process; ``code`` is what it ends with."""

    started, code = 0, 0

    def __init__(self, command):
        type(self).started += 1
        assert "collectstatic" in command
        self.returncode = self.code

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass


@pytest.fixture
def collecting(monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = tmp_path / "collected", [tmp_path / "ours"]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    for folder in ("collected", "ours"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ours" / "page.css").write_text("a {}")
    fake = type("Fake", (Collecting,), {"started": 0, "code": 0})
    monkeypatch.setattr(subprocess, "Popen", fake)
    return fake


def prepare_once():
    with prepare.static_files_collected():
        pass


def test_a_second_start_collects_nothing_and_a_changed_file_everything(collecting, tmp_path):
    prepare_once()
    prepare_once()
    assert collecting.started == 1
    (tmp_path / "ours" / "page.css").write_text("a {} b {}")
    prepare_once()
    assert collecting.started == 2


def test_a_failure_is_told_and_tried_again(collecting):
    collecting.code = 1
    with pytest.raises(CommandError):
        prepare_once()
    collecting.code = 0
    prepare_once()
    prepare_once()
    assert collecting.started == 2
