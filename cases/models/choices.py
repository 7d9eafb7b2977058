"""The lists a complaint is described by. The codes are stored and exported; the labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knowledge import codes

# The word table proposes these, so they stand below.
Severity, Demand = codes.Severity, codes.Demand


class Type(models.TextChoices):
    """What the caller wants of us (S1-01, S3-148)."""

    COMPLAINT = "complaint", pgettext_lazy("case type", "complaint")
    REPAIR = "repair", pgettext_lazy("case type", "repair request")
    ENQUIRY = "enquiry", pgettext_lazy("case type", "enquiry")
    SUGGESTION = "suggestion", pgettext_lazy("case type", "suggestion")
    INSTALLATION_HELP = "installation_help", pgettext_lazy("case type", "installation help")


class Topic(models.TextChoices):
    """What a question is about (S1-02)."""

    USE = "use", pgettext_lazy("topic", "use")
    UPKEEP = "upkeep", pgettext_lazy("topic", "upkeep")
    REPAIR = "repair", pgettext_lazy("topic", "repair")
    OTHER = "other", pgettext_lazy("topic", "other")


class Channel(models.TextChoices):
    """How it reached us (S1-18, S3-24, S3-51, S3-56, S3-101, S3-106, S3-113)."""

    PHONE = "phone", _("phone")
    WECHAT = "wechat", _("WeChat")
    WEB_CHAT = "web_chat", _("website chat")
    APP_CHAT = "app_chat", _("app chat")
    ONLINE_MESSAGE = "online_message", _("online message")
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    FAX = "fax", _("fax")
    LETTER = "letter", _("letter")
    COUNTER = "counter", _("in the store")
    FOLLOW_UP = "follow_up", _("follow-up call")
    LINK = "link", _("customer's link")


class RemedyLevel(models.IntegerChoices):
    """How much it takes to put right (S3-88)."""

    ONE = 1, _("1 · total loss, or the customer refuses repair")
    TWO = 2, _("2 · a large part and a visit")
    THREE = 3, _("3 · a visit, no new part")
    FOUR = 4, _("4 · explanation or a small part by post")


SEVERITY_OF_LEVEL = {1: Severity.SERIOUS, 2: Severity.MODERATE, 3: Severity.MINOR, 4: Severity.MINOR}  # X6


class Cause(models.TextChoices):
    """Why it happened: seven classes (S3-89)."""

    PRODUCT_QUALITY = "product_quality", _("product quality, missing parts included")
    VERSION_CHANGE = "version_change", _("unannounced change of version")
    HUMAN_ERROR = "human_error", _("human error")
    SERVICE_DISPUTE = "service_dispute", _("service dispute")
    TRANSPORT_DAMAGE = "transport_damage", _("transport damage")
    INSTALLATION_DAMAGE = "installation_damage", _("installation damage")
    OTHER = "other", pgettext_lazy("cause", "other")


class HumanError(models.TextChoices):
    """What kind of human error; it always has a named person (S3-90, S2-40)."""

    WRONG_ORDER = "wrong_order", _("wrong or incomplete order")
    STOCKING = "stocking", _("mistake in preparing the goods")
    WRONG_GOODS = "wrong_goods", _("wrong goods shipped")
    DATA = "data", _("wrong data entered")
    KNOWLEDGE = "knowledge", _("lack of knowledge")
    OTHER = "other", pgettext_lazy("human error", "other")


class Stage(models.TextChoices):
    """In which stage of our work the cause lies (S1-25)."""

    DESIGN = "design", pgettext_lazy("stage", "design")
    PRODUCTION = "production", pgettext_lazy("stage", "production")
    SERVICE = "service", pgettext_lazy("stage", "service")
    OTHER = "other", pgettext_lazy("stage", "other")


class Area(models.TextChoices):
    """Which side of our work the customer speaks about (S0-50)."""

    SALES = "sales", pgettext_lazy("area", "sales")
    INSTALLATION = "installation", pgettext_lazy("area", "installation")
    PRODUCT = "product", pgettext_lazy("area", "product")
    SERVICE = "service", pgettext_lazy("area", "service")


class Liability(models.TextChoices):
    """Who answers for it; it decides who pays (design 7.2)."""

    UNDECIDED = "undecided", _("not decided")
    COMPANY = "company", _("our company")
    CUSTOMER = "customer", pgettext_lazy("liability", "the customer")
    CARRIER = "carrier", _("the carrier")
    OTHER = "other", pgettext_lazy("liability", "somebody else")


class Installer(models.TextChoices):
    """Who installed the product (S3-92)."""

    CUSTOMER = "customer", pgettext_lazy("installer", "the customer")
    APPOINTED = "appointed", _("our fitter")


class Urgency(models.TextChoices):
    """Kinds that go first in every queue (S2-24)."""

    NONE = "", "—"
    WRONG_ORDER = "wrong_order", _("wrong order")
    GIFT_ORDER = "gift_order", _("gift order")
    COMPLAINT_ORDER = "complaint_order", _("complained-about order")


class Remote(models.TextChoices):
    """Help from afar comes first, a visit when it fails (S3-02, S3-72)."""

    NOT_TRIED = "not_tried", _("not tried")
    SOLVED = "solved", _("solved from afar")
    FAILED = "failed", _("tried, did not help")
    UNSUITABLE = "unsuitable", _("cannot be solved from afar")


class ServiceKind(models.TextChoices):
    """What kind of service it comes to (S3-66)."""

    FREE_REPAIR = "free_repair", _("free warranty repair")
    SPARE_PART = "spare_part", _("spare part")
    REMOTE_SUPPORT = "remote_support", _("technical support from afar")
    ADVICE = "advice", _("advice")
    PAID_SERVICE = "paid_service", _("paid service")


class ContactResult(models.TextChoices):
    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    BUSY = "busy", _("busy")
    WRONG_NUMBER = "wrong_number", _("wrong number")


class Verdict(models.TextChoices):
    """One five-point scale; 3 is “basically satisfied”, the top is the service motto (S0-20, X24)."""

    COMPLETELY = "completely", _("completely satisfied")
    SATISFIED = "satisfied", pgettext_lazy("verdict", "satisfied")
    BASICALLY = "basically", _("basically satisfied")
    AVERAGE = "average", pgettext_lazy("verdict", "average")
    DISSATISFIED = "dissatisfied", _("dissatisfied")
    UNREACHED = "unreached", _("not reached")


class DisputeStage(models.TextChoices):
    """The way of a matter that cannot be settled (S1-89)."""

    NEGOTIATION = "negotiation", _("negotiation")
    MEDIATION = "mediation", _("mediation")
    LITIGATION = "litigation", _("litigation")


class EscalationLevel(models.TextChoices):
    """Whom a difficult matter is put before (S2-185, S0-61, S0-08)."""

    SUPERIOR = "superior", _("direct superior")
    GENERAL_MANAGER = "general_manager", _("general manager")
    GROUP = "group", _("group headquarters")
