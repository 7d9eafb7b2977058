"""What an agent reads: how to handle each class of complaint, what to say and what never to say."""

from itertools import groupby

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.views.generic import TemplateView

from knowledge.models import HandlingGuide, ServicePhrase


class Handbook(PermissionRequiredMixin, TemplateView):
    """Guides per class, then phrases per situation (S0-23, S0-24, S1-66, S2-57, S2-141, S2-183)."""

    permission_required = "knowledge.view_handlingguide"
    raise_exception = True
    http_method_names = ["get", "head", "options"]
    template_name = "knowledge/handbook.html"

    def get_context_data(self, **context):
        phrases = sorted(
            ServicePhrase.objects.active(),
            key=lambda phrase: (
                SITUATIONS.index(phrase.situation),
                KINDS.index(phrase.kind),
                phrase.position,
                phrase.pk,
            ),
        )
        situations = [
            (ServicePhrase.Situation(situation).label, list(lines))
            for situation, lines in groupby(phrases, key=lambda phrase: phrase.situation)
        ]
        return super().get_context_data(guides=HandlingGuide.objects.active(), situations=situations, **context)


SITUATIONS = ServicePhrase.Situation.values
KINDS = ServicePhrase.Kind.values
