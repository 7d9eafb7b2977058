"""One press of the button, known before anything is looked up: after the first press the file itself looks different."""

import uuid

from django.core.exceptions import BadRequest
from django.utils.functional import cached_property

from cases.intake.kinds import Kind
from core.text import clean
from workflow.forms import fingerprint
from workflow.models import Operation
from workflow.perform import body_hash

NOT_SAID = ("op", "kept_op", "proposal_seen")


class Submission:
    """The operation id of a form that arrived, the verb it asks for, and the details its repetition is known by."""

    def __init__(self, request):
        self.request = request
        try:
            self.op = uuid.UUID(request.POST.get("op", ""))
        except ValueError:
            raise BadRequest("op is not a UUID") from None

    @property
    def verb(self):
        return {Kind.CHASE: "chase", Kind.NOTE: "add_note"}.get(self.request.POST.get("kind"), "register")

    @cached_property
    def details(self):
        words = clean(self.request.POST.get("content", "")).strip()
        return {"chase": {"words": words}, "add_note": {"text": words}}.get(self.verb) or {"body": self.sent}

    @property
    def sent(self):
        """All that was sent, and for whose file."""
        return [self.request.get_full_path(), fingerprint(self.request, without=NOT_SAID)]

    @property
    def earlier(self):
        """What this id was used for before, or None."""
        return Operation.objects.filter(op=self.op).first()

    def repeats(self, earlier):
        return earlier.verb == self.verb and earlier.body_hash == body_hash(self.verb, self.details)
