from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import UpdateView

from accounts.views.profile import Answers422
from core.lists import FilteredListView
from notifications.filters import NoticeFilter
from notifications.forms import PreferenceForm
from notifications.models import Notice, Preference
from notifications.words import find_subjects, subject_of


class NoticeList(FilteredListView):
    """One's own notices, newest first."""

    queryset = Notice.objects.with_subject()
    filterset_class = NoticeFilter
    orders = {"newest": ("-at", "-pk")}
    order_labels = {"newest": _lazy("Newest first")}
    template_name = "notifications/notice_list.html"
    partial_template_name = "notifications/_notice_rows.html"
    scoped = False

    def get_queryset(self):
        return super().get_queryset().filter(user=self.request.user)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        find_subjects([notice.event for notice in context["rows"] if notice.event])
        return context | {"has_unread": self.get_queryset().unread().exists()}


@require_safe
def open_notice(request, pk):
    """Read it and go to what it is about."""
    notice = get_object_or_404(Notice.objects.select_related("event__matter"), pk=pk, user=request.user)
    Notice.objects.filter(pk=notice.pk).read(timezone.now())
    subject = subject_of(notice.event) if notice.event else None
    return redirect(subject.get_absolute_url() if subject else "home")


@require_POST
def mark_all_read(request):
    Notice.objects.filter(user=request.user).read(timezone.now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notifications:list")


class PreferenceView(Answers422, UpdateView):
    """How one wants to be told."""

    form_class = PreferenceForm
    template_name = "notifications/preferences.html"
    success_url = reverse_lazy("notifications:preferences")

    def get_object(self, queryset=None):
        return Preference.objects.filter(user=self.request.user).first() or Preference(user=self.request.user)

    def form_valid(self, form):
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)
