"""Labels for doors and cabinets: what a technician must know on the spot, and a square that opens the card."""

import segno
from django.conf import settings
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import Http404
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from core.models import Installation
from core.visibility import get_visible_or_404, visible
from customers.models import ServiceCard

MOST = 100  # labels printed at a time; a page of the register has fifty cards


def square(card):
    """The address of the card as a QR code, drawn as SVG by us from an address of ours."""
    code = segno.make(settings.SITE_URL + card.get_absolute_url(), error="m", micro=False)
    return mark_safe(code.svg_inline(border=2, light="#fff", omitsize=True))  # noqa: S308


class Labels(PermissionRequiredMixin, TemplateView):
    """Labels of the ticked cards on sheets of A4. Whose the goods are stands on none of them."""

    permission_required = "customers.view_customer"
    raise_exception = True
    http_method_names = ["get", "head", "options"]
    template_name = "customers/labels.html"
    title = _("Labels")
    single = False
    cards = ServiceCard.objects.with_warranty().select_related("customer__region")

    def get_cards(self):
        """The cards that were ticked, in that order; 404 when one of them is not the user's to see."""
        asked = list(dict.fromkeys(self.request.GET.getlist("card")))[:MOST]
        if not all(key.isascii() and key.isdigit() and len(key) < 16 for key in asked):
            raise Http404
        found = {str(card.pk): card for card in visible(self.cards.all(), self.request.user).filter(pk__in=asked)}
        if len(found) < len(asked):
            raise Http404
        return [found[key] for key in asked]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title=self.title,
            labels=[(card, square(card)) for card in self.get_cards()],
            single=self.single,
            company=Installation.objects.current().company,
            **kwargs,
        )


class Label(Labels):
    """The label of one card, on a page of its own size for a label printer."""

    title = _("Label")
    single = True

    def dispatch(self, request, *args, **kwargs):
        self.card = get_visible_or_404(self.cards, request.user, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_cards(self):
        return [self.card]
