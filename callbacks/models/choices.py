"""The lists a follow-up call is described by. The codes are stored and exported; the labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Trigger(models.TextChoices):
    """Why somebody is called (S0-39, S1-76, S2-02, S2-87, S2-155, S2-160, S2-164, S3-156)."""

    CARD = "card", pgettext_lazy("call trigger", "installation")
    SERVICE = "service", pgettext_lazy("call trigger", "finished service")
    PROVIDER = "provider", pgettext_lazy("call trigger", "provider's job")
    VIP = "vip", pgettext_lazy("call trigger", "special VIP")
    CAMPAIGN = "campaign", pgettext_lazy("call trigger", "list or campaign")


class Script(models.TextChoices):
    """Which way through the tree the conversation takes after the greeting."""

    PRODUCT = "product", pgettext_lazy("call script", "product installed")
    SERVICE = "service", pgettext_lazy("call script", "service finished")
    PROVIDER = "provider", pgettext_lazy("call script", "provider's two questions")
    EQUIPMENT = "equipment", pgettext_lazy("call script", "equipment checklist")


class Mode(models.TextChoices):
    """How the customer was asked (S2-156)."""

    PHONE = "phone", pgettext_lazy("call mode", "by phone")
    VISIT = "visit", pgettext_lazy("call mode", "in person")
    WECHAT = "wechat", _("WeChat")


class Outcome(models.TextChoices):
    """What became of one attempt; all but the first two and the last two are kinds of “not reached” (S0-69)."""

    TALKING = "talking", pgettext_lazy("call attempt", "talking")
    REACHED = "reached", pgettext_lazy("call attempt", "reached")
    NO_ANSWER = "no_answer", pgettext_lazy("call attempt", "no answer")
    BUSY = "busy", pgettext_lazy("call attempt", "busy")
    OFF = "off", pgettext_lazy("call attempt", "switched off")
    NO_SUCH_NUMBER = "no_such_number", pgettext_lazy("call attempt", "no such number")
    WRONG_PERSON = "wrong_person", pgettext_lazy("call attempt", "somebody else's number")
    HUNG_UP = "hung_up", pgettext_lazy("call attempt", "hung up")
    SWITCHED = "switched", pgettext_lazy("call attempt", "went on at another number")
    DROPPED = "dropped", pgettext_lazy("call attempt", "left without a result")


UNREACHED = [
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.OFF,
    Outcome.NO_SUCH_NUMBER,
    Outcome.WRONG_PERSON,
    Outcome.HUNG_UP,
]
BAD_NUMBER = frozenset({Outcome.NO_SUCH_NUMBER, Outcome.WRONG_PERSON})


class Tone(models.TextChoices):
    """What kind of thing the customer said."""

    OPINION = "opinion", pgettext_lazy("said in a call", "opinion or wish")
    PROBLEM = "problem", pgettext_lazy("said in a call", "problem")
    PRAISE = "praise", pgettext_lazy("said in a call", "praise")
    QUESTION = "question", pgettext_lazy("said in a call", "question")


class Frequency(models.TextChoices):
    """How often a machine is used (S2-04)."""

    DAILY = "daily", pgettext_lazy("machine used", "every day")
    WEEKLY = "weekly", pgettext_lazy("machine used", "every week")
    SELDOM = "seldom", pgettext_lazy("machine used", "seldom")
    IDLE = "idle", pgettext_lazy("machine used", "not at all")


class Gift(models.TextChoices):
    """Whether a small gift is to make good for the trouble (S0-60)."""

    NONE = "none", pgettext_lazy("gift", "no gift")
    GIVEN = "given", pgettext_lazy("gift", "gift given")
    PROPOSED = "proposed", pgettext_lazy("gift", "gift proposed to the supervisor")


class CampaignKind(models.TextChoices):
    """Themed lists and those the specialist hands out (S2-02, S2-155, S2-160, S1-76)."""

    HAND_OUT = "hand_out", pgettext_lazy("campaign", "list handed out")
    HOLIDAY = "holiday", pgettext_lazy("campaign", "holiday")
    ANNIVERSARY = "anniversary", pgettext_lazy("campaign", "anniversary")
    PROMOTION = "promotion", pgettext_lazy("campaign", "promotion")
    AD_HOC = "ad_hoc", pgettext_lazy("campaign", "ad hoc, by type of customer")
    EQUIPMENT = "equipment", pgettext_lazy("campaign", "equipment in use")
    LOW_RATED = "low_rated", pgettext_lazy("campaign", "products rated below 4.8")
