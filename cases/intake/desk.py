"""What lies ready on the call screen: classes, standard plans, words for one press, sentences to say."""

from django.utils.functional import cached_property

from accounts.models import Region
from cases.models import ComplaintClass, StandardPlan
from core.models import Installation
from customers.models import ServiceCard
from knowledge.models import HandlingGuide, PhraseChip, ServicePhrase

Situation = ServicePhrase.Situation
DURING_A_CALL = [
    Situation.OPENING,
    Situation.LISTENING,
    Situation.CHECKING,
    Situation.APOLOGY,
    Situation.ANGER,
    Situation.PROMISE,
    Situation.CLOSING,
]
MOST_CHIPS = 13
# Phrases are said to customers, in Chinese whatever the language of the page.
OUR_COMPANY = "本公司"


class Desk:
    """The reference tables of one page, each read once."""

    def __init__(self, user, file=None):
        self.user, self.file = user, file

    @cached_property
    def classes(self):
        return list(ComplaintClass.objects.filter(active=True).select_related("department"))

    @cached_property
    def plans(self):
        return list(StandardPlan.objects.usable().select_related("klass").order_by("name"))

    @cached_property
    def regions(self):
        """Branches this person may open a file in: his own, or every one where he sees everything."""
        if self.user.sees_everything:
            return list(Region.objects.filter(active=True))
        return [region for region in self.user.regions.all() if region.active]

    @property
    def rooms(self):
        return [str(room) for room in ServiceCard.ROOMS]

    @cached_property
    def chips(self):
        """Parts and symptoms for the goods this customer has, or for every product where nothing is known of him."""
        groups = {one.card.product.group_id for one in self.file.cards} if self.file else set()
        offered = PhraseChip.objects.offered(groups) if groups else self._any_chips()
        return {kind: one_line(chips) for kind, chips in offered.items()}

    def _any_chips(self):
        chips = {kind: [] for kind in PhraseChip.Kind.values}
        for chip in PhraseChip.objects.active():
            chips[chip.kind].append(chip)
        return chips

    # --- what to say --------------------------------------------------------------------------------------------
    @cached_property
    def phrases(self):
        """(situation, sentences) in the order of a call, names and numbers filled in (S0-23)."""
        values = self._values()
        found = {}
        for phrase in ServicePhrase.objects.for_situation(*DURING_A_CALL).filter(kind=ServicePhrase.Kind.COURTESY):
            # An opening is said at once: one with a gap that the file does not fill is left out.
            if phrase.situation != Situation.OPENING or values.keys() >= set(phrase.placeholders):
                found.setdefault(phrase.situation, []).append(phrase.fill(values))
        return [(Situation(name).label, found[name]) for name in DURING_A_CALL if name in found]

    def _values(self):
        values = {"公司名称": Installation.objects.current().company or OUR_COMPANY}
        if self.user.work_number:
            values["工号"] = self.user.work_number
        if self.file:
            values["客户称呼"] = self.file.customer.name
            products = {one.card.product.name for one in self.file.cards}
            if len(products) == 1:
                values["产品"] = products.pop()
        return values

    @cached_property
    def guides(self):
        """What to ask and what may be promised, by the code of the class (S1-66)."""
        return list(HandlingGuide.objects.active())


def one_line(chips):
    """As many words as fit a line, each once, those made for a product group before those for everything."""
    ordered = sorted(chips, key=lambda chip: chip.group_id is None)
    return list({chip.text: chip for chip in ordered}.values())[:MOST_CHIPS]
