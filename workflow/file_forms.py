"""Forms that take files in, slot by slot, from far to near (S3-135, S3-141)."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from core.forms import FilesField, LineField, Segments, TextField
from workflow.forms import MoveForm
from workflow.media import MEGABYTES, prepare
from workflow.models import Attachment

Kind = Attachment.Kind
PHOTOS = "image/*,.heic,.heif"
EVERYTHING = f"{PHOTOS},video/*,audio/*,.amr,.pdf"

# Damage is judged from the whole to the detail, and by every side of what it came in.
SETS = (
    (_("The damage, from far to near"), (Kind.WHOLE, Kind.PART, Kind.CLOSE_UP, Kind.SCALE)),
    (_("What it came in"), (Kind.PACKING_SIDE, Kind.PACKING_DAMAGE, Kind.WAYBILL)),
    (_("Around it"), (Kind.CHAT, Kind.SIGNED, Kind.BEFORE, Kind.AFTER)),
)
HINTS = {
    Kind.PACKING_SIDE: _("every side, so that one sees whether it is damaged"),
    Kind.PACKING_DAMAGE: _("where the item is damaged too"),
    Kind.WHOLE: _("the whole item, two steps back"),
    Kind.PART: _("the door leaf, the drawer, the lock …"),
    Kind.CLOSE_UP: _("sharp, a hand's width away"),
    Kind.SCALE: _("with a ruler or a coin beside it"),
    Kind.WAYBILL: _("with what was written on it"),
    Kind.CHAT: _("the whole conversation, with its date"),
    Kind.SIGNED: _("a photo or PDF"),
}


def slot(kind):
    """The field of a kind; its bare name may be taken ("after" says which act this one was queued behind)."""
    return f"slot-{kind}"


class PreparedFilesField(FilesField):
    """Several files, each looked into: what cannot be kept is told file by file."""

    def __init__(self, *, most=20, **kwargs):
        super().__init__(most=most, megabytes=MEGABYTES["video"], **kwargs)

    def clean(self, data, initial=None):
        prepared, wrong = [], []
        for file in super().clean(data, initial):
            try:
                prepared.append(prepare(file))
            except ValidationError as error:
                wrong.append(error)
        if wrong:
            raise ValidationError(wrong)
        return prepared


class AttachFilesForm(MoveForm):
    """A field for each kind of photo, in order, and one for everything else.

    It knows no version: what others did meanwhile takes nothing away from a photo.
    """

    version = None

    other = PreparedFilesField(label=_("Photos, videos, recordings, PDF"), required=False, accept=EVERYTHING, most=50)
    words = TextField(label=_("A word to them"), required=False, rows=2, max_length=1000)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for _title, kinds in SETS:
            for kind in kinds:
                self.fields[slot(kind)] = PreparedFilesField(
                    label=kind.label,
                    help_text=HINTS.get(kind, ""),
                    required=False,
                    accept=EVERYTHING if kind in (Kind.SIGNED, Kind.BEFORE, Kind.AFTER) else PHOTOS,
                )

    @cached_property
    def sets(self):
        """Title → the fields of its slots, as the page lays them out."""
        return [(title, [self[slot(kind)] for kind in kinds]) for title, kinds in SETS]

    def clean(self):
        super().clean()
        names = {kind.value: slot(kind) for _title, kinds in SETS for kind in kinds} | {Kind.OTHER.value: "other"}
        self.files_by_kind = [(kind, file) for kind, name in names.items() for file in self.cleaned_data.get(name, ())]
        if not self.files_by_kind and not self.errors:
            self.add_error("other", ValidationError(_("Choose at least one file."), code="required"))

    def details(self):
        return {"files": self.files_by_kind, "words": self.cleaned_data["words"]}


class FileForm(MoveForm):
    """An act on one file of the record's matter; one of another matter is no choice (threats 25)."""

    version = None

    attachment = forms.ModelChoiceField(
        label=_("File"), queryset=Attachment.objects.none(), widget=forms.HiddenInput, empty_label=None
    )

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, record=record, **kwargs)
        self.fields["attachment"].queryset = Attachment.objects.shown().filter(matter=record.matter_id)

    @cached_property
    def file(self):
        """The file this is about, to be shown beside the form."""
        try:
            return self.fields["attachment"].clean(self["attachment"].value())
        except ValidationError:
            return None


class WithdrawFileForm(FileForm):
    reason = TextField(label=_("Reason"), max_length=1000)


class DescribeFileForm(FileForm):
    kind = forms.ChoiceField(label=_("It shows"), choices=Kind.choices, widget=Segments)
    caption = LineField(label=_("In words"), required=False, max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.file is not None:
            self.initial.setdefault("kind", self.file.kind)
            self.initial.setdefault("caption", self.file.caption)


class CustomerFilesForm(AttachFilesForm):
    """The same in the customer's words: a few places, large ones, in the order he should take the pictures."""

    PLACES = (Kind.WHOLE, Kind.PART, Kind.CLOSE_UP, Kind.PACKING_SIDE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name.startswith("slot-")]:
            if name not in {slot(kind) for kind in self.PLACES}:
                del self.fields[name]
        self.fields["other"].label = _("Video, voice message, anything else")

    @cached_property
    def places(self):
        return [self[slot(kind)] for kind in self.PLACES]
