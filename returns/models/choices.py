"""The lists a return is described by. The codes are stored and exported; the labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What the customer asks for (S3-60); the last two without goods coming back or before they went out."""

    RETURN = "return", _("return and refund")
    EXCHANGE = "exchange", pgettext_lazy("return kind", "exchange")
    REPAIR = "repair", _("send in for repair")
    REFUND_ONLY = "refund_only", _("refund without return")
    UNSHIPPED = "unshipped", _("cancel before shipping")


GOODS_BACK = frozenset({Kind.RETURN, Kind.EXCHANGE, Kind.REPAIR})


class Reason(models.TextChoices):
    """The reason the customer gives (S1-33, S3-57)."""

    QUALITY = "quality", _("quality fault")
    NOT_AS_DESCRIBED = "not_as_described", _("not as described")
    TRANSPORT = "transport", _("damaged on the way")
    WRONG_SHIPMENT = "wrong_shipment", _("wrong or missing goods")
    PERSONAL = "personal", _("personal reason")


class Detail(models.TextChoices):
    """The same more closely (S1-34, S3-57, S2-66)."""

    BREAKAGE = "breakage", pgettext_lazy("return reason", "breakage")
    DEFORMATION = "deformation", pgettext_lazy("return reason", "deformation")
    MALFUNCTION = "malfunction", pgettext_lazy("return reason", "does not work")
    WORKMANSHIP = "workmanship", _("material or workmanship")
    STYLE = "style", pgettext_lazy("return reason", "style")
    COLOUR = "colour", pgettext_lazy("return reason", "colour")
    MEASURE = "measure", _("other size than ordered")
    PACKING = "packing", _("packing damaged")
    GOODS = "goods", _("goods damaged")
    MISCOPIED = "miscopied", _("copied wrongly")
    WRONG = "wrong", _("wrong goods sent")
    MISSED = "missed", _("not sent")
    SHORT = "short", _("too few sent")
    SURPLUS = "surplus", _("too many sent")
    PREFERENCE = "preference", _("does not like it")
    SIZE = "size", _("does not fit")


DETAILS = {
    Reason.QUALITY: (Detail.BREAKAGE, Detail.DEFORMATION, Detail.MALFUNCTION, Detail.WORKMANSHIP),
    Reason.NOT_AS_DESCRIBED: (Detail.STYLE, Detail.COLOUR, Detail.MEASURE),
    Reason.TRANSPORT: (Detail.PACKING, Detail.GOODS),
    Reason.WRONG_SHIPMENT: (Detail.MISCOPIED, Detail.WRONG, Detail.MISSED, Detail.SHORT, Detail.SURPLUS),
    Reason.PERSONAL: (Detail.PREFERENCE, Detail.SIZE),
}


class Channel(models.TextChoices):
    """How the request came (S3-77)."""

    PHONE = "phone", pgettext_lazy("channel", "phone")
    SHOP = "shop", _("web shop")
    EMAIL = "email", pgettext_lazy("channel", "e-mail")
    WECHAT = "wechat", _("WeChat")
    COUNTER = "counter", pgettext_lazy("channel", "at the counter")


class Voucher(models.TextChoices):
    """What proves the purchase (S3-59)."""

    RECEIPT = "receipt", pgettext_lazy("voucher", "receipt")
    ORDER = "order", _("order number")
    INVOICE = "invoice", pgettext_lazy("voucher", "invoice")
    NONE = "none", pgettext_lazy("voucher", "none")


class NotShipped(models.TextChoices):
    """Why an order has not gone out (S2-22, S2-62)."""

    PRESALE = "presale", _("presale")
    OUT_OF_STOCK = "out_of_stock", _("out of stock")
    NOT_DOWNLOADED = "not_downloaded", _("not downloaded into the system")
    NOT_MARKED = "not_marked", _("shipped, but not marked so")
    OVERSOLD = "oversold", _("oversold or production problem")


class Wish(models.TextChoices):
    """Special wishes about an order on its way (S2-56)."""

    AGREED_DATE = "agreed_date", _("ship on an agreed date")
    SAME_DAY = "same_day", _("ship today")
    NEW_ADDRESS = "new_address", _("other address")
    EXTRA_PART = "extra_part", _("an extra part")


class Liability(models.TextChoices):
    """Who answers for it; it decides who pays the postage (X14)."""

    UNDECIDED = "undecided", pgettext_lazy("return liability", "not decided")
    COMPANY = "company", pgettext_lazy("return liability", "us")
    CARRIER = "carrier", pgettext_lazy("return liability", "the carrier")
    CUSTOMER = "customer", pgettext_lazy("return liability", "the customer")


class Payer(models.TextChoices):
    """Who pays the postage (S2-65, S2-95, S2-96, S2-97)."""

    COMPANY = "company", pgettext_lazy("postage", "we pay")
    CUSTOMER = "customer", pgettext_lazy("postage", "the customer pays")


class Mode(models.TextChoices):
    """How the goods come to be looked at (S3-62, S3-84)."""

    COURIER = "courier", _("sent back by courier")
    PICKUP = "pickup", _("we collect it")
    ON_SITE = "on_site", _("looked at on site")


class Ground(models.TextChoices):
    """Why a request is turned down (S2-76, S3-78, S3-80)."""

    TOO_LATE = "too_late", _("outside the time allowed")
    EXCLUDED = "excluded", _("these goods are not taken back")
    USED = "used", _("used beyond what is reasonable")
    CUSTOMER_FAULT = "customer_fault", _("the customer's own fault")
    UNFOUNDED = "unfounded", _("not as claimed")


class Traces(models.TextChoices):
    """Traces of use found at the inspection (S3-80, S2-72)."""

    NONE = "none", _("unused")
    REASONABLE = "reasonable", _("tried out within reason")
    BEYOND = "beyond", _("used beyond what is reasonable")


class Option(models.TextChoices):
    """What is agreed after the inspection (S3-85)."""

    REFUND = "refund", pgettext_lazy("return option", "refund")
    EXCHANGE = "exchange", pgettext_lazy("return option", "exchange")
    REPAIR = "repair", pgettext_lazy("return option", "repair")


class Purpose(models.TextChoices):
    """What a refund is for (S2-29, S2-34)."""

    GOODS = "goods", _("the goods")
    DIFFERENCE = "difference", _("price difference")
    POSTAGE = "postage", pgettext_lazy("refund", "postage")
    DISCOUNT = "discount", pgettext_lazy("refund", "discount")


class Flag(models.TextChoices):
    """The five flags on an order (S2-59)."""

    NONE = "", "—"
    YELLOW = "yellow", _("yellow: price changed")
    PURPLE = "purple", _("purple: not shipped")
    BLUE = "blue", _("blue: shipped, being handled")
    RED = "red", _("red: special note")
    GREEN = "green", _("green: may be refunded")


class PostageSettled(models.TextChoices):
    """What became of postage the customer advanced for us (S2-95)."""

    NONE = "", "—"
    REFUNDED = "refunded", _("paid back with the refund")
    CREDITED = "credited", _("kept as credit for the next order")


class Fate(models.TextChoices):
    """What becomes of goods that came back."""

    STOCK = "stock", _("back into stock")
    REPAIR = "repair", _("to be put right")
    SCRAP = "scrap", _("scrapped")
    SEND_BACK = "send_back", _("sent back to the customer")


class RecallOutcome(models.TextChoices):
    """How an order was held back (S2-52, S2-53)."""

    WITHDRAWN = "withdrawn", _("waybill withdrawn, not sent")
    ALTERED = "altered", _("waybill altered")
    RECALLED = "recalled", _("the carrier brings it back")
    REFUSED = "refused", _("the customer refused the parcel")
