"""One call: its page, the screen while talking, its moves."""

import uuid
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView, View

from callbacks import saying
from callbacks.forms import DialForm, TalkForm
from callbacks.models import CallRules, Commendation, FollowUpCall
from callbacks.models.call import UNHAPPY
from callbacks.models.choices import Mode
from callbacks.tree import START, TREE, Walk
from callbacks.views.desk import day_of, list_of
from cases.models import Complaint
from cases.progress import Progress
from core.visibility import get_visible_or_404
from customers.models import Phone
from workflow.models import Event, Promise
from workflow.timeline import Names, lines_of, want_names
from workflow.views import NEW_FOR, TransitionView

ASIDE = 12  # calls of the list beside the screen


def find(request, pk):
    """The call with what its page shows, if this person may see it; Http404 otherwise."""
    return get_visible_or_404(FollowUpCall.objects.with_all(), request.user, pk=pk)


def numbers_of(call):
    """The customer's numbers, the one to be called first at the head; those found wrong are left for last."""
    bad = set(call.number_tasks.filter(done_at__isnull=True).values_list("phone_id", flat=True))
    preferred = call.customer.root.preferred_phone_id
    rows = list(Phone.objects.filter(customer__root=call.customer.root_id).select_related("customer"))
    for phone in rows:
        phone.is_bad = phone.pk in bad
    return sorted(rows, key=lambda phone: (phone.is_bad, phone.pk != preferred, phone.pk))


def reasons_of(call):
    """Why he is called, each occasion once with how often it stands there: four doors of one day are one reason."""
    found = {}
    for reason in call.reasons.filter(dropped_at__isnull=True).select_related("template"):
        kept = found.setdefault(reason.template_id, reason)
        kept.times = getattr(kept, "times", 0) + 1
    return list(found.values())


def background_of(call, user):
    """What the caller knows before he speaks: the last calls, what was promised, what is open."""
    earlier = FollowUpCall.objects.visible_to(user).filter(
        customer__root=call.customer.root_id, spoken_at__isnull=False
    )
    promises = Promise.objects.open().visible_to(user).filter(matter__customer__root=call.customer.root_id)
    now = timezone.now()
    return {
        "earlier": list(earlier.exclude(pk=call.pk).select_related("template").order_by("-spoken_at")[:3]),
        "promises": list(promises.order_by("due_at", "pk")[:5]),
        "open_complaints": [
            {"complaint": complaint, "progress": Progress(complaint, now)} for complaint in call.open_complaints[:3]
        ],
    }


class CallDetail(TemplateView):
    """The record of a call, or the screen to make it from (《回访记录表》)."""

    template_name = "callbacks/call.html"

    def get_context_data(self, **kwargs):
        user, now = self.request.user, timezone.now()
        if not user.has_perm("callbacks.view_followupcall"):
            raise PermissionDenied
        call = find(self.request, self.kwargs["pk"])
        return super().get_context_data(**page_of(call, user, now, "done" in self.request.GET), **kwargs)


def page_of(call, user, now, is_new=False):
    rules, moves = CallRules.current(), call.moves_for(user)
    call.verbs = {move.verb: move for move in moves}
    is_mine = call.status == call.Status.IN_CALL and call.called_by_id == user.pk
    return {
        "call": call, "customer": call.customer, "rules": rules, "is_mine": is_mine,
        "moves": [move for move in moves if move.verb in SHOWN_MOVES],
        "phones": numbers_of(call), "quiet_end": call.quiet_until(now),
        "dial_op": uuid.uuid4(), "reasons": reasons_of(call),
        "attempts": list(call.attempts.select_related("by")), "answers": list(call.answers.all()),
        "praise": list(Commendation.objects.filter(call=call).select_related("person")),
        "lines": timeline_of(call, user, now if is_new else None),
        **background_of(call, user), **aside_of(user, now, rules),
    }  # fmt: skip


SHOWN_MOVES = {"release", "cancel", "move", "assign", "review", "send_back", "resubmit", "pull_forward", "add_note"}


def aside_of(user, now, rules):
    makes = user.has_perm("callbacks.make_followupcall")
    return {
        "day": day_of(user, now, rules) if makes else None,
        "aside": list_of(user, rules, most=ASIDE) if makes else [],
    }


def timeline_of(call, user, now):
    events = list(
        Event.objects.filter(matter=call.matter_id).exclude(kind=Event.Kind.DEADLINE).seen_by(user).newest_first()[:50]
    )
    names = Names()
    want_names(events, names)
    names.load()
    since = now - timedelta(seconds=NEW_FOR) if now else None
    return lines_of(events, names, is_new=lambda event: since is not None and event.at >= since)


class CallMove(TransitionView):
    """One move of a call that has a form of its own."""

    model = FollowUpCall
    select_related = (
        "matter__owner", "matter__customer", "region", "customer__root", "customer__preferred_phone", "template",
        "card__product",
    )  # fmt: skip


class Dial(CallMove):
    """Taking the call: from its page one press; the screen follows."""

    verb, form_class = "dial", DialForm

    def done(self, done):
        return redirect("callbacks:call-talk", done.record.pk)


class Talk(CallMove):
    """The screen while talking. GET shows where the tree begins; a POST walks on with all that was typed, or acts.

    What is typed travels in the form from place to place, so it works without scripts and nothing is lost on the way.
    """

    verb, form_class = "record", TalkForm
    template_name = "callbacks/talk.html"
    ACTS = frozenset({"reschedule", "switch_phone", "no_answer", "decline", "record", "transfer", "release"})

    def get(self, request, pk):
        if not request.user.has_perm("callbacks.make_followupcall"):
            raise PermissionDenied
        if not self.is_mine():
            return redirect(self.record)
        self.walk = Walk(self.record, START)
        return self.show(self.get_form())

    def post(self, request, pk):
        self.walk = Walk(self.record, request.POST.get("place", START))
        asked = request.POST.get("do", "")
        if asked in self.ACTS:
            self.verb = asked
            self._set(self._sets_of(asked))
            return super().post(request, pk)
        if not request.user.has_perm("callbacks.make_followupcall"):
            raise PermissionDenied
        if not self.is_mine():
            return redirect(self.record)
        return self._go(request)

    def is_mine(self):
        return self.record.status == FollowUpCall.Status.IN_CALL and self.record.called_by_id == self.request.user.pk

    def _sets_of(self, verb):
        return next((act.sets for act in self.walk.place.acts if act.verb == verb), {})

    def _set(self, values):
        if values:
            self.request.POST = self.request.POST.copy()
            for name, value in values.items():
                self.request.POST[name] = value

    def _go(self, request):
        """To the place of the answer that was pressed, back to the one before, or nowhere."""
        data = request.POST.copy()
        path = [name for name in data.get("path", "").split(",") if name in TREE][-20:]
        if "back" in data and path:
            to = path.pop()
        else:
            answer = self._answer(data.get("go", ""))
            to = self.walk.name
            if answer is not None:
                path.append(self.walk.name)
                to = answer.to
                for name, value in answer.sets.items():
                    data[name] = value
        self.walk = Walk(self.record, to)
        data["path"] = ",".join(path)
        form = self.get_form(data)
        return self.show(form.unchecked())

    def _answer(self, number):
        answers = self.walk.answers
        place = int(number) - 1 if number.isascii() and number.isdigit() and len(number) < 3 else -1
        return answers[place] if 0 <= place < len(answers) else None

    def get_form(self, data=None, files=None, **kwargs):
        return super().get_form(data, files, verb=self.verb, **kwargs)

    def context(self, form):
        now = timezone.now()
        shown = set(self.walk.place.fields)
        if self.record.mode != Mode.PHONE and self.walk.ends:
            shown.add("spoken_at")  # what was said on a doorstep is entered afterwards (S2-05)
        if form.is_bound and form.errors:
            shown |= {name for name in form.errors if name in form.fields}
        data = form.data if form.is_bound else {}
        if data.get("verdict") in UNHAPPY:
            shown.discard("verdict_bad")  # he has said so
        call = self.record
        rules = CallRules.current()
        return super().context(form) | {
            "call": call, "customer": call.customer, "walk": self.walk, "place": self.walk.place,
            "fields": [form[name] for name in form.fields if name in shown and not form[name].is_hidden],
            "kept": kept(form, shown), "path": data.get("path", ""),
            "says": saying.lines(call, self.request.user, self.walk.says),
            "then": saying.lines(call, self.request.user, self.walk.place.then),
            "tone": saying.lines(call, self.request.user, ["tone"]),
            "phones": numbers_of(call), "reasons": reasons_of(call),
            **background_of(call, self.request.user), **aside_of(self.request.user, now, rules),
        }  # fmt: skip

    def done(self, done):
        if self.verb == "switch_phone":
            return redirect("callbacks:call-talk", done.record.pk)
        return super().done(done)


def kept(form, shown):
    """Name and value of everything typed elsewhere in the tree, to travel on unseen."""
    if not form.is_bound:
        return []
    return [
        (name, value)
        for name, values in form.data.lists()
        if name in form.fields and name not in shown and name not in ("op", "version", "after")
        for value in values
        if value
    ]


class OfComplaint(View):
    """From a complaint to the call it came from, or that had it opened again: the newest."""

    http_method_names = ["get", "head"]

    def get(self, request, pk):
        complaint = get_visible_or_404(Complaint.objects.all(), request.user, pk=pk)
        if not request.user.has_perm("callbacks.view_followupcall"):
            raise PermissionDenied
        call = complaint.follow_up_calls.order_by("-pk").first()
        return redirect(call or complaint)
