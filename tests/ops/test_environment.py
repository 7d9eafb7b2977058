"""What tests/conftest.py promises to every other test."""

import socket
import tempfile

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def test_files_go_to_a_folder_of_the_test(tmp_path):
    name = default_storage.save("door.jpg", ContentFile(b"photo"))
    assert default_storage.path(name).startswith(str(tmp_path))
    assert str(settings.VAR_DIR).startswith(tempfile.gettempdir())


def test_no_test_reaches_another_machine():
    with pytest.raises(AssertionError, match="192.0.2.1"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
