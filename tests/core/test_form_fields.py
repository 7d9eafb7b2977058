"""What the fields of the trade accept, refuse and say (threats 6, 40, 45)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.utils import translation

from core.forms import FilesField, Form, LineField, MomentField, MoneyField, PhoneField, Segments, TextField, forms


class Sample(Form):
    phone = PhoneField(required=False)
    amount = MoneyField(required=False)
    note = TextField(required=False, max_length=10, help_text="short")
    name = LineField(required=False)
    at = MomentField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=Segments(alt=9), required=False)


@pytest.mark.parametrize("typed", ["12", "１２", "12.5", "0.01", "9999999999.99", " 12 "])
def test_plain_amounts_are_taken(typed):
    form = Sample({"amount": typed})
    assert form.is_valid(), form.errors
    assert isinstance(form.cleaned_data["amount"], Decimal)


@pytest.mark.parametrize(
    "typed",
    [
        "-1",
        "0",
        "0.00",
        "NaN",
        "Infinity",
        "1e9",
        "1E400",
        "0.001",
        "1,000",
        "١٢",
        "1" + "0" * 30,
        "¥12",
        "12元",
        "+5",
        ".",
    ],
)
def test_other_amounts_are_refused_at_the_field(typed):
    with translation.override("zh-hans"):
        form = Sample({"amount": typed})
        assert not form.is_valid()
        assert any("\u4e00" <= char <= "\u9fff" for char in str(form.errors["amount"]))


def test_a_free_item_may_cost_nothing_where_that_is_said():
    assert MoneyField(allow_zero=True).clean("0") == 0


def test_a_missing_amount_is_refused_where_it_is_required():
    with pytest.raises(forms.ValidationError):
        MoneyField().clean("")


def test_a_phone_is_stored_in_one_form_and_shown_in_groups():
    form = Sample({"phone": "＋８６ 138-0013-8000"})
    assert form.is_valid()
    assert form.cleaned_data["phone"] == "13800138000"
    assert 'value="138 0013 8000"' in str(Sample(initial={"phone": "13800138000"})["phone"])


def test_a_wrong_phone_comes_back_as_typed_with_its_reason():
    form = Sample({"phone": "1380013"})
    with translation.override("zh-hans"):
        html = form["phone"].as_field_group()
    assert 'value="1380013"' in html
    assert "手机号应为 11 位" in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_phone_error"' in html
    assert 'id="id_phone_error"' in html


def test_every_submitted_text_is_cleaned_once_for_all_fields():
    form = Sample(QueryDict("note=a%00b%E2%80%AEc&name=x%0D%0A+y&kind=a"))
    assert form.is_valid()
    assert form.cleaned_data["note"] == "abc"
    assert form.cleaned_data["name"] == "x y"


def test_a_text_has_a_limit():
    assert "note" in Sample({"note": "x" * 11}).errors


def test_a_stack_of_marks_does_not_eat_the_limit():
    assert Sample({"note": "门" + "\u0316" * 1000}).is_valid()


def test_only_the_first_wrong_field_takes_the_focus():
    html = str(Sample({"phone": "1", "amount": "x"}))
    assert html.count("autofocus") == 1
    assert "autofocus" in html[html.index('name="phone"') :].split(">")[0]


def test_hints_are_tied_to_their_fields():
    html = str(Sample()["note"].as_field_group())
    assert 'aria-describedby="id_note_helptext"' in html
    assert 'id="id_note_helptext"' in html


def test_a_moment_is_local_time():
    form = Sample({"at": "2026-11-21T17:00"})
    assert form.is_valid()
    assert form.cleaned_data["at"] == datetime(2026, 11, 21, 9, tzinfo=UTC)
    shown = str(Sample(initial={"at": datetime(2026, 11, 21, 9, tzinfo=UTC)})["at"])
    assert 'value="2026-11-21T17:00"' in shown


def test_segments_carry_their_digits_up_to_ten():
    html = str(Sample()["kind"])
    assert 'data-alt="9"' in html
    assert 'data-alt="0"' in html
    assert html.count('type="radio"') == 2


def a_file(name="a.jpg", size=10):
    return SimpleUploadedFile(name, b"x" * size)


def test_several_files_are_taken_together():
    assert [file.name for file in FilesField().clean([a_file("a.jpg"), a_file("b.jpg")])] == ["a.jpg", "b.jpg"]


def test_no_file_is_no_error_where_none_is_needed():
    assert FilesField(required=False).clean([]) == []


def test_too_many_or_too_large_files_are_refused_with_their_limit():
    with pytest.raises(forms.ValidationError, match="2"):
        FilesField(most=2).clean([a_file()] * 3)
    with pytest.raises(forms.ValidationError, match=r"a\.jpg"):
        FilesField(megabytes=1).clean([a_file(size=1024 * 1024 + 1)])
