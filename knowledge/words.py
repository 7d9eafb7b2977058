"""What a complaint's words say about its class, severity and demand: the call screen proposes, the agent corrects.

A table of words rather than a trained model: a manager sees why something was proposed, and mends it by adding a word.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Count, Max

from core.text import clean
from knowledge.codes import ComplaintClass, Demand, Severity
from knowledge.models import WordRule

READ_AT_MOST = 3000  # characters; the point of a complaint is made by then
GAP = r"[^，。！？；,.!?;\n]{0,8}?"

# "没有异味", "不会开裂", "未见明显划痕": the word is denied. "不是没有异味", "难道没有": denied twice, so it stands.
DENIED = re.compile(
    r"(?P<twice>不是|并非|不能说|不可能|难道|怎么可能)?"
    r"(?:没有|没|无|未|不会|不是|不存在|并未|从未|毫无|不再|不要|不用|不需要|不想|别|懒得|避免|防止|以免|不至于|会不会|是否会|是不是会|怕|不)"
    r"(?:任何|什么|再|出现|发生|发现|见到?|有|明显|太|一点|丝毫|存在|过|看到|要求|打算|说要|以后|今后|将来|想|直接|给我){0,2}$"
)
# What customers ask for when they have not said: the ordinary remedy of the class.
USUAL_DEMAND = {
    ComplaintClass.QUALITY: Demand.REPAIR,
    ComplaintClass.INSTALLATION: Demand.REPAIR,
    ComplaintClass.SIZE_MISMATCH: Demand.REPLACE,
    ComplaintClass.MISSING_OR_WRONG_PART: Demand.MISSING_PART,
    ComplaintClass.LATE_DELIVERY: Demand.EXPLANATION,
    ComplaintClass.TRANSPORT_DAMAGE: Demand.REPLACE,
    ComplaintClass.SERVICE_ATTITUDE: Demand.APOLOGY,
    ComplaintClass.AFTER_SALES_SERVICE: Demand.EXPLANATION,
    ComplaintClass.SALES: Demand.EXPLANATION,
}
SEVERITY_RANK = list(Severity.values)


@dataclass(frozen=True)
class Reason:
    """A word found in the text and what it spoke for."""

    word: str
    class_code: str = ""
    severity: str = ""
    demand: str = ""
    grave: bool = False


@dataclass(frozen=True)
class Proposal:
    """What the words suggest; every field has a value, ``reasons`` are empty where it is only the default."""

    class_code: str = ComplaintClass.OTHER.value
    severity: str = Severity.MINOR.value
    demand: str = Demand.OTHER.value
    grave: bool = False
    reasons: list = field(default_factory=list)


class WordTable:
    """The word rules made ready for reading texts: no database, no request."""

    def __init__(self, rules):
        self.rules = [(rule, [reading(word) for word in dict.fromkeys(rule.words.split())]) for rule in rules]

    @classmethod
    def current(cls):
        """The table in use now, kept between calls until a rule changes: one small query."""
        stamp = WordRule.objects.aggregate(Count("pk"), Max("changed_at"))
        return cls._at(stamp["pk__count"], stamp["changed_at__max"])

    @classmethod
    @lru_cache(maxsize=2)
    def _at(cls, count, changed_at):
        return cls(WordRule.objects.active())

    def propose(self, text):
        """Class and demand by the heaviest sum of words, severity by the gravest word, grave by any."""
        text = clean(text)[:READ_AT_MOST].lower()
        classes, demands, severities, reasons = Counter(), Counter(), set(), []
        for rule, words in self.rules:
            found = next((word for word in (spoken(text, word) for word in words) if word), "")
            if not found:
                continue
            classes[rule.class_code] += rule.weight
            demands[rule.demand] += rule.weight
            severities.add(rule.severity)
            reasons.append(Reason(found, rule.class_code, rule.severity, rule.demand, rule.grave))
        class_code = heaviest(classes) or Proposal.class_code
        return Proposal(
            class_code=class_code,
            severity=max(severities - {""}, key=SEVERITY_RANK.index, default=Proposal.severity),
            demand=heaviest(demands) or USUAL_DEMAND.get(class_code, Proposal.demand),
            grave=any(reason.grave for reason in reasons),
            reasons=reasons,
        )


def reading(word):
    """How a word of a rule begins and the pattern it makes; only stars mean more than themselves."""
    parts = [part for part in word.lower().split("*") if part]
    return parts[0], re.compile(GAP.join(map(re.escape, parts)))


def spoken(text, word):
    """The first place where the word stands in the text undenied, or an empty string."""
    begins, pattern = word
    if begins not in text:
        return ""
    for found in pattern.finditer(text):
        denied = DENIED.search(text[max(found.start() - 12, 0) : found.start()])
        if not denied or denied["twice"]:
            return found[0]
    return ""


def heaviest(weights):
    """The key with the largest weight, the earlier one of equals; empty without any."""
    weights.pop("", None)
    return max(weights, key=weights.get, default="")


def propose(text):
    """Propose class, severity, demand and risk from the words of a complaint, by the table in use now."""
    return WordTable.current().propose(text)
