"""Trying the word table on a text."""

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.shortcuts import render
from django.views import View

from knowledge.codes import ComplaintClass, Demand, Severity
from knowledge.forms import TryForm
from knowledge.views.entries import RIGHT
from knowledge.words import propose


class TryWords(PermissionRequiredMixin, View):
    """What the table would propose for a text, and by which words. Posted, so that no complaint stands in an address."""

    permission_required = RIGHT
    raise_exception = True
    http_method_names = ["post", "options"]

    def post(self, request):
        form = TryForm(request.POST)
        context = {"try_form": form}
        if form.is_valid():
            context["proposal"] = worded(propose(form.cleaned_data["text"]))
        template = "knowledge/_proposal.html" if request.htmx else "knowledge/try.html"
        return render(request, template, context, status=200 if form.is_valid() else 422)


def worded(proposal):
    """A proposal in the user's language."""
    return {
        "class": ComplaintClass(proposal.class_code).label,
        "severity": Severity(proposal.severity).label,
        "demand": Demand(proposal.demand).label,
        "grave": proposal.grave,
        "reasons": [
            (
                reason.word,
                [
                    label
                    for label in (
                        ComplaintClass(reason.class_code).label if reason.class_code else "",
                        Severity(reason.severity).label if reason.severity else "",
                        Demand(reason.demand).label if reason.demand else "",
                    )
                    if label
                ],
                reason.grave,
            )
            for reason in proposal.reasons
        ],
    }
