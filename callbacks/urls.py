"""The map of what one can do with a follow-up call: one line per page, one per move."""

from django.urls import path

from callbacks import forms
from callbacks.views import calls, desk, lists, papers, review, rules, summary, themes
from core import converters  # noqa: F401 — registers <id:…>
from workflow.forms import AddNoteForm, ReasonForm

app_name = "callbacks"


def move(verb, form_class, view_class=calls.CallMove):
    """The route of one verb; its name is ``followupcall-<verb>``."""
    slug = verb.replace("_", "-")
    view = view_class.as_view(verb=verb, form_class=form_class)
    return path(f"callbacks/calls/<id:pk>/{slug}/", view, name=f"followupcall-{slug}")


urlpatterns = [
    path("callbacks/", desk.Desk.as_view(), name="desk"),
    path("callbacks/forecast/", desk.Forecast.as_view(), name="forecast"),
    path("callbacks/coverage/", desk.Coverage.as_view(), name="coverage"),
    path("callbacks/calls/", lists.CallList.as_view(), name="call-list"),
    path("callbacks/calls/<id:pk>/", calls.CallDetail.as_view(), name="call"),
    path("callbacks/of-complaint/<id:pk>/", calls.OfComplaint.as_view(), name="of-complaint"),
    path("callbacks/calls/<id:pk>/talk/", calls.Talk.as_view(), name="call-talk"),
    path("callbacks/calls/<id:pk>/paper/", papers.CallPaper.as_view(), name="call-paper"),
    path("callbacks/calls/<id:pk>/dial/", calls.Dial.as_view(), name="followupcall-dial"),
    move("release", forms.PlainForm),
    move("pull_forward", forms.PlainForm),
    move("cancel", ReasonForm),
    move("move", forms.MoveDayForm),
    move("assign", forms.AssignForm),
    move("review", forms.ReviewForm),
    move("send_back", forms.SendBackForm),
    move("resubmit", forms.ResubmitForm),
    move("add_note", AddNoteForm),
    path("callbacks/numbers/", lists.NumberTasks.as_view(), name="numbers"),
    path("callbacks/numbers/<id:pk>/done/", lists.NumberDone.as_view(), name="number-done"),
    path("callbacks/commendations/", lists.Commendations.as_view(), name="commendations"),
    path("callbacks/lists/", lists.Campaigns.as_view(), name="campaigns"),
    path("callbacks/lists/new/", lists.CampaignNew.as_view(), name="campaign-new"),
    path("callbacks/week/", review.MyWeek.as_view(), name="my-week"),
    path("callbacks/reviews/", review.Reviews.as_view(), name="reviews"),
    path("callbacks/rules/", rules.Rules.as_view(), name="rules"),
    path("callbacks/rules/edit/", rules.RulesEdit.as_view(), name="rules-edit"),
    path("callbacks/rules/steps/<id:pk>/", rules.StepEdit.as_view(), name="step-edit"),
    path("callbacks/themes/", themes.ThemeList.as_view(), name="theme-words"),
    path("callbacks/themes/new/", themes.WordsNew.as_view(), name="theme-words-new"),
    path("callbacks/themes/<id:pk>/", themes.WordsEdit.as_view(), name="theme-words-edit"),
    path("callbacks/months/", summary.Summaries.as_view(), name="summaries"),
    path("callbacks/months/<id:pk>/", summary.SummaryPage.as_view(), name="summary"),
    path("callbacks/months/<id:pk>/edit/", summary.SummaryEdit.as_view(), name="summary-edit"),
    path("callbacks/months/<id:pk>/recount/", summary.SummaryRecount.as_view(), name="summary-recount"),
    path("callbacks/months/<id:pk>/issue/", summary.SummaryIssue.as_view(), name="summary-issue"),
    path("callbacks/months/<id:pk>/paper/", summary.SummaryPaper.as_view(), name="summary-paper"),
    path("callbacks/months/<id:pk>/workbook/", summary.SummaryWorkbook.as_view(), name="summary-workbook"),
    path("callbacks/months/<id:pk>/actions/new/", summary.ActionNew.as_view(), name="action-new"),
    path("callbacks/months/<id:pk>/actions/<id:action>/done/", summary.ActionDone.as_view(), name="action-done"),
    path("callbacks/months/themes/<id:pk>/", summary.ThemeEdit.as_view(), name="theme-edit"),
]
