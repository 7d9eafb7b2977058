"""A member of staff."""

import secrets
from datetime import timedelta
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from accounts.models.records import Change
from accounts.models.units import Department, Region
from accounts.querysets import Staff
from accounts.signals import user_leaving

# Whoever has one of these sees every region (design 3.8); only an administrator may give or take them.
SEES_EVERYTHING = frozenset({"general_manager", "finance", "administrator"})

TEMPORARY_PASSWORD_LASTS = timedelta(days=3)
# Read out over the phone and typed once: no letter or digit that sounds or looks like another.
READABLE = "abcdefghkmnpqrstuvwxyz23456789"

# Asked once a request; to put it together from querysets takes longer than to answer it (performance 1).
ACCESS = """
SELECT 'role', 0, auth_group.name FROM auth_group
  JOIN accounts_user_groups mine ON mine.group_id = auth_group.id AND mine.user_id = %s
UNION ALL
SELECT 'region', region_id, NULL FROM accounts_user_regions WHERE user_id = %s
UNION ALL
SELECT 'right', 0, kind.app_label || '.' || auth_permission.codename FROM auth_permission
  JOIN django_content_type kind ON kind.id = auth_permission.content_type_id
  WHERE auth_permission.id IN (
    SELECT given.permission_id FROM auth_group_permissions given
      JOIN accounts_user_groups mine ON mine.group_id = given.group_id AND mine.user_id = %s
    UNION ALL
    SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = %s)
"""


class User(AbstractUser):
    """A member of staff: roles are Django's groups, regions say whose matters are seen, the superior hears of the hard.

    Roles, regions and rights are read once per request and never kept longer, so a demotion counts on the next request.
    (S0-21, S1-54, S1-57, S1-58, S2-01, S2-185, S3-114)
    """

    class Grade(models.TextChoices):
        JUNIOR = "junior", pgettext_lazy("grade", "Junior")
        INTERMEDIATE = "intermediate", pgettext_lazy("grade", "Intermediate")
        SENIOR = "senior", pgettext_lazy("grade", "Senior")

    first_name = None
    last_name = None
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    work_number = models.CharField(_("work number"), max_length=20, unique=True, null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    regions = models.ManyToManyField(Region, verbose_name=_("regions"), related_name="staff", blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, verbose_name=_("department"), related_name="staff", null=True, blank=True
    )
    superior = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("superior"), related_name="subordinates", null=True, blank=True
    )
    grade = models.CharField(_("grade"), max_length=20, choices=Grade, blank=True)
    is_feedback_handler = models.BooleanField(
        _("feedback handler"),
        default=False,
        help_text=_("Holds the post that keeps a customer's feedback until it is settled."),
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    # Part of what a session is signed with: raising it ends every session of this person.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # Set while the password is one that somebody else handed out; the owner must replace it before this moment.
    temporary_password_until = models.DateTimeField(null=True, blank=True, editable=False)

    objects = Staff()

    REQUIRED_FIELDS = ["name"]

    class Meta(AbstractUser.Meta):
        ordering = ["username"]
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.CheckConstraint(
                condition=Q(superior=None) | ~Q(superior=F("id")), name="nobody_is_his_own_superior"
            ),
        ]
        permissions = [
            ("view_staff", gettext_noop("See the list of staff")),
            ("manage_staff", gettext_noop("Employ, change and deactivate staff")),
            ("manage_units", gettext_noop("Change regions and departments")),
            ("manage_roles", gettext_noop("Decide which role has which rights")),
        ]

    def __str__(self):
        return self.name or self.username

    def clean(self):
        super().clean()
        if self.superior_id and self in self.superior.superiors(with_self=True):
            raise ValidationError({"superior": _("%(name)s already answers to this person.") % {"name": self.superior}})

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    def get_session_auth_hash(self):
        return f"{super().get_session_auth_hash()}.{self.session_epoch}"

    def get_session_auth_fallback_hash(self):
        for old in super().get_session_auth_fallback_hash():
            yield f"{old}.{self.session_epoch}"

    @cached_property
    def _access(self):
        """Roles, regions and rights, read together in one statement: every page asks for all three."""
        found = {"role": [], "region": [], "right": []}
        with connections[self._state.db or DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(ACCESS, [self.pk] * 4)
            for part, key, name in cursor.fetchall():
                found[part].append(name or key)
        return found

    @cached_property
    def _perm_cache(self):
        """Where Django's ModelBackend looks for all rights of a person before it asks the database itself."""
        return frozenset(self._access["right"])

    def has_perm(self, perm, obj=None):
        """Django's own answer, without asking one login backend after the other for each button of a page."""
        if obj is not None or self.is_superuser:
            return super().has_perm(perm, obj)
        return self.is_active and perm in self._perm_cache

    @cached_property
    def role_names(self):
        fetched = getattr(self, "_prefetched_objects_cache", {}).get("groups")
        return frozenset(self._access["role"] if fetched is None else (group.name for group in fetched))

    def has_role(self, *names):
        return not self.role_names.isdisjoint(names)

    @cached_property
    def region_ids(self):
        fetched = getattr(self, "_prefetched_objects_cache", {}).get("regions")
        return self._access["region"] if fetched is None else [region.pk for region in fetched]

    @cached_property
    def sees_everything(self):
        return not self.role_names.isdisjoint(SEES_EVERYTHING)

    @property
    def scope(self):
        """What decides beside his own numbers which rows he sees; equal for people of the same roles and rights."""
        return self.is_active, self.is_superuser, self.role_names, frozenset(self._perm_cache)

    @cached_property
    def managed_department_ids(self):
        """Departments whose staff, queue and figures this person supervises (S1-11)."""
        return [department.pk for department in self.managed_departments.all()]

    @property
    def has_temporary_password(self):
        return self.temporary_password_until is not None

    def superiors(self, *, with_self=False):
        """The people above, nearest first. Safe against a circle that reached the database some other way."""
        above = [self] if with_self else []
        person, seen = self, {self.pk}
        while person.superior_id and person.superior_id not in seen:
            person = person.superior
            seen.add(person.pk)
            above.append(person)
        return above

    @property
    def answers_to(self):
        """The nearest superior who still works here, or None: who gets hard matters and breached deadlines (S2-185)."""
        return next((person for person in self.superiors() if person.is_active), None)

    def manages(self, other):
        """Whether this person runs the department ``other`` works in (S1-11)."""
        return other.department_id is not None and other.department_id in self.managed_department_ids

    def may_manage(self, other):
        """Whether this person may change, deactivate or give a new password to ``other`` (seen already, in own scope).

        Who sees every region is looked after by administrators alone, so that no manager can make himself one of them.
        """
        return (
            self != other
            and self.has_perm("accounts.manage_staff")
            and (self.has_role("administrator") or not other.sees_everything)
        )

    @property
    def is_last_administrator(self):
        others = type(self).objects.active().in_role("administrator").exclude(pk=self.pk)
        return self.is_active and self.has_role("administrator") and not others.exists()

    def end_sessions(self):
        """Every session of this person is over from its next request on."""
        type(self).objects.filter(pk=self.pk).update(session_epoch=F("session_epoch") + 1)
        self.refresh_from_db(fields=["session_epoch"])
        self.sign_ins.all().delete()

    @transaction.atomic
    def choose_password(self, password):
        """The owner sets a password of his own; all his sessions end."""
        self.set_password(password)
        self.temporary_password_until = None
        self.save(update_fields=["password", "temporary_password_until"])
        self.end_sessions()
        Change.objects.write(Change.Act.PASSWORD_CHANGED, self, by=self)

    @transaction.atomic
    def give_temporary_password(self, *, by):
        """Set and return a password to be told once; its owner replaces it at the first login, within three days."""
        password = "-".join("".join(secrets.choice(READABLE) for _digit in range(4)) for _group in range(3))
        self.set_password(password)
        self.temporary_password_until = timezone.now() + TEMPORARY_PASSWORD_LASTS
        self.save(update_fields=["password", "temporary_password_until"])
        self.end_sessions()
        Change.objects.write(Change.Act.PASSWORD_RESET, self, by=by)
        return password

    @transaction.atomic
    def deactivate(self, *, by, successor=None):
        """This person stops working here: what is open goes to ``successor``, sessions and planned shifts end.

        Raises ValidationError for oneself, for the last administrator, and where another app cannot let the person go.
        """
        if by == self:
            raise ValidationError(_("Nobody can deactivate his own login."))
        if self.is_last_administrator:
            raise ValidationError(_("This is the last administrator; name another one first."))
        user_leaving.send(sender=type(self), users=[self], successor=successor, by=by)
        self.is_active = False
        self.save(update_fields=["is_active"])
        self.end_sessions()
        self.shifts.filter(date__gt=timezone.localdate()).delete()
        Change.objects.write(Change.Act.DEACTIVATED, self, by=by, successor=[None, str(successor or "")])

    @transaction.atomic
    def reactivate(self, *, by):
        """This person works here again, and starts with a new one-time password, which is returned."""
        self.is_active = True
        self.save(update_fields=["is_active"])
        Change.objects.write(Change.Act.REACTIVATED, self, by=by)
        return self.give_temporary_password(by=by)
