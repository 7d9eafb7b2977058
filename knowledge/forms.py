"""Forms of the lines of knowledge."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.forms import Form, LineField, ModelForm, Segments, TextField
from knowledge.models import HandlingGuide, PhraseChip, ScriptLine, ServicePhrase, WordRule


class ChipForm(ModelForm):
    class Meta:
        model = PhraseChip
        fields = ["kind", "text", "group", "position", "active"]
        field_classes = {"text": LineField}
        widgets = {"kind": Segments}


class WordForm(ModelForm):
    words = TextField(label=capfirst(WordRule._meta.get_field("words").verbose_name), max_length=WordRule.LONGEST)

    class Meta:
        model = WordRule
        fields = ["words", "class_code", "severity", "demand", "grave", "weight", "note", "position", "active"]
        field_classes = {"note": LineField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"].help_text = WordRule._meta.get_field("words").help_text

    def clean_words(self):
        return " ".join(dict.fromkeys(self.cleaned_data["words"].split()))


class PhraseForm(ModelForm):
    class Meta:
        model = ServicePhrase
        fields = ["kind", "situation", "text", "instead", "position", "active"]
        field_classes = {"text": TextField, "instead": TextField}
        widgets = {"kind": Segments}

    def clean(self):
        data = super().clean()
        if data.get("kind") == ServicePhrase.Kind.FORBIDDEN and not data.get("instead"):
            self.add_error("instead", _("Say what to say instead; a ban alone helps nobody on the phone."))
        return data


class GuideForm(ModelForm):
    class Meta:
        model = HandlingGuide
        fields = ["class_code", "first_words", "ask", "evidence", "steps", "promise", "avoid", "position", "active"]
        field_classes = dict.fromkeys(["first_words", "ask", "evidence", "steps", "promise", "avoid"], TextField)


class ScriptForm(ModelForm):
    class Meta:
        model = ScriptLine
        fields = ["moment", "text", "text_en", "position", "active"]
        field_classes = dict.fromkeys(["text", "text_en"], TextField)


class TryForm(Form):
    """A complaint to try the word table on; nothing of it is kept."""

    text = TextField(
        label=_("A complaint in the customer's words"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": _("For example: the bedroom door has cracked …")}),
    )
