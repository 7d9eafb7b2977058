"""What a work order and the people who carry it out can be: every closed list of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What is done on site (S3-07, S3-35)."""

    REPAIR = "repair", pgettext_lazy("work order", "repair")
    APPRAISAL = "appraisal", pgettext_lazy("work order", "appraisal")
    REPLACEMENT = "replacement", pgettext_lazy("work order", "replacement")
    ADJUSTMENT = "adjustment", pgettext_lazy("work order", "adjustment")


class Source(models.TextChoices):
    COMPLAINT = "complaint", pgettext_lazy("work order", "complaint")
    CARD = "card", pgettext_lazy("work order", "service card")
    HAND = "hand", pgettext_lazy("work order", "by hand")
    RETURN = "return", pgettext_lazy("work order", "return")
    REWORK = "rework", pgettext_lazy("work order", "rework")


class Skill(models.TextChoices):
    """The trades a job may ask for (S3-42)."""

    WOODWORK = "woodwork", pgettext_lazy("skill", "woodwork")
    PAINTING = "painting", pgettext_lazy("skill", "painting")
    HARDWARE = "hardware", pgettext_lazy("skill", "hardware and locks")
    MATERIALS = "materials", pgettext_lazy("skill", "knowledge of materials")
    GLASS = "glass", pgettext_lazy("skill", "glass")
    FABRIC = "fabric", pgettext_lazy("skill", "fabric and leather")
    FITTING = "fitting", pgettext_lazy("skill", "fitting and adjusting")
    ELECTRICAL = "electrical", pgettext_lazy("skill", "electrical work")
    PLUMBING = "plumbing", pgettext_lazy("skill", "plumbing")


class Urgency(models.TextChoices):
    """What goes before everything else (S2-121)."""

    WATER = "water", pgettext_lazy("urgency", "water")
    ELECTRICITY = "electricity", pgettext_lazy("urgency", "electricity")
    SAFETY = "safety", pgettext_lazy("urgency", "danger to people")


class Attribution(models.TextChoices):
    """Whose cause it is: decides who pays (S0-01, S3-12, S3-15)."""

    UNDECIDED = "undecided", pgettext_lazy("attribution", "not decided")
    CUSTOMER = "customer", pgettext_lazy("attribution", "the customer's cause")
    COMPANY = "company", pgettext_lazy("attribution", "not the customer's cause")


class Difficulty(models.TextChoices):
    EASY = "easy", pgettext_lazy("difficulty", "easy")
    MEDIUM = "medium", pgettext_lazy("difficulty", "medium")
    HARD = "hard", pgettext_lazy("difficulty", "hard")


class Consent(models.TextChoices):
    """How the customer agreed."""

    SIGNATURE = "signature", pgettext_lazy("consent", "by signature")
    SPOKEN = "spoken", pgettext_lazy("consent", "by word of mouth")
    WECHAT = "wechat", pgettext_lazy("consent", "by WeChat")


class Delay(models.TextChoices):
    """Why an appointment is moved (S2-139)."""

    NOT_AT_HOME = "not_at_home", pgettext_lazy("delay", "customer not at home")
    CUSTOMER_ASKS = "customer_asks", pgettext_lazy("delay", "customer asks for another time")
    OURS = "ours", pgettext_lazy("delay", "we cannot keep the time")


class Criterion(models.TextChoices):
    """What a finished repair is accepted by, one after another (S3-48)."""

    BLENDS = "blends", _("The mended place matches the rest and leaves no visible trace")
    WORKS = "works", _("It works as it did before")
    SAFE = "safe", _("Nothing happened to anybody or anything")
    SATISFIED = "satisfied", _("The customer is content")


class Opinion(models.TextChoices):
    SATISFIED = "satisfied", pgettext_lazy("opinion", "satisfied")
    FAIR = "fair", pgettext_lazy("opinion", "fair")
    DISSATISFIED = "dissatisfied", pgettext_lazy("opinion", "dissatisfied")
