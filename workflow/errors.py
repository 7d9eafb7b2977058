"""Why a move is refused. The transition view and the task edge turn these into words; nothing else catches them."""

from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed


class Refusal(Exception):
    """A move that did not happen and left nothing behind but a line saying it was tried."""

    code = "refused"


class MoveRefused(Refusal, TransitionNotAllowed):
    """The record's state or a guard does not allow the move; ``reason`` is a sentence for the person."""

    code = "state"

    def __init__(self, reason, *, record=None, verb=""):
        super().__init__(reason)
        self.reason, self.record, self.verb = reason, record, verb


class StaleVersion(Refusal):
    """The form was opened on an older version of the record than the one now stored (design 3.3)."""

    code = "stale"

    def __init__(self, record, seen):
        super().__init__(f"{record} is at version {record.version}, the form at {seen}")
        self.record, self.seen = record, seen

    @property
    def reason(self):
        return _("Someone else changed this while you were working on it.")


class OperationConflict(Refusal):
    """The operation id was used before by somebody else, or for something else (threats 17)."""

    code = "operation"

    @property
    def reason(self):
        return _("This form was already used for something else. Open the page again.")
