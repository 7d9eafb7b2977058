"""Signing in, one's own profile, staff and units."""

import hashlib
import json

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Change, Department, Region
from accounts.models.records import in_words, label_of
from accounts.models.user import SEES_EVERYTHING
from accounts.roles import in_order, role_label
from core.forms import Combobox, Form, ModelForm, PhoneField, Ticks
from core.visibility import visible

User = get_user_model()


class LoginForm(AuthenticationForm):
    """User name and password; the answer to a wrong one never says which of the two was wrong (S1-57)."""

    error_messages = {
        "invalid_login": _("User name or password is wrong. Mind capital letters."),
        "inactive": _("User name or password is wrong. Mind capital letters."),
        "expired": _("This one-time password has run out. Ask your manager for a new one."),
    }

    # Django gives the field this length without checking it, and PostgreSQL keeps no longer name of an attempt.
    username = UsernameField(
        label=_("User name"),
        max_length=User._meta.get_field("username").max_length,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    # Longer ones are refused unhashed: hashing is slow on purpose.
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")  # Django puts the model's word back

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.has_temporary_password and user.temporary_password_until <= timezone.now():
            raise ValidationError(self.error_messages["expired"], code="expired")


class CodeForm(Form):
    """The second step: six digits from the phone, or one of the codes on paper."""

    code = forms.CharField(
        label=pgettext_lazy("sign in", "Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class OwnPasswordForm(PasswordChangeForm):
    """The old password and a new one, twice; all other sessions end."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("new_password1", "new_password2"):
            self.fields[name].help_text = ""  # the page says it once
            self.fields[name].max_length = 256

    def save(self, commit=True):
        self.user.choose_password(self.cleaned_data["new_password1"])
        return self.user


class ConfirmPasswordForm(Form):
    """The own password once more, before something that protects the login is taken away."""

    password = forms.CharField(
        label=_("Password"), max_length=256, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, data=None, *, user, **kwargs):
        super().__init__(data, **kwargs)
        self.user = user

    def clean_password(self):
        if not self.user.check_password(self.cleaned_data["password"]):
            raise ValidationError(_("The password is wrong."), code="wrong")
        return self.cleaned_data["password"]


class Recorded(ModelForm):
    """A form that refuses to overwrite what somebody saved meanwhile, and writes what it changed on record (threats 3).

    ``seen`` is a fingerprint of the values the page showed. If they are no longer the stored ones the form is refused
    with both versions; sent again, it overwrites knowingly.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    subject_fields: tuple = ()

    def __init__(self, data=None, *args, by, **kwargs):
        super().__init__(data, *args, **kwargs)
        self.by = by
        self.before = self.snapshot() if self.instance.pk else {}
        self.initial["seen"] = self.fingerprint()
        self.is_stale = False

    def snapshot(self):
        """What is stored now, field by field, as plain text for the record."""
        return {name: _text(getattr(self.instance, name)) for name in self.subject_fields}

    def fingerprint(self):
        return hashlib.sha256(json.dumps(self.before, sort_keys=True).encode()).hexdigest()[:32]

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("seen") != self.fingerprint():
            self.is_stale = True
            self.data = self.data.copy()
            self.data[self.add_prefix("seen")] = self.fingerprint()
            self.add_error(None, self.who_was_faster())
        return cleaned

    def who_was_faster(self):
        last = Change.objects.about(self.instance).select_related("by").first()
        if last is None:
            return _("This was changed meanwhile. What you entered is kept; save again to overwrite.")
        return _("%(name)s changed this at %(time)s. What you entered is kept; save again to overwrite.") % {
            "name": last.by or "–",
            "time": f"{timezone.localtime(last.at):%H:%M}",
        }

    def differences(self):
        """Where what was entered is not what is stored now: (label, stored, entered)."""
        model = type(self.instance)
        return [
            (label_of(model, name), in_words(model, name, stored), in_words(model, name, self.entered(name)))
            for name, stored in self.before.items()
            if name in self.cleaned_data and self.entered(name) != stored
        ]

    def entered(self, name):
        return _text(self.cleaned_data[name])

    def save(self, commit=True):
        with transaction.atomic():
            is_new = self.instance.pk is None
            saved = super().save()
            self.keep(saved)
            self.instance = saved
            after = self.snapshot()
            pairs = {name: [self.before.get(name, ""), value] for name, value in after.items()}
            changed = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
            if is_new or changed:
                Change.objects.write(Change.Act.CREATED if is_new else Change.Act.EDITED, saved, by=self.by, **changed)
        return saved

    def keep(self, saved):
        """Store what is not a plain field of the record."""


def _text(value):
    return "" if value is None else value if isinstance(value, bool) else str(value)


class RoleChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group):
        return role_label(group.name)


class StaffForm(Recorded):
    """One member of staff. ``by`` finds only what he may give; what he may not touch stays as it was (S1-58, S2-01)."""

    roles = RoleChoice(label=_("Roles"), queryset=Group.objects.none(), widget=Ticks)
    phone = PhoneField(label=_("Phone"), required=False)
    subject_fields = (
        "username", "name", "work_number", "phone", "email", "department", "superior", "grade", "is_feedback_handler",
    )  # fmt: skip

    class Meta:
        model = User
        fields = [
            "username", "name", "work_number", "roles", "regions", "department", "superior", "grade", "phone", "email",
            "is_feedback_handler",
        ]  # fmt: skip
        widgets = {"regions": Ticks, "superior": Combobox}
        labels = {"username": _("User name"), "email": _("E-mail")}
        help_texts = {"username": _("For signing in. Letters, digits and . - _ @")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = self.roles_to_give()
        self.fields["roles"].choices = self.fields["roles"].choices
        self.fields["regions"].queryset = self.regions_to_give()
        self.fields["department"].queryset = Department.objects.in_use()
        self.fields["superior"].queryset = User.objects.active().exclude(pk=self.instance.pk)
        if self.instance.pk:
            self.initial["roles"] = list(self.instance.groups.all())

    def snapshot(self):
        person = self.instance
        return super().snapshot() | {
            "roles": in_order(person.groups.values_list("name", flat=True)),
            "regions": sorted(person.regions.values_list("name", flat=True)),
        }

    def entered(self, name):
        if name not in ("roles", "regions"):
            return super().entered(name)
        names = [thing.name for thing in self.cleaned_data[name]]
        return in_order(names) if name == "roles" else sorted(names)

    def roles_to_give(self):
        groups = Group.objects.order_by("pk")
        return groups if self.by.has_role("administrator") else groups.exclude(name__in=SEES_EVERYTHING)

    def regions_to_give(self):
        regions = Region.objects.in_use()
        return regions if self.by.sees_everything else regions.filter(pk__in=self.by.region_ids)

    def clean(self):
        cleaned = super().clean()
        roles = {group.name for group in cleaned.get("roles", [])}
        if not cleaned.get("superior") and "superior" not in self.errors and self.needs_a_superior(roles):
            self.add_error("superior", _("Everybody but the general manager has a superior."))
        if "regions" not in self.errors and roles and self.would_see_nothing(roles, cleaned.get("regions")):
            self.add_error("regions", _("Without a region this person would see nothing."))
        return cleaned

    def needs_a_superior(self, roles):
        return "general_manager" not in roles and self.fields["superior"].queryset.exists()

    def would_see_nothing(self, roles, regions):
        return not (roles & SEES_EVERYTHING or regions or self.beyond_reach("regions", self.regions_to_give()))

    def beyond_reach(self, name, reach):
        """What the person has of ``name`` that ``by`` may neither give nor take."""
        field = {"roles": "groups"}.get(name, name)
        return list(getattr(self.instance, field).exclude(pk__in=reach.values("pk"))) if self.before else []

    def _save_m2m(self):
        """Roles and regions are stored by keep(), together with those out of reach."""

    def keep(self, saved):
        saved.groups.set([*self.cleaned_data["roles"], *self.beyond_reach("roles", self.roles_to_give())])
        saved.regions.set([*self.cleaned_data["regions"], *self.beyond_reach("regions", self.regions_to_give())])


class ProfileForm(Recorded):
    """What people may change about themselves."""

    phone = PhoneField(label=_("Phone"), required=False)
    subject_fields = ("name", "phone", "email", "language")

    class Meta:
        model = User
        fields = ["name", "phone", "email", "language"]
        labels = {"email": _("E-mail")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = settings.LANGUAGES
        self.initial["language"] = self.instance.language or get_language()


class DeactivateForm(Form):
    """Who takes over what is open."""

    successor = forms.ModelChoiceField(
        label=_("Who takes over"), queryset=User.objects.none(), widget=Combobox, required=False,
        help_text=_("Gets the open matters. Left empty, they wait for their leader to hand them out."),
    )  # fmt: skip

    def __init__(self, *args, leaving, by, **kwargs):
        super().__init__(*args, **kwargs)
        superior, working = leaving.answers_to, User.objects.active().exclude(pk=leaving.pk)
        seen = visible(working, by) | working.filter(pk=superior and superior.pk)
        self.fields["successor"].queryset = seen
        self.fields["successor"].initial = superior


class RegionForm(Recorded):
    subject_fields = ("code", "name", "hotline", "active")

    class Meta:
        model = Region
        fields = ["code", "name", "hotline", "active"]


class DepartmentForm(Recorded):
    subject_fields = ("code", "name", "kind", "manager", "active")

    class Meta:
        model = Department
        fields = ["code", "name", "kind", "manager", "active"]
        widgets = {"manager": Combobox}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = User.objects.active()
