"""Giving matters away and taking them: by name, for the next shift, or from somebody who is ill (S2-36, S2-84, S2-86)."""

import itertools

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from cases.handover_forms import MOST_MATTERS, DeclineForm, DoneForm, HandoverForm, ReassignForm
from cases.models import Complaint
from cases.rows import rows_of
from cases.worklist import by_time_left, with_complaint
from core.visibility import get_visible_or_404
from workflow.errors import MoveRefused
from workflow.models import Handover, HandoverItem, Matter
from workflow.perform import begin
from workflow.views import add_errors

User = get_user_model()


def with_people(user):
    """The handovers that concern this person, with who gave and who took them."""
    return Handover.objects.concerning(user).select_related("giver", "receiver", "accepted_by")


class Handovers(View):
    """What was handed to me, what I handed on, what of it is not done."""

    def get(self, request):
        if not request.user.has_perm("workflow.hand_over_matter"):
            raise PermissionDenied
        rows = with_people(request.user).order_by("-given_at", "-pk").prefetch_related("items")[:50]
        return render(request, "cases/handovers.html", {"handovers": list(rows)})


class HandoverNew(View):
    """Choose matters and who takes them."""

    def get(self, request):
        shift = request.GET.get("kind") == Handover.Kind.SHIFT
        form = HandoverForm(user=request.user, initial={"kind": Handover.Kind.SHIFT if shift else Handover.Kind.OWNER})
        return self.show(form, ticked=set(request.GET.getlist("matter")))

    def post(self, request):
        form = HandoverForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, status=422, ticked=set(request.POST.getlist("matters")))
        clean = form.cleaned_data
        try:
            done = begin(
                self.give,
                "give",
                by=request.user,
                op=clean["op"],
                kind=clean["kind"],
                receiver=clean["receiver"],
                note=clean["note"],
                due_at=clean["due_at"],
                items=sorted(form.tasks().items(), key=lambda pair: pair[0].pk),
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, status=422, ticked=set(request.POST.getlist("matters")))
        messages.success(request, _("Offered. You stay the handler until it is accepted."))
        return HttpResponseRedirect(reverse("cases:handover", args=[done.record.pk]))

    @staticmethod
    def give(*, by, now, items, **details):
        return Handover.objects.give(items, giver=by, now=now, **details)

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("workflow.hand_over_matter"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def show(self, form, ticked=(), status=200):
        user, now = self.request.user, timezone.now()
        mine = Complaint.objects.filter(matter__owner=user, matter__closed_at__isnull=True).open()
        rows = rows_of(list(by_time_left(mine).as_rows()[:MOST_MATTERS]), user, now)
        for row in rows:
            row.task = form.data.get(f"task-{row.complaint.matter_id}", "") if form.is_bound else ""
            row.ticked = str(row.complaint.matter_id) in ticked
        return render(self.request, "cases/handover_new.html", {"form": form, "rows": rows}, status=status)


class HandoverDetail(View):
    """One handover with its matters; the receiver answers here."""

    def get(self, request, pk):
        return self.show(get_object_or_404(with_people(request.user), pk=pk))

    def show(self, handover, form=None, status=200):
        user = self.request.user
        items = list(with_complaint(handover.items.select_related("matter__customer", "done_by")))
        mine = handover.receiver_id == user.pk or (handover.receiver_id is None and handover.giver_id != user.pk)
        context = {
            "handover": handover,
            "items": items,
            "may_answer": handover.is_waiting and mine and user.has_perm("workflow.hand_over_matter"),
            "may_finish": handover.accepted_at
            and handover.kind == Handover.Kind.SHIFT
            and user.pk in (handover.accepted_by_id, handover.receiver_id),
            "form": form or DeclineForm(user=user),
        }
        return render(self.request, "cases/handover.html", context, status=status)


class HandoverAnswer(HandoverDetail):
    """Accepting or declining; asked twice it says what was answered."""

    http_method_names = ["post"]
    accepts = True

    def post(self, request, pk):
        handover = get_object_or_404(with_people(request.user), pk=pk)
        if not request.user.has_perm("workflow.hand_over_matter"):
            raise PermissionDenied
        now = timezone.now()
        try:
            if self.accepts:
                if handover.accepted_by_id != request.user.pk:  # the second press of one button is no refusal
                    handover.accept(by=request.user, now=now)
                messages.success(request, _("Taken over."))
            else:
                form = DeclineForm(request.POST, user=request.user)
                if not form.is_valid():
                    return self.show(handover, form, status=422)
                handover.decline(by=request.user, reason=form.cleaned_data["reason"], now=now)
                messages.success(request, _("Declined; the giver is told."))
        except MoveRefused as refusal:
            context = {"refusal": refusal, "back_url": reverse("cases:handover", args=[pk]), "reason": refusal.reason}
            return render(request, "409.html", context, status=409)
        return HttpResponseRedirect(reverse("cases:handover", args=[pk]))


class HandoverItemDone(View):
    """An item that the shift before left is done, with what came of it."""

    def get(self, request, pk):
        return self.show(self.find(pk), DoneForm(user=request.user))

    def post(self, request, pk):
        item = self.find(pk)
        form = DoneForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(item, form, status=422)
        try:
            item.finish(by=request.user, result=form.cleaned_data["result"], now=timezone.now())
        except MoveRefused:
            messages.info(request, _("This item is done already."))
        else:
            messages.success(request, _("Done, and on the timeline."))
        return HttpResponseRedirect(reverse("cases:handover", args=[item.handover_id]))

    def find(self, pk):
        item = get_object_or_404(HandoverItem.objects.select_related("handover", "matter__customer"), pk=pk)
        if not Handover.objects.concerning(self.request.user).filter(pk=item.handover_id).exists():
            raise Http404
        get_visible_or_404(Matter.objects.all(), self.request.user, pk=item.matter_id)
        if not self.request.user.has_perm("workflow.hand_over_matter"):
            raise PermissionDenied
        return item

    def show(self, item, form, status=200):
        return render(self.request, "cases/handover_item.html", {"item": item, "form": form}, status=status)


class Reassign(View):
    """Somebody is ill: all his open matters go to colleagues, each with a line on its timeline (S2-86)."""

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not request.user.has_perm("workflow.reassign_matter"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request):
        return self.show(ReassignForm(user=request.user, initial={"person": request.GET.get("person")}))

    def post(self, request):
        form = ReassignForm(request.POST, user=request.user)
        if not form.is_valid():
            return self.show(form, status=422)
        clean = form.cleaned_data
        counted = {}
        begin(
            lambda **details: hand_round(counted=counted, **details),
            "reassign",
            by=request.user,
            op=clean["op"],
            person=clean["person"],
            receivers=list(clean["receivers"]),
            reason=clean["reason"],
        )
        total = sum(counted.values())
        said = ngettext("%(count)d matter handed on.", "%(count)d matters handed on.", total) % {"count": total}
        messages.success(request, said)
        return HttpResponseRedirect(reverse("cases:reassign"))

    def show(self, form, status=200):
        return render(self.request, "cases/reassign.html", {"form": form}, status=status)


def hand_round(*, by, now, person, receivers, reason, counted):
    """Give the open matters of ``person``, as far as ``by`` may see them, to the receivers in turn."""
    matters = Matter.objects.visible_to(by).open().filter(owner=person).select_for_update(of=("self",), no_key=True)
    for matter, receiver in zip(matters.order_by("pk"), itertools.cycle(receivers), strict=False):
        matter.assign(receiver, by=by, now=now, action="reassign", note=reason)
        counted[receiver.pk] = counted.get(receiver.pk, 0) + 1
    return person
