"""What the customer is told when the goods have left: the eight facts, and how to pick them up (S3-131, S3-133 … S3-139)."""

from django.utils.translation import gettext as _

from core.amounts import yuan


def facts_of(issue):
    """The eight facts of the notice, as label and words (S3-131)."""
    volume = f"{issue.volume.normalize():f} m³" if issue.volume is not None else "–"
    return [
        (_("Carrier"), issue.carrier),
        (_("Waybill number"), issue.waybill),
        (_("Enquiry number"), issue.enquiry_phone),
        (_("Packages"), issue.packages),
        (_("Transport units"), issue.transport_units),
        (_("Volume"), volume),
        (_("Freight"), _sum(issue.freight)),
        (_("Packing fee"), _sum(issue.packing_fee)),
    ]


def _sum(amount):
    return "–" if amount is None else yuan(amount)


def rules_of(issue):
    """How the goods are picked up, in sentences to the customer."""
    rules = [
        _("Look at every package from all sides before you sign for it."),
        _("Some carriers ask for a signature and the freight before one may look. Then look at the outside of the packages "
          "as they stand, and open them in front of the driver."),  # fmt: skip
        _("If something is damaged, write “packing damaged” and what it is on the receipt, and have the driver sign it."),
        _("Take photos from afar to close by, from the whole to the detail, with the waybill in one of them."),
        _("Please do not refuse the goods: we repair what is damaged or send you the parts, and need your receipt and "
          "photos to claim from the carrier. Your rights by law stay as they are."),  # fmt: skip
    ]  # fmt: skip
    if issue.has_glass:
        rules.append(_("There is glass inside: shake the package gently and listen before you sign."))
    return rules


def text_of(issue):
    """The whole notice, to be copied into a message or read out."""
    heading = _("Your order %(order)s has left us.") % {"order": issue.order.number}
    facts = [f"{label}: {value}" for label, value in facts_of(issue)]
    rules = [f"{number}. {rule}" for number, rule in enumerate(rules_of(issue), 1)]
    return "\n".join([heading, *facts, _("When you pick it up:"), *rules])
