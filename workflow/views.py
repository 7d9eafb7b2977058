import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import FileField
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from core.visibility import get_visible_or_404
from workflow.errors import MoveRefused, Refusal, StaleVersion
from workflow.forms import HIDDEN, NoteForm, as_uuid, fingerprint
from workflow.models import Event
from workflow.perform import note_refusal, perform, repeated
from workflow.timeline import Names, label_of_verb, lines_of, want_names
from workflow.transitions import Move, declaration

NEW_FOR = 20  # seconds the line an act has added stays marked on the page it leads to


class TransitionView(View):
    """One URL per verb (design 4.7): GET shows its form and changes nothing, POST acts, anything else is 405.

    Out of scope 404, in scope without the right 403, form invalid 422, lost or stale 409 with the person's own text.
    A POST with ``again`` acts on nothing: it shows the form anew on the present version, with all that was typed.
    ``facts_template_name`` is what stands beside the form.
    """

    http_method_names = ["get", "head", "post"]
    model = None
    verb = ""
    form_class = NoteForm
    template_name = "workflow/move.html"
    facts_template_name = ""
    select_related = ("matter__owner", "matter__customer", "region")

    def dispatch(self, request, *args, **kwargs):
        if request.method.lower() in self.http_method_names:
            rows = self.model.objects.select_related(*self.select_related)
            self.record = get_visible_or_404(rows, request.user, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_form(self, data=None, files=None, **kwargs):
        return self.form_class(data, files, record=self.record, user=self.request.user, **kwargs)

    def get_initial(self):
        """What the address proposes for the form, such as the cause that photos speak for; only fields it has."""
        return {name: value for name, value in self.request.GET.items() if name not in HIDDEN}

    def get(self, request, pk):
        if (refusal := self.held_back()) is not None:
            return self.refused(refusal)
        return self.show(self.get_form(initial=self.get_initial()))

    def held_back(self):
        """Why the form cannot even be shown; PermissionDenied for who may never do this."""
        if not self.has_right():
            raise PermissionDenied
        move = self.move
        if move is None:
            return MoveRefused(_("This is not possible in the present state."), record=self.record)
        return MoveRefused(str(move.reason), record=self.record) if move.reason else None

    def has_right(self):
        """Whether this person may make the move: in the present state, or where that does not know it in any."""
        marked = getattr(self.model, self.verb)._django_fsm
        metas = [self.move.meta] if self.move else marked.transitions.values()
        return any(meta.has_perm(self.record, self.request.user) for meta in metas)

    def post(self, request, pk):
        body = fingerprint(request)
        if done := repeated(self.record, self.verb, by=request.user, op=as_uuid(request.POST.get("op")), body=body):
            return self.done(done)
        if not self.has_right():  # before the form is looked at: what is wrong with it is not for everybody's eyes
            note_refusal(self.record, self.verb, request.user, PermissionDenied(), timezone.now())
            raise PermissionDenied
        if "again" in request.POST:
            return self.once_more()
        form = self.get_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        clean = form.cleaned_data
        try:
            done = perform(
                self.record,
                self.verb,
                by=request.user,
                op=clean.get("op"),
                version=clean.get("version"),
                after=clean.get("after"),
                body=body,
                **form.details(),
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.show(form, status=422)
        except Refusal as refusal:
            return self.refused(refusal, form)
        return self.done(done)

    def once_more(self):
        """The form with the person's own text, on the record as it stands now: nothing is done yet (threats 3)."""
        data = self.request.POST.copy()
        data["op"], data["version"] = str(uuid.uuid4()), str(self.record.version)
        data.pop("after", None)
        form = self.get_form(data)
        if (refusal := self.held_back()) is not None:
            return self.refused(refusal, form)
        return self.show(form.unchecked())

    @property
    def move(self):
        meta = declaration(self.record, self.verb)
        return Move(self.record, self.verb, meta) if meta else None

    def done(self, done):
        """To the record, where the new line is; with htmx the page the dialog was opened on shows what has changed."""
        if not done.replayed:
            messages.success(self.request, self.success_message())
        url = self.landing(done.record)
        htmx = getattr(self.request, "htmx", None)
        landing = f"{url}?done={uuid.uuid4().hex[:8]}"
        if not htmx:
            return HttpResponseRedirect(landing)
        return HttpResponseClientRedirect(landing) if self.is_on(url) else HttpResponseClientRefresh()

    def landing(self, record):
        """The page a done act leads to."""
        return record.get_absolute_url()

    def success_message(self):
        return _("Recorded: %(label)s") % {"label": label_of_verb(self.model, self.verb)}

    def is_on(self, url):
        """Whether the form was opened on the record's own page, or on the page of this form."""
        path = (self.request.htmx.current_url_abs_path or "").split("?")[0]
        return path in (url, self.request.path)

    def show(self, form, status=200):
        return render(self.request, self.template_name, self.context(form), status=status)

    def context(self, form):
        return {
            "form": form,
            "record": self.record,
            "move": self.move,
            "verb": self.verb,
            "facts_template": self.facts_template_name,
            "title": label_of_verb(self.model, self.verb),
            "is_dialog": bool(getattr(self.request, "htmx", None)),
        }

    def refused(self, refusal, form=None):
        return conflict(self.request, self.record, refusal, form, again=self.request.path)


def add_errors(form, error):
    """Put a verb's objections at the fields they are about."""
    if hasattr(error, "error_dict"):
        for name, messages_ in error.error_dict.items():
            form.add_error(name if name in form.fields else None, messages_)
    else:
        form.add_error(None, error)


def conflict(request, record, refusal, form=None, *, again=""):
    """The 409 page: who moved the record, when, what changed, and everything the person had typed (threats 2, 3).

    ``again`` is where the typed text may be put on the record as it stands now.
    """
    context = conflict_facts(request.user, record, refusal, form)
    context["again"] = again if form is not None and isinstance(refusal, StaleVersion) else ""
    return render(request, "workflow/conflict.html", context, status=409)


def conflict_facts(user, record, refusal, form=None):
    """Both sides of a conflict: the record as it stands, what happened to it meanwhile, and what the person had typed."""
    current = type(record).objects.select_related("matter").get(pk=record.pk)
    news = Event.objects.filter(matter_id=record.matter_id, version__isnull=False).seen_by(user)
    if isinstance(refusal, StaleVersion):
        news = news.filter(version__gt=refusal.seen)
    events = list(news.newest_first()[:5])
    names = Names()
    want_names(events, names)
    names.load()
    return {
        "record": current,
        "refusal": refusal,
        "news": lines_of(events, names),
        "form": form,
        "typed": typed(form),
        "changes": changes(form, current),
        "resend": resend(form),
    }


def typed(form):
    """What the person had entered, as label and text, so that none of it is lost."""
    if form is None:
        return []
    return [(field.label, _shown(field)) for field in form.visible_fields() if _shown(field)]


def changes(form, record):
    """Fields the form has in common with the record and that differ: label, as it stands now, as the person sent it."""
    if form is None:
        return []
    shared = {field.name for field in record._meta.concrete_fields}
    rows = []
    for field in form.visible_fields():
        if field.name not in shared or not _shown(field):
            continue
        display = getattr(record, f"get_{field.name}_display", None)
        theirs = display() if display else getattr(record, field.name)
        if str(theirs if theirs is not None else "") != _shown(field):
            rows.append({"label": field.label, "theirs": theirs, "yours": _shown(field)})
    return rows


def _shown(field):
    """The words of a submitted value: the label of a choice, not its code."""
    value = field.value()
    if value in (None, "", [], False) or isinstance(field.field, FileField):
        return ""
    options = {str(code): str(label) for code, label in getattr(field.field, "choices", ())}
    return options.get(str(value), str(value))


def resend(form):
    """Every value as it was sent, name by name, for the form that puts them on the present version."""
    if form is None or form.data is None or not hasattr(form.data, "lists"):
        return []
    left_out = {"csrfmiddlewaretoken", "again", *HIDDEN}
    return [(name, value) for name, values in form.data.lists() if name not in left_out for value in values]
