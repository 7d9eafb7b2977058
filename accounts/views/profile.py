"""What people do about their own login: name and language, password, two-step login, running sessions."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.contrib.sessions.backends.db import SessionStore
from django.db.transaction import atomic
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, UpdateView

from accounts import two_step
from accounts.forms import CodeForm, ConfirmPasswordForm, OwnPasswordForm, ProfileForm
from accounts.models import User
from accounts.receivers import note_where


def stay_signed_in(request, user):
    """Keep this one session, under a new id, when all others have just been ended."""
    update_session_auth_hash(request, user)
    note_where(request, user)


class Answers422:
    """A form that does not hold is shown again with its reasons, as 422; one that is out of date as 409."""

    http_method_names = ["get", "head", "post", "options"]  # Django's form views take PUT for POST

    def form_invalid(self, form):
        status = 409 if getattr(form, "is_stale", False) else 422
        return self.render_to_response(self.get_context_data(form=form), status=status)


class LockedToSave:
    """Who saves locks the row before what his page showed is compared with it: of two at the same moment one is told."""

    @atomic
    def post(self, request, *args, **kwargs):
        return super().post(request, *args, **kwargs)

    def get_queryset(self):
        return self.lock(super().get_queryset())

    def lock(self, rows):
        return rows.select_for_update() if self.request.method == "POST" else rows


class ProfileView(Answers422, UpdateView):
    template_name = "accounts/profile.html"
    form_class = ProfileForm
    context_object_name = "person"  # "user" is the frame's
    success_url = reverse_lazy("accounts:profile")

    def get_object(self):
        # A copy: what the form writes into it must not show in the frame of the page while the form does not hold.
        return User.objects.get(pk=self.request.user.pk)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"by": self.request.user}

    def form_valid(self, form):
        messages.success(self.request, _("Saved."))
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        person = self.request.user
        return super().get_context_data(
            sign_ins=person.sign_ins.running(timezone.now()),
            here=self.request.session.session_key,
            two_step_is_on=two_step.is_on(person),
            backup_codes_left=two_step.backup_codes_left(person),
            **kwargs,
        )


class EndSessionView(View):
    """End one forgotten session of one's own, or with no number all but this one."""

    http_method_names = ["post"]

    def post(self, request, pk=None):
        if pk is None:
            request.user.end_sessions()
            stay_signed_in(request, request.user)
            messages.success(request, _("All other sessions have ended."))
        else:
            sign_in = get_object_or_404(request.user.sign_ins, pk=pk)
            SessionStore(sign_in.session_key).delete()
            sign_in.delete()
            messages.success(request, _("The session has ended."))
        return redirect("accounts:profile")


class PasswordView(Answers422, PasswordChangeView):
    template_name = "accounts/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("accounts:profile")

    def form_valid(self, form):
        form.save()
        stay_signed_in(self.request, form.user)
        messages.success(self.request, _("Your password is changed. Other sessions have ended."))
        return redirect(self.success_url)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class TwoStepView(Answers422, FormView):
    """Set two-step login up: the picture to photograph, and the first code that proves it worked."""

    form_class = CodeForm

    def get_template_names(self):
        return ["accounts/two_step_on.html" if two_step.is_on(self.request.user) else "accounts/two_step.html"]

    def get_context_data(self, **kwargs):
        person = self.request.user
        if two_step.is_on(person):
            return super().get_context_data(backup_codes_left=two_step.backup_codes_left(person), **kwargs)
        device = two_step.prepare(person)
        return super().get_context_data(
            picture=two_step.picture(device),
            key=two_step.readable_key(device),
            required=person.has_role("administrator"),
            **kwargs,
        )

    def form_valid(self, form):
        person = self.request.user
        if two_step.is_on(person):
            return redirect("accounts:two-step")
        device = two_step.prepare(person)
        codes = two_step.turn_on(person, device, form.cleaned_data["code"])
        if codes is None:
            form.add_error("code", _("This code is wrong. Is the clock of the phone right?"))
            return self.form_invalid(form)
        stay_signed_in(self.request, person)
        two_step.mark_verified(self.request, device)
        return self.show_codes(codes)

    def show_codes(self, codes):
        # Shown once, in the answer to the form itself: they are stored nowhere a page could fetch them from again.
        return self.response_class(self.request, "accounts/backup_codes.html", {"codes": codes})


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class BackupCodesView(Answers422, FormView):
    """New codes on paper in place of the old, for the own password."""

    template_name = "accounts/two_step_confirm.html"
    form_class = ConfirmPasswordForm
    turns_off = False

    def dispatch(self, request, *args, **kwargs):
        if not two_step.is_on(request.user):
            return redirect("accounts:two-step")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(turns_off=self.turns_off, **kwargs)

    def form_valid(self, form):
        codes = two_step.new_backup_codes(self.request.user)
        return self.response_class(self.request, "accounts/backup_codes.html", {"codes": codes})


class TwoStepOffView(BackupCodesView):
    """Turn two-step login off, for the own password."""

    turns_off = True

    def form_valid(self, form):
        two_step.turn_off(self.request.user, by=self.request.user)
        stay_signed_in(self.request, self.request.user)
        messages.success(self.request, _("Two-step login is off."))
        return redirect("accounts:profile")
