"""The table of staff: who works here, what he does and where (S1-10, S2-01)."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy
from import_export import widgets

from accounts.forms import StaffForm
from accounts.models import Department, Region, User
from accounts.roles import ROLE_LABELS, role_label
from accounts.views.staff import StaffListView
from core.tables.columns import Column
from core.tables.exporting import listed
from core.tables.resource import SAME, TableResource, register
from core.tables.widgets import LANGUAGES, PARTS, Choice, Code, Phone, Words

PLAIN = ("username", "name", "work_number", "phone", "email", "grade")


class Roles(widgets.Widget):
    """Roles by their names in either language, divided by 、; the value holds the groups' names."""

    def clean(self, value, row=None, *, memory=None, **kwargs):
        known = memory.setdefault(self, self._known())
        found = [known.get(part.strip().casefold()) for part in PARTS.split(value) if part.strip()]
        if None in found:
            names = "、".join(str(label) for label in ROLE_LABELS.values())
            raise ValueError(_("“%(cell)s” is none of: %(words)s.") % {"cell": value[:40], "words": names})
        return list(dict.fromkeys(found))

    def _known(self):
        known = {name.casefold(): name for name in Group.objects.values_list("name", flat=True)}
        for language in LANGUAGES:
            with override(language):
                known |= {str(label).casefold(): name for name, label in ROLE_LABELS.items() if name in known}
        return known

    def render(self, value, obj=None, **kwargs):
        return "、".join(str(role_label(name)) for name in value)


class Units(widgets.Widget):
    """Regions or departments by name or code, divided by 、; the value holds their keys."""

    def __init__(self, model):
        self.model = model
        super().__init__()

    def clean(self, value, row=None, *, memory=None, **kwargs):
        known = memory.get(self)
        if known is None:
            known = memory[self] = {}
            for pk, *names in self.model.objects.in_use().values_list("pk", "name", "code"):
                known.update((name.casefold(), pk) for name in names)
        found = [known.get(part.strip().casefold()) for part in PARTS.split(value) if part.strip()]
        if None in found:
            raise ValueError(_("There is no unit “%(cell)s”.") % {"cell": value[:40]})
        return found

    def render(self, value, obj=None, **kwargs):
        return "、".join(value)


class StaffTable(TableResource):
    """One row per person, technicians too. Who is there stays as he is; a new login has no password until it is given one."""

    key = "staff"
    label = gettext_lazy("Staff")
    hint = gettext_lazy(
        "One row per person, technicians too. Who is there already stays as he is. New logins get their one-time password on "
        "their page."
    )
    right = "core.load_basic_tableimport"
    export_right = "accounts.view_staff"
    chunk = 500
    order = 70

    username = Column(
        "username", pgettext_lazy("column", "User name"), Code(150), source="username", aliases=("登录名",), required=True,
        example="wangmin", steady=False,
    )  # fmt: skip
    name = Column(
        "name",
        pgettext_lazy("column", "Staff name"),
        Words(60),
        source="name",
        aliases=("姓名",),
        required=True,
        example="王敏",
    )
    work_number = Column(
        "work_number", pgettext_lazy("column", "Work number"), Code(20), source="work_number", steady=False
    )
    roles = Column(
        "roles", pgettext_lazy("column", "Roles"), Roles(), aliases=("岗位",), required=True, example="客服专员"
    )
    regions = Column("regions", pgettext_lazy("column", "Branches"), Units(Region), aliases=("分公司",))
    department = Column(
        "department", pgettext_lazy("column", "Department"), Units(Department), source="department__name"
    )
    superior = Column(
        "superior", pgettext_lazy("column", "Superior"), Code(150), source="superior__username", aliases=("上级登录名",)
    )
    grade = Column("grade", pgettext_lazy("column", "Grade"), Choice(User.Grade.choices), source="grade")
    phone = Column(
        "phone", pgettext_lazy("column", "Staff phone"), Phone(), source="phone", aliases=("电话", "手机"), steady=False
    )
    email = Column("email", pgettext_lazy("column", "E-mail"), Words(254), source="email", steady=False)

    @classmethod
    def may_import(cls, user):
        return super().may_import(user) and user.has_perm("accounts.manage_staff")

    def identity(self, row):
        return row.get("username", "").casefold()

    def look_up(self, rows):
        names = {row.get("username") for row in rows} | {row.get("superior") for row in rows}
        self.people = {person.username: person for person in User.objects.filter(username__in=names)}
        new = {row.get("username") for row in rows}
        for row in rows:
            if row.get("username") in self.people:
                row.state = SAME
            elif row.get("superior") in new and row.get("superior") not in self.people:
                self._refuse_wrong(row, self._form(row, superior=self.by.pk))  # he is written before
            else:
                self._refuse_wrong(row, self._form(row))

    def _form(self, row, superior=None):
        """The form a person would have filled in, with its own checks."""
        above = self.people.get(row.get("superior"))
        data = {name: row.get(name, "") for name in PLAIN} | {
            "roles": list(Group.objects.filter(name__in=row.get("roles", ())).values_list("pk", flat=True)),
            "regions": row.get("regions", []),
            "department": next(iter(row.get("department", ())), ""),
            "superior": superior or (above and above.pk) or "",
            "seen": "",
        }
        return StaffForm(data | {"seen": StaffForm(by=self.by).fingerprint()}, by=self.by)

    def _refuse_wrong(self, row, form):
        if row.get("superior") and form.data["superior"] == "":
            row.refuse(
                self.column("superior"), _("There is nobody with the login “%(cell)s”.") % {"cell": row.get("superior")}
            )
            return
        for name, reasons in form.errors.items():
            row.refuse(self.fields.get(name, ""), " ".join(reasons))

    def write(self, rows):
        """People before those who answer to them."""
        waiting = {row.get("username"): row for row in rows}
        while waiting:
            ready = [row for row in waiting.values() if row.get("superior") not in waiting] or list(waiting.values())
            for row in ready:
                del waiting[row.get("username")]
                self._employ(row)

    def _employ(self, row):
        form = self._form(row)
        if not form.is_valid():
            raise ValueError(f"Line {row.line} was right a moment ago: {form.errors.as_json()}")
        person = form.save()
        person.set_unusable_password()
        person.save(update_fields=["password"])
        self.people[person.username] = person

    # --- export -------------------------------------------------------------------------------------------------------
    def rows_for(self, user, query=""):
        return listed(StaffListView, user, query)

    def beside(self, keys):
        found = {"roles": {}, "regions": {}}
        for pk, name in (
            User.groups.through.objects.filter(user__in=keys).order_by("pk").values_list("user", "group__name")
        ):
            found["roles"].setdefault(pk, []).append(name)
        for pk, name in (
            User.regions.through.objects.filter(user__in=keys).order_by("pk").values_list("user", "region__name")
        ):
            found["regions"].setdefault(pk, []).append(name)
        return found


def offer():
    """Called once, when the app is ready."""
    register(StaffTable)
