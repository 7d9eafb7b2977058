"""What arrives as text becomes the same on both databases (threats 40)."""

import pytest

from core.text import clean, half_width


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("门板开裂", "门板开裂"),
        ("a\x00b", "ab"),
        ("half\ud83dpair", "halfpair"),
        ("\u202egnp.exe", "gnp.exe"),
        ("张\u200b伟\ufeff", "张伟"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\tb", "a\tb"),
        ("𠮷野家 🚪", "𠮷野家 🚪"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("木\u200d门", "木门"),
        ("e\u0301", "é"),
        ("＝１２ＡＢ", "＝１２ＡＢ"),
    ],
)
def test_only_what_cannot_be_seen_is_removed(typed, kept):
    assert clean(typed) == kept


def test_a_stack_of_marks_is_cut():
    cut = clean("门" + "\u0316" * 1000 + "框")
    assert cut.startswith("门")
    assert cut.endswith("框")
    assert len(cut) < 10


def test_cleaning_twice_changes_nothing_more():
    for text in ("e\u0301" * 3, "x" + "\u0323\u0301" * 40, "a\u202e\u200d\u0000b"):
        assert clean(clean(text)) == clean(text)


def test_full_width_signs_become_ascii():
    assert half_width("＋８６　１３８－Ａ门") == "+86 138-A门"
