"""What must hold for every template and script of ours: the strict policy, working imports, pages without a database."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import override_settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = re.compile(
    r"""\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|<style|javascript:|<script(?![^>]*\bsrc=)""", re.IGNORECASE
)
IMPORT = re.compile(r"""(?:from|import) "(\.{1,2}/[^"]+)\"""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")
REMARK = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)


def test_no_template_needs_what_the_policy_forbids():
    found = {str(path.relative_to(ROOT)): INLINE.findall(REMARK.sub("", path.read_text())) for path in TEMPLATES}
    assert not {name: what for name, what in found.items() if what}


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "413", "429", "500", "503", "507"])
def test_error_pages_are_drawn_without_request_and_database(name):
    html = render_to_string(f"{name}.html", {"reason": "x"})
    assert "<h1>" in html
    assert "noindex" in html


def test_every_import_of_a_script_leads_to_a_script():
    for script in (ROOT / "static" / "js").rglob("*.js"):
        for name in IMPORT.findall(script.read_text()):
            assert (script.parent / name).exists(), f"{script.name} imports {name}"


def test_every_static_file_a_template_names_exists():
    for path in TEMPLATES:
        for name in re.findall(r"""{% static ["']([^"']+)["'] %}""", path.read_text()):
            assert finders.find(name), f"{path} names {name}"


@pytest.mark.long
@pytest.mark.slow
def test_names_of_scripts_change_with_their_content_down_to_the_imports(tmp_path):
    stores = {**settings.STORAGES, "staticfiles": {"BACKEND": "core.assets.HashedAssets"}}
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=stores):
        call_command("collectstatic", interactive=False, verbosity=0)
    scripts = [path for path in (tmp_path / "js").rglob("*.js") if HASHED.search(path.name)]
    assert scripts
    for script in scripts:
        for name in IMPORT.findall(script.read_text()):
            assert HASHED.search(name), f"{script.name} imports {name}"
            assert (script.parent / name).exists()
