"""The month's summary on screen, on paper and as a workbook; its wording, its issue, its actions (S0-70 … S0-72)."""

import uuid
from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.transaction import atomic
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import TemplateView, View

from accounts.models import Region
from callbacks import monthly
from callbacks.models import Action, CallRules, MonthSummary, Theme
from callbacks.pages import Page
from callbacks.workbook import workbook_of
from callbacks.writing import KIND
from core.editing import EditPage
from core.forms import DayField, Form, LineField, ModelForm, TextField
from core.lists import FilteredListView
from core.models import Installation, Job
from core.visibility import get_visible_or_404
from workflow.forms import as_uuid

VIEW, ISSUE = "callbacks.view_monthsummary", "callbacks.issue_monthsummary"
User = get_user_model()


class MakeForm(Form):
    """Which month, of which branch."""

    month = forms.CharField(
        label=_("Month"), max_length=7, widget=forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})
    )
    region = forms.ModelChoiceField(
        label=_("Branch"), queryset=Region.objects.none(), required=False, empty_label=_("all branches")
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        regions = Region.objects.in_use()
        self.fields["region"].queryset = regions if user.sees_everything else regions.filter(pk__in=user.region_ids)
        covers = user.sees_everything or not regions.exclude(pk__in=user.region_ids).exists()
        if not covers:
            self.fields["region"].required, self.fields["region"].empty_label = True, None

    def clean_month(self):
        year, _dash, month = self.cleaned_data["month"].partition("-")
        try:
            last = date(int(year), int(month), 1)
        except ValueError:
            raise forms.ValidationError(_("Write the month as 2026-11.")) from None
        if not 2000 <= last.year <= 2199:
            raise forms.ValidationError(_("Write the month as 2026-11."))
        begins = CallRules.current().month_begins
        return monthly.Period.around(last, begins)


class Summaries(FilteredListView):
    """All months one may see, issued and drafted."""

    queryset = MonthSummary.objects.select_related("region", "issued_by")
    orders = {"newest": ("-begins_on", "-version_no", "-pk")}
    permission_required = VIEW
    template_name = "callbacks/summaries.html"
    http_method_names = ["get", "head", "post"]

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", self.form())
        return super().get_context_data(**kwargs)

    def form(self, data=None):
        month = f"{monthly.last_month(timezone.now()).ends_on:%Y-%m}"
        return MakeForm(data, user=self.request.user, initial={"month": month})

    def post(self, request):
        """Count a month: its draft is there at once, a worker fills it."""
        if not request.user.has_perm(ISSUE):
            raise PermissionDenied
        form = self.form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        period, region = form.cleaned_data["month"], form.cleaned_data["region"]
        return redirect(count_month(period, region, by=request.user, now=timezone.now()))


def count_month(period, region, *, by, now):
    """The draft of a month, with a worker counting it; the one that is being counted is left to it."""
    with atomic():
        CallRules.current(lock=True)
        summary = monthly.open_draft(period, region, now)
        if counting(summary) is None:
            Job.objects.start(KIND, by=by, now=now, params={"summary": summary.pk}, title=str(summary))
    return summary


def counting(summary):
    """The job that counts this month just now, or None."""
    return Job.objects.filter(kind=KIND, params__summary=summary.pk, next_at__isnull=False).first()


class OfSummary:
    """A page about one month; 404 for what is not this person's to see."""

    right = VIEW

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            rows = MonthSummary.objects.select_related("region", "issued_by", "changed_by")
            self.summary = get_visible_or_404(rows, request.user, pk=kwargs["pk"])
            if not request.user.has_perm(self.right):
                raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def page(self):
        return Page(self.summary, self.request.user)


class SummaryPage(OfSummary, TemplateView):
    """The month on screen; each figure opens its calls."""

    template_name = "callbacks/summary.html"

    def get_context_data(self, **kwargs):
        job = counting(self.summary)
        mine = job if job and job.started_by_id == self.request.user.pk else None
        return super().get_context_data(
            page=self.page(), summary=self.summary, counting=job, job=mine, op=uuid.uuid4(),
            may_edit=self.request.user.has_perm(ISSUE) and not self.summary.is_issued, **kwargs,
        )  # fmt: skip


class SummaryPaper(OfSummary, TemplateView):
    """《回访总结报告》 on A4 (S2-158)."""

    template_name = "callbacks/papers/summary.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            page=self.page(), summary=self.summary, title=_("Summary report of follow-up calls"),
            number=f"{self.summary.month:%Y-%m} v{self.summary.version_no}", region=self.summary.region,
            company=Installation.objects.current().company, printed_at=timezone.now(), **kwargs,
        )  # fmt: skip


class SummaryWorkbook(OfSummary, View):
    """The month as a workbook with a sheet per table and its charts."""

    http_method_names = ["get", "head"]

    def get(self, request, pk):
        if not self.summary.figures:
            raise Http404
        return workbook_of(self.page())


class SummaryRecount(OfSummary, View):
    """Count a draft anew; an issued month gets a new version to be counted."""

    right = ISSUE
    http_method_names = ["post"]

    def post(self, request, pk):
        period = monthly.Period(self.summary.begins_on, self.summary.ends_on)
        return redirect(count_month(period, self.summary.region, by=request.user, now=timezone.now()))


class SummaryIssue(OfSummary, View):
    """From here on the month is the archive: nothing in it changes any more (S2-158)."""

    right = ISSUE
    http_method_names = ["post"]

    def post(self, request, pk):
        with atomic():
            draft = MonthSummary.objects.select_for_update().get(pk=self.summary.pk)
            if request.POST.get("version", "") != str(draft.version) or draft.is_issued or counting(draft):
                messages.error(request, _t("Somebody has changed it meanwhile; please look at it again."))
                return redirect(draft)
            draft.issued_at, draft.issued_by = timezone.now(), request.user
            draft.save()
        messages.success(request, _t("Issued."))
        return redirect(draft)


class WordsForm(ModelForm):
    """What people say about the month."""

    class Meta:
        model = MonthSummary
        fields = ["headline", "strengths", "shortcomings"]
        field_classes = dict.fromkeys(["headline", "strengths", "shortcomings"], TextField)


class SummaryEdit(EditPage):
    """The wording of a draft."""

    permission = ISSUE
    form_class = WordsForm
    title = _("Wording of the summary")
    template_name = "callbacks/summary_form.html"

    def get_queryset(self):
        return MonthSummary.objects.filter(issued_at__isnull=True)


class ThemeForm(Form):
    """What a manager makes of a theme: another name, merged into another, dropped, some quotes left out."""

    name = LineField(label=pgettext_lazy("theme", "Theme"), max_length=40)
    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Theme.objects.none(), required=False)
    dropped = forms.BooleanField(label=_("Leave out of the summary"), required=False)
    without = forms.MultipleChoiceField(
        label=_("Leave out these quotes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, theme, **kwargs):
        super().__init__(*args, initial={"name": theme.name, "dropped": theme.dropped}, **kwargs)
        others = Theme.objects.filter(summary=theme.summary, kind=theme.kind).exclude(pk=theme.pk)
        self.fields["into"].queryset = others
        self.fields["without"].choices = [(str(n), quote["text"]) for n, quote in enumerate(theme.quotes)]


class ThemeEdit(View):
    """A theme of a draft."""

    http_method_names = ["get", "head", "post"]

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            drafts = MonthSummary.objects.visible_to(request.user)
            self.theme = get_object_or_404(Theme.objects.select_related("summary"), pk=kwargs["pk"], summary__in=drafts)
            if not request.user.has_perm(ISSUE):
                raise PermissionDenied
            if self.theme.summary.is_issued:
                raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, pk):
        return self.show(ThemeForm(theme=self.theme))

    def show(self, form, status=200):
        context = {"form": form, "theme": self.theme, "title": _("Theme")}
        return render(request=self.request, template_name="callbacks/theme_form.html", context=context, status=status)

    def post(self, request, pk):
        form = ThemeForm(request.POST, theme=self.theme)
        if not form.is_valid():
            return self.show(form, 422)
        clean, theme = form.cleaned_data, self.theme
        left_out = set(clean["without"])
        theme.quotes = [quote for n, quote in enumerate(theme.quotes) if str(n) not in left_out]
        theme.name, theme.dropped = clean["name"], clean["dropped"]
        with atomic():
            if clean["into"]:
                merge(theme, clean["into"])
            else:
                theme.save()
        return redirect(theme.summary)


def merge(theme, into):
    """Two names of one thing: calls are counted once."""
    into.calls = sorted({*into.calls, *theme.calls})
    into.count, into.before = len(into.calls), into.before + theme.before
    into.quotes = [*into.quotes, *theme.quotes][:6]
    into.save()
    theme.delete()


class ActionForm(ModelForm):
    """What is done about a shortcoming, by whom and until when."""

    class Meta:
        model = Action
        fields = ["what", "about", "owner", "due_on"]
        field_classes = {"what": LineField, "about": LineField, "due_on": DayField}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.active().order_by("name")
        self.fields["owner"].queryset = people if user.sees_everything else people.of_regions(user.region_ids)


class ActionNew(OfSummary, View):
    """One more action; it stands in every month until it is done."""

    right = ISSUE
    http_method_names = ["get", "head", "post"]

    def get(self, request, pk):
        return self.show(ActionForm(user=request.user, initial={"about": request.GET.get("about", "")[:40]}))

    def show(self, form, status=200):
        context = {"form": form, "summary": self.summary, "title": _("New action"), "op": uuid.uuid4()}
        return render(self.request, "callbacks/action_form.html", context, status=status)

    def post(self, request, pk):
        op, form = as_uuid(request.POST.get("op")), ActionForm(request.POST, user=request.user)
        if op and Action.objects.filter(op=op).exists():
            return redirect(self.summary)
        if not form.is_valid():
            return self.show(form, 422)
        action = form.save(commit=False)
        action.summary, action.region, action.op = self.summary, self.summary.region, op
        action.save()
        return redirect(self.summary)


class ActionDone(OfSummary, View):
    """An action is done, with what came of it."""

    right = ISSUE
    http_method_names = ["post"]

    def post(self, request, pk, action):
        outcome = " ".join(request.POST.get("outcome", "").split())[:200]
        open_one = Action.objects.open().filter(pk=action, region=self.summary.region)
        if not outcome:
            messages.error(request, _t("Write what came of it."))
        elif not open_one.update(done_at=timezone.now(), outcome=outcome):
            messages.error(request, _t("This action is done already."))
        return redirect(self.summary)
