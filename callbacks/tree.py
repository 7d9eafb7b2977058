"""The conversation as a tree: what is said at each place, what may be answered, where an answer leads (section "Call script").

The page walks it; nothing is stored before one of the acts at its leaves. Answers are numbered as they stand, so that the
keys 1 to 9 walk the whole tree.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from callbacks.models.choices import Script
from cases.models.choices import Verdict

START = "opening"


@dataclass(frozen=True)
class Answer:
    """One thing the customer may say: its label, the place it leads to, what it sets on the way."""

    label: str
    to: str
    sets: dict = field(default_factory=dict)
    when: str = ""  # the name of a test of Walk


@dataclass(frozen=True)
class Act:
    """What ends the conversation here: a verb of the call, or the next screen."""

    verb: str
    label: str
    sets: dict = field(default_factory=dict)
    primary: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Place:
    """One screen: lines by their moments, fields to fill, answers, acts."""

    title: str
    says: tuple = ()
    then: tuple = ()  # said when the call ends here
    fields: tuple = ()
    answers: tuple = ()
    acts: tuple = ()


def _answer(label, to, when="", **sets):
    return Answer(label, to, sets, when)


SATISFIED_ALREADY = _answer(
    pgettext_lazy("call answer", "Satisfied"), "satisfied", verdict=Verdict.SATISFIED, verdict_bad=""
)
PRAISE = _answer(pgettext_lazy("call answer", "Praises a colleague"), "praise")
QUESTION = _answer(pgettext_lazy("call answer", "Has a question"), "question")
INTENTION = _answer(pgettext_lazy("call answer", "Thinks of a refit or of buying"), "intention")
ASKED = (
    SATISFIED_ALREADY,
    _answer(pgettext_lazy("call answer", "Average"), "unhappy", verdict=Verdict.AVERAGE),
    _answer(pgettext_lazy("call answer", "Dissatisfied"), "unhappy", verdict=Verdict.DISSATISFIED),
    QUESTION,
    PRAISE,
)
RECORD = Act("record", _("Record the call"), primary=True)
AREAS = ("sales", "installation", "product", "service")

TREE = {
    "opening": Place(
        _("Greeting"),
        fields=(),
        answers=(
            _answer(pgettext_lazy("call answer", "Convenient"), "progress", when="has_open_complaint"),
            _answer(pgettext_lazy("call answer", "Convenient"), "ask", when="has_no_complaint"),
            _answer(pgettext_lazy("call answer", "Not convenient"), "when"),
            _answer(pgettext_lazy("call answer", "Rather by landline"), "landline", when="is_by_phone"),
            _answer(pgettext_lazy("call answer", "Not reached"), "unreached", when="is_by_phone"),
            _answer(pgettext_lazy("call answer", "Wants no call"), "decline"),
        ),
    ),
    "when": Place(
        _("Not convenient"),
        says=("ask_time",),
        then=("no_time",),
        fields=("at", "note"),
        acts=(Act("reschedule", _("Call again then"), primary=True),),
    ),
    "landline": Place(
        _("Go on by landline"),
        fields=("number",),
        acts=(Act("switch_phone", _("Store it and dial"), primary=True),),
    ),
    "unreached": Place(
        _("Not reached"),
        fields=("kind", "note"),
        acts=(Act("no_answer", _("Note the attempt"), primary=True),),
    ),
    "decline": Place(
        _("Wants no call"),
        says=("declined",),
        fields=("reason",),
        acts=(Act("decline", _("Record: declined"), primary=True),),
    ),
    "progress": Place(
        _("How the complaint stands"),
        says=("progress",),
        answers=(
            _answer(pgettext_lazy("call answer", "Told; go on with the questions"), "ask", told_progress="on"),
            _answer(pgettext_lazy("call answer", "Told; ask the rest another time"), "when", told_progress="on"),
        ),
        acts=(Act("record", _("Told; that was all"), {"told_progress": "on"}),),
    ),
    "ask": Place(_("The question"), fields=AREAS, answers=ASKED),
    "ask_provider": Place(
        _("The fitter"),
        fields=("time_agreed", "on_time", "team_rating"),
        answers=(
            _answer(
                pgettext_lazy("call answer", "Fairly satisfied"), "satisfied", verdict=Verdict.SATISFIED, verdict_bad=""
            ),
            _answer(
                pgettext_lazy("call answer", "Basically satisfied"),
                "satisfied",
                verdict=Verdict.BASICALLY,
                verdict_bad="",
            ),
            _answer(pgettext_lazy("call answer", "Dissatisfied"), "unhappy", verdict=Verdict.DISSATISFIED),
            QUESTION,
            PRAISE,
        ),
    ),
    "ask_equipment": Place(
        _("The machine"),
        fields=("frequency", "condition", "product"),
        answers=(*ASKED, INTENTION),
    ),
    "satisfied": Place(
        _("Satisfied"),
        says=("satisfied",),
        then=("goodbye",),
        fields=("verdict_good", "team_rating", "suggestion"),
        answers=(PRAISE, QUESTION, INTENTION),
        acts=(RECORD,),
    ),
    "praise": Place(
        _("Praise"),
        says=("praised",),
        fields=("praised", "praised_name", "praise_words"),
        answers=(_answer(pgettext_lazy("call answer", "On with the rest"), "satisfied"),),
        acts=(RECORD,),
    ),
    "question": Place(
        _("A question"),
        says=("instead",),
        fields=("question_area", "question", "reply"),
        answers=(
            _answer(
                pgettext_lazy("call answer", "Answered, settled"), "satisfied", question_settled="yes", verdict_bad=""
            ),
            _answer(pgettext_lazy("call answer", "Not settled"), "unhappy", question_settled="no"),
        ),
    ),
    "intention": Place(
        _("Refit or purchase"),
        fields=("wants_refit", "wants_purchase", "intention"),
        answers=(_answer(pgettext_lazy("call answer", "On with the rest"), "satisfied"),),
        acts=(RECORD,),
    ),
    "unhappy": Place(
        _("Listen, then explain"),
        says=("unhappy",),
        fields=("verdict_bad", "problem_area", "problem", "explained"),
        answers=(
            _answer(pgettext_lazy("call answer", "Doubt cleared"), "cleared", doubt_cleared="on"),
            _answer(pgettext_lazy("call answer", "Work is needed"), "work", doubt_cleared=""),
        ),
    ),
    "cleared": Place(
        _("Doubt cleared"),
        then=("goodbye_unhappy",),
        fields=("team_rating", "suggestion"),
        answers=(PRAISE,),
        acts=(RECORD,),
    ),
    "work": Place(
        _("Hand over to after-sales"),
        says=("work",),
        then=("goodbye_unhappy",),
        fields=("klass", "severity", "is_grave", "visit_at", "visit_wish", "gift", "gift_words", "gift_value"),
        acts=(Act("transfer", _("Hand over to after-sales"), primary=True),),
    ),
}
QUESTIONS = {
    Script.PRODUCT: ("ask", ("ask_product",)),
    Script.SERVICE: ("ask", ("ask_service",)),
    Script.PROVIDER: ("ask_provider", ("ask_provider",)),
    Script.EQUIPMENT: ("ask_equipment", ("ask_machine",)),
}


class Walk:
    """Where one conversation stands: the place, the lines said there, the answers that make sense in this call."""

    def __init__(self, call, place):
        self.call = call
        self.name = self._real(place if place in TREE else START)
        self.place = TREE[self.name]

    def _real(self, name):
        return QUESTIONS[self.call.script][0] if name == "ask" else name

    @property
    def says(self):
        """The moments whose lines are said here, in order."""
        if self.name == "opening":
            if self.call.script == Script.SERVICE:
                return ("service",)
            return ("landline",) if self.call.number_kind == "landline" else ("mobile",)
        if self.name == "landline":
            return ()
        if self.name.startswith("ask"):
            return QUESTIONS[self.call.script][1]
        if self.name == "unhappy" and self.call.script == Script.PROVIDER:
            return ("fitter",)
        return self.place.says

    @property
    def ends(self):
        """Whether a record may be made here."""
        return any(act.verb in ("record", "transfer") for act in self.place.acts)

    @property
    def answers(self):
        return [one for one in self.place.answers if not one.when or getattr(self, one.when)]

    @property
    def has_open_complaint(self):
        return bool(self.call.open_complaints)

    @property
    def has_no_complaint(self):
        return not self.has_open_complaint

    @property
    def is_by_phone(self):
        return self.call.mode == "phone"
