"""The page of one complaint, and the small parts of it that load by themselves."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.generic import TemplateView, View

from cases.casefile import CaseFile
from cases.forms import RecordContactForm
from cases.models import Complaint
from cases.progress import Progress
from core.prepared import PreparedRows, StandIn, numbers_of
from core.visibility import NOT_HERE, get_visible_or_404
from customers import access
from workflow.mentions import mentionable
from workflow.models import Attachment
from workflow.offers import offers_for
from workflow.photos import with_photos
from workflow.timeline import Cursor
from workflow.viewers import note_viewer, viewers_of
from workflow.views import NEW_FOR


def find(request, pk):
    """The complaint with what its head and its guards read, if this person may see it; Http404 otherwise."""

    def build(complaint, **person):
        rows = Complaint.objects.select_related(
            "matter__customer__area", "matter__customer__dealer", "matter__owner", "region", "klass", "department"
        )
        return rows.visible_to(StandIn(request.user, **person)).filter(pk=complaint)

    found = _FOUND.of(build, request.user.scope, **numbers_of(request.user), complaint=pk)
    if not found:
        raise Http404(NOT_HERE)
    return found[0]


_FOUND = PreparedRows(by_key=True)


class ComplaintDetail(TemplateView):
    """Everything about one complaint, its next step first."""

    template_name = "cases/complaint_detail.html"

    def get_template_names(self):
        # “Older” fetches the next lines of the timeline alone.
        return ["workflow/_older.html" if self._older and self.request.htmx else self.template_name]

    @property
    def _older(self):
        return Cursor.read(self.request.GET.get("before"))

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        complaint = find(self.request, self.kwargs["pk"])
        new_since = now - timedelta(seconds=NEW_FOR) if "done" in self.request.GET else None
        file = CaseFile(complaint, user, now=now, before=self._older, new_since=new_since)
        note_viewer(complaint, user, now)
        customer = complaint.matter.customer
        access.note(customer, user, access.Kind.OPENED, now)
        return super().get_context_data(
            file=file,
            complaint=complaint,
            customer=customer,
            unmasked=access.sees_whole(user, customer, now),
            steps=file.steps,
            timeline=file.lines,
            older=file.older,
            viewers=viewers_of(complaint, user, now),
            note_op=uuid.uuid4(),
            offers=offers_for(complaint, user),
            **kwargs,
        )


class Viewers(View):
    """Who else has this complaint open just now; the page asks every half minute."""

    def get(self, request, pk):
        complaint = get_visible_or_404(Complaint.objects.only("pk", "matter_id"), request.user, pk=pk)
        now = timezone.now()
        note_viewer(complaint, request.user, now)
        return render(
            request,
            "cases/_viewers.html",
            {"complaint": complaint, "viewers": viewers_of(complaint, request.user, now)},
        )


class Colleagues(View):
    """Whom a note may name with @: active staff of the complaint's region and those who see every region."""

    def get(self, request, pk):
        complaint = get_visible_or_404(Complaint.objects.only("pk", "region_id"), request.user, pk=pk)
        people = mentionable(complaint.region_id).exclude(pk=request.user.pk)[:60]
        return render(request, "cases/_colleagues.html", {"people": people})


class ComplaintFiles(TemplateView):
    """Every file of the complaint with what it shows, and those withdrawn for who answers for them."""

    template_name = "cases/complaint_files.html"

    def get_context_data(self, **kwargs):
        complaint, user = find(self.request, self.kwargs["pk"]), self.request.user
        files = Attachment.objects.filter(matter__in=complaint.matter_ids()).select_related("uploaded_by")
        if not user.has_perm("workflow.view_restricted_event"):
            files = files.shown()
        return super().get_context_data(
            complaint=complaint,
            files=with_photos(files),
            moves={move.verb for move in complaint.moves_for(user)},
            **kwargs,
        )


class ProgressText(View):
    """The text to paste into WeChat: alone for the button that copies it, on a page for who copies by hand (interface)."""

    def get(self, request, pk):
        complaint = find(request, pk)
        # The customer reads it, so it is in the site's language whatever the colleague's screen is in.
        with translation.override(settings.LANGUAGE_CODE):
            text = Progress(complaint, timezone.now()).as_text()
        if request.htmx:
            return HttpResponse(text, content_type="text/plain; charset=utf-8")
        told = RecordContactForm(
            record=complaint, initial={"channel": "wechat", "result": "reached", "outbound": "yes", "words": text}
        )
        may_record = "record_contact" in {move.verb for move in complaint.moves_for(request.user)}
        context = {"complaint": complaint, "text": text, "told": told if may_record else None}
        return render(request, "cases/progress_text.html", context)
