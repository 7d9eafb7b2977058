"""What becomes of a call."""

from django.db import models
from django.utils.translation import pgettext_lazy

from cases.models import choices


class Kind(models.TextChoices):
    """What becomes of a call: a record of one of the types, or a word on one that is open."""

    COMPLAINT = choices.Type.COMPLAINT.value, pgettext_lazy("call", "Complaint")
    REPAIR = choices.Type.REPAIR.value, pgettext_lazy("call", "Repair")
    ENQUIRY = choices.Type.ENQUIRY.value, pgettext_lazy("call", "Enquiry")
    SUGGESTION = choices.Type.SUGGESTION.value, pgettext_lazy("call", "Suggestion")
    INSTALLATION_HELP = choices.Type.INSTALLATION_HELP.value, pgettext_lazy("call", "Installation help")
    CHASE = "chase", pgettext_lazy("call", "Chase")
    NOTE = "note", pgettext_lazy("call", "Add to an open one")


ON_AN_OPEN_ONE = frozenset({Kind.CHASE, Kind.NOTE})
ANSWERED = frozenset({Kind.ENQUIRY, Kind.SUGGESTION})
