"""The page of one return, and the small parts of it that load by themselves."""

import uuid
from datetime import timedelta

from django.shortcuts import render
from django.utils import timezone
from django.views.generic import TemplateView, View

from core.visibility import get_visible_or_404
from returns.models import ReturnAddress, ReturnRequest
from returns.returnfile import ReturnFile
from workflow.mentions import mentionable
from workflow.models import Attachment
from workflow.offers import offers_for
from workflow.photos import with_photos
from workflow.timeline import Cursor
from workflow.views import NEW_FOR


def find(request, pk):
    """The return with what its head and its guards read, if this person may see it; Http404 otherwise."""
    rows = ReturnRequest.objects.select_related(
        "matter__customer__area", "matter__customer__dealer", "matter__owner", "region"
    )
    return get_visible_or_404(rows, request.user, pk=pk)


class ReturnDetail(TemplateView):
    """Everything about one return, its next step first."""

    def get_template_names(self):
        alone = self._older and self.request.htmx
        return ["workflow/_older.html" if alone else "returns/request_detail.html"]

    @property
    def _older(self):
        return Cursor.read(self.request.GET.get("before"))

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        record = find(self.request, self.kwargs["pk"])
        new_since = now - timedelta(seconds=NEW_FOR) if "done" in self.request.GET else None
        file = ReturnFile(record, user, now=now, before=self._older, new_since=new_since)
        return super().get_context_data(
            file=file,
            record=record,
            customer=record.matter.customer,
            steps=file.steps,
            timeline=file.timeline,
            older=file.older,
            address=ReturnAddress.of(record.region) if record.status in ("approved", "in_transit") else None,
            note_op=uuid.uuid4(),
            offers=offers_for(record, user),
            **kwargs,
        )


class ReturnFiles(TemplateView):
    """Every file of the return with what it shows."""

    template_name = "returns/files.html"

    def get_context_data(self, **kwargs):
        record, user = find(self.request, self.kwargs["pk"]), self.request.user
        files = Attachment.objects.filter(matter=record.matter_id).select_related("uploaded_by")
        if not user.has_perm("workflow.view_restricted_event"):
            files = files.shown()
        moves = {move.verb for move in record.moves_for(user)}
        return super().get_context_data(record=record, files=with_photos(files), moves=moves, **kwargs)


class Colleagues(View):
    """Whom a note may name with @."""

    def get(self, request, pk):
        record = get_visible_or_404(ReturnRequest.objects.only("pk", "region_id"), request.user, pk=pk)
        people = mentionable(record.region_id).exclude(pk=request.user.pk)[:60]
        return render(request, "cases/_colleagues.html", {"people": people})
