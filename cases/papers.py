"""The papers of a complaint: A4 pages the browser prints, and the dossier that takes everything in one file (design 4.6)."""

import csv
import io
import zipfile
from tempfile import SpooledTemporaryFile

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import FileResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from cases.models import Appraisal, Complaint, WrittenExplanation
from core.models import Installation
from core.visibility import get_visible_or_404
from customers import access
from workflow.models import Attachment, Deadline, Event, Handover, Promise
from workflow.timeline import Names, lines_of, want_names

MEMORY = 8 * 1024 * 1024  # bytes of a dossier kept in memory before it goes to disk


class Paper(PermissionRequiredMixin, TemplateView):
    """One form on A4: its title, its number, and what stands on it."""

    permission_required = "cases.print_complaint"
    raise_exception = True
    title = ""
    counts_as = access.Kind.PRINTED  # on the record of who looked at the customer

    def get_complaint(self):
        rows = Complaint.objects.select_related(
            "matter__customer__area",
            "matter__customer__dealer",
            "matter__owner",
            "region",
            "klass",
            "department",
            "received_by",
            "judged_by",
            "responsible_person",
        )
        return get_visible_or_404(rows, self.request.user, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        complaint = self.get_complaint()
        access.note(complaint.matter.customer, self.request.user, self.counts_as, timezone.now())
        return super().get_context_data(
            title=self.title,
            number=complaint.number,
            complaint=complaint,
            customer=complaint.matter.customer,
            company=Installation.objects.current().company,
            region=complaint.region,
            printed_at=timezone.now(),
            **kwargs,
        )


def record_of(complaint, user):
    """Everything 《客户投诉记录表》 has to say about one complaint."""
    plan = Deadline.objects.of(complaint).filter(kind="plan").order_by("-cycle").first()
    events = Event.objects.filter(matter__in=complaint.matter_ids()).seen_by(user)
    return {
        "phones": list(complaint.matter.customer.phones.all()),
        "items": list(complaint.items.select_related("card__order", "card__product", "product")),
        "plan_clock": plan,
        "options": list(complaint.options.all()),
        "strands": list(complaint.strands.filter(round=complaint.plan_round).select_related("done_by")),
        "evaluations": list(complaint.evaluations.select_related("by")),
        "photos": list(photos_of(complaint)),
        "lines": told(events.exclude(kind__in=["refused", "deadline"]).with_people().order_by("at", "pk")),
    }


def told(events):
    """The events as sentences, oldest first."""
    names, rows = Names(), list(events)
    want_names(rows, names)
    names.load()
    return lines_of(rows, names)


def photos_of(complaint):
    rows = Attachment.objects.filter(matter__in=complaint.matter_ids(), withdrawn_at__isnull=True)
    return rows.order_by("pk")


class ComplaintRecordPaper(Paper):
    """《客户投诉记录表》 (S0-30, S2-172): intake, judgement, plan, answer, evaluation, signatures."""

    title = gettext_lazy("Customer complaint record")
    template_name = "cases/papers/record.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | record_of(context["complaint"], self.request.user)


class AppraisalPaper(Paper):
    """The technical appraisal with its photos (S0-05 … S0-07)."""

    title = gettext_lazy("Technical appraisal record")
    template_name = "cases/papers/appraisal.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["complaint"].appraisals.filter(done_at__isnull=False)
        appraisal = get_object_or_404(
            rows.select_related("technician", "requested_by", "countersigned_by"), pk=self.kwargs["appraisal"]
        )
        items = context["complaint"].items.select_related("card", "product")
        return context | {"appraisal": appraisal, "items": items, "photos": photos_of(context["complaint"])}


class ExplanationPaper(Paper):
    """The written explanation with its definite new time (S3-22, S2-118)."""

    title = gettext_lazy("Written explanation")
    template_name = "cases/papers/explanation.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        rows = context["complaint"].explanations.select_related("by")
        explanation = get_object_or_404(rows, pk=self.kwargs["explanation"])
        return context | {"explanation": explanation}


def dossier_of(complaint, user):
    """The record with everything beside it: appraisals, explanations, escalations, promises, clocks."""
    return record_of(complaint, user) | {
        "appraisals": Appraisal.objects.filter(complaint=complaint, done_at__isnull=False).select_related("technician"),
        "explanations": WrittenExplanation.objects.filter(complaint=complaint).select_related("by"),
        "escalations": complaint.escalations.select_related("raised_by", "answered_by"),
        "promises": Promise.objects.filter(matter__in=complaint.matter_ids()).select_related("promised_by"),
        "clocks": Deadline.objects.filter(matter__in=complaint.matter_ids()).order_by("started_at", "pk"),
        "facts": [
            (_("Customer"), complaint.matter.customer.name),
            (_("Region"), complaint.region),
            (_("Received at"), timezone.localtime(complaint.received_at).strftime("%Y-%m-%d %H:%M")),
            (_("Status"), complaint.get_status_display()),
            (_("Handler"), complaint.matter.owner or "—"),
        ],
    }


class DossierPaper(Paper):
    """The whole case on paper: for the group, for 12315, for a court."""

    title = gettext_lazy("Case dossier")
    template_name = "cases/papers/dossier.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | dossier_of(context["complaint"], self.request.user)


class DossierFile(Paper):
    """The same as one file: the page, the photos and videos as they are, the timeline as a table, a list of check sums."""

    title = gettext_lazy("Case dossier")
    template_name = "cases/papers/dossier_file.html"
    counts_as = access.Kind.EXPORTED

    def get(self, request, *args, **kwargs):
        context = self.get_context_data(**kwargs)
        complaint = context["complaint"]
        context |= dossier_of(complaint, request.user) | {"request": None}
        file = SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 — the response closes it
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            names = self.add_files(archive, context["photos"])
            context["files"] = names
            archive.writestr("index.html", render_to_string(self.template_name, context))
            archive.writestr("timeline.csv", timeline_csv(context["lines"]))
        complaint._moment = timezone.now()
        complaint.log("export_dossier", by=request.user, data={"files": len(names)})
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=f"{complaint.number}.zip")

    def add_files(self, archive, photos):
        """Copy every file that is still there; (name in the archive, attachment) pairs."""
        names = []
        for number, attachment in enumerate(photos, 1):
            suffix = attachment.file.name.rsplit(".", 1)[-1]
            name = f"files/{number:02d}-{attachment.kind}.{suffix}"
            try:
                with attachment.file.open("rb") as source, archive.open(name, "w") as target:
                    while chunk := source.read(65536):
                        target.write(chunk)
            except FileNotFoundError:
                continue
            names.append((name, attachment))
        return names


def timeline_csv(lines):
    """The timeline as a table that Excel opens (UTF-8 with BOM); words that look like formulas are made harmless."""
    out = io.StringIO()
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow([_("Time"), _("Who"), _("Act"), _("Words")])
    for line in lines:
        at = timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M:%S")
        table.writerow([at, *(harmless(text) for text in (line.who, line.what, line.said))])
    return out.getvalue()


def harmless(text):
    """A spreadsheet must not read a person's words as a formula (threats 39)."""
    text = str(text)
    return "'" + text if text[:1] in "=+-@\t\r＝＋－＠" and text else text


class HandoverPaper(View):
    """《晚班交接文档》: what one shift leaves to the next, with the results (S2-84)."""

    def get(self, request, pk):
        rows = Handover.objects.concerning(request.user).select_related("giver", "receiver", "accepted_by")
        handover = get_object_or_404(rows, pk=pk)
        items = handover.items.select_related("matter__customer", "done_by")
        complaints = {c.matter_id: c for c in Complaint.objects.filter(matter__in=[item.matter_id for item in items])}
        lines = [(item, complaints.get(item.matter_id)) for item in items if self.sees(request.user, item)]
        context = {
            "title": _("Shift handover"),
            "number": f"JJ{handover.pk:06d}",
            "company": Installation.objects.current().company,
            "printed_at": timezone.now(),
            "handover": handover,
            "lines": lines,
        }
        return render(request, "cases/papers/handover.html", context)

    def sees(self, user, item):
        return user.sees_everything or item.matter.region_id in user.region_ids
