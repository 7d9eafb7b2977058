"""Catalogues are compiled without GNU gettext, and what is missing from them is found."""

import os
import shutil

import pytest
from babel.messages.mofile import read_mo
from django.core.management import CommandError, call_command

HEAD = """msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"""


@pytest.fixture
def catalogue(settings, tmp_path):
    """A catalogue with one good, one fuzzy and one empty entry, in a project with nothing else."""
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale" / "doors"]
    source = tmp_path / "locale" / "doors" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        HEAD + '\nmsgid "Door"\nmsgstr "门"\n\n#, fuzzy\nmsgid "Hinge"\nmsgstr "铰链?"\n\nmsgid "Lock"\nmsgstr ""\n'
    )
    return source


def test_good_entries_are_compiled_and_doubtful_ones_are_not(catalogue):
    call_command("compile_translations")
    with catalogue.with_suffix(".mo").open("rb") as compiled:
        assert {message.id: message.string for message in read_mo(compiled) if message.id} == {"Door": "门"}
    assert sorted(path.name for path in catalogue.parent.iterdir()) == ["django.mo", "django.po"]


def test_only_what_changed_is_compiled_again(catalogue, capsys):
    call_command("compile_translations", verbosity=2)
    call_command("compile_translations", verbosity=2)
    assert capsys.readouterr().out.count("django.po") == 1
    later = catalogue.stat().st_mtime + 10
    os.utime(catalogue, (later, later))
    call_command("compile_translations", verbosity=2)
    assert capsys.readouterr().out.count("django.po") == 1


@pytest.mark.skipif(not shutil.which("xgettext"), reason="GNU gettext is not installed")
def test_what_a_chinese_reader_could_not_read_is_listed(catalogue, settings, capsys):
    catalogue.write_text(
        catalogue.read_text() + '\n#, python-format\nmsgid "%(count)d doors"\nmsgstr "%(anzahl)d 扇门"\n'
    )
    (catalogue.parents[4] / "code.py").write_text(
        'from django.utils.translation import gettext as _\n_("Wardrobe drawer")\n'
    )
    template = catalogue.parents[4] / "templates" / "page.html"
    template.parent.mkdir()
    template.write_text('{% translate "Skirting board" context "doors" %}\n<p>直接写的中文</p>\n')
    other = catalogue.parents[3] / "windows" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    other.parent.mkdir(parents=True)
    other.write_text(HEAD + '\nmsgid "Door"\nmsgstr "大门"\n')
    settings.LOCALE_PATHS.append(other.parents[2])
    with pytest.raises(CommandError):
        call_command("missing_translations")
    said = capsys.readouterr().out
    assert "missing: code.py:2: 'Wardrobe drawer'" in said
    assert "missing: templates/page.html:1: 'Skirting board' (context 'doors')" in said
    assert "not translatable: templates/page.html:2" in said
    assert "fuzzy:" in said
    assert "twice: locale/windows/zh_Hans/LC_MESSAGES/django.po: 'Door' is '大门', but '门' in doors" in said
    assert "wrong:" in said
