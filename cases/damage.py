"""Which photos damage is judged by, and the cause they speak for (S3-139 … S3-142). The system proposes, staff decide."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models.choices import Cause
from workflow.models import Attachment

Kind = Attachment.Kind
PACKING_SIDES = 6  # a carton has six; S3-141 asks for every side of the packing

# What is asked for, from the outside in and from far to near (S3-135, S3-141): kind, how many, why.
WANTED = (
    (Kind.PACKING_SIDE, PACKING_SIDES, gettext_lazy("every side, so that one sees whether the packing is damaged")),
    (Kind.WHOLE, 1, gettext_lazy("the whole item, from a distance")),
    (Kind.PART, 1, gettext_lazy("the part with the damage")),
    (Kind.CLOSE_UP, 1, gettext_lazy("a sharp close-up of the damage")),
)


@dataclass(frozen=True)
class Wanted:
    """One kind of photo that is asked for."""

    kind: str
    label: str
    why: str
    wanted: int
    found: int

    @property
    def is_there(self):
        return self.found >= self.wanted


@dataclass
class Judgement:
    """The photos there are, and the cause they speak for; ``cause`` is empty where staff decide without a proposal."""

    photos: list = field(default_factory=list)
    cause: str = ""
    reason: str = ""

    @property
    def missing(self):
        return [one for one in self.photos if not one.is_there]

    @property
    def cause_label(self):
        return Cause(self.cause).label if self.cause else ""


def judge(kinds, *, has_glass=False):
    """What the photos (their kinds, one each) say about damage found at home.

    Packing damaged at the place, or no valid photos: transport. Packing whole all round: product quality. Glass may
    break inside sound packing, so nothing is proposed for it (X18).
    """
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    photos = [Wanted(kind, Kind(kind).label, str(why), wanted, counts.get(kind, 0)) for kind, wanted, why in WANTED]
    cause, reason = _proposal(counts, has_glass)
    return Judgement(photos, cause, reason)


def _proposal(counts, has_glass):
    if has_glass:
        return "", _("There is glass in it: it may break inside sound packing, so you decide.")
    if counts.get(Kind.PACKING_DAMAGE):
        return Cause.TRANSPORT_DAMAGE, _("The packing is damaged at the same place.")
    valid = any(counts.get(kind) for kind in (Kind.WHOLE, Kind.PART, Kind.CLOSE_UP))
    if not valid:
        return Cause.TRANSPORT_DAMAGE, _("There are no valid photos of the damage; ask for them first.")
    if counts.get(Kind.PACKING_SIDE, 0) >= PACKING_SIDES:
        return Cause.PRODUCT_QUALITY, _("The packing is sound on every side.")
    return "", _("The packing is not shown from every side yet.")
