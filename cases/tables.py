"""The table of complaints: what runs is brought in with its own number and the time it was received."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.models import Complaint, ComplaintClass, choices
from cases.views.lists import ComplaintList
from core.numbers import reserve
from core.tables.columns import Column
from core.tables.exporting import listed
from core.tables.resource import SAME, register
from core.tables.widgets import Choice, Code, Moment, Words
from core.visibility import visible
from customers.tables.block import (
    AboutCustomer,
    address_column,
    area_column,
    name_column,
    number_column,
    phone_column,
    region_column,
)
from customers.tables.widgets import Named


def handlers(user):
    """Who may handle what is brought in."""
    return visible(get_user_model().objects.active(), user).in_role("agent", "specialist", "supervisor", "manager")


class ComplaintTable(AboutCustomer):
    """Running cases. A number that is there already stays as it is: what happens to a case happens by its verbs (S3-05)."""

    key = "complaints"
    label = gettext_lazy("Complaints")
    hint = gettext_lazy(
        "Cases that run when the company changes over: each with its own number and the time it was received, from which its "
        "clocks count."
    )
    right = "core.load_basic_tableimport"
    export_right = "cases.view_complaint"
    chunk = 200
    order = 60
    first = ("number",)

    number = Column(
        "number", pgettext_lazy("column", "Case number"), Code(20), source="number", aliases=("投诉编号", "工单号"),
        required=True, example="TS-0815", steady=False,
    )  # fmt: skip
    customer_number = number_column(source="matter__customer__root__number")
    name = name_column(source="matter__customer__root__name")
    phone = phone_column(source="matter__customer__root__preferred_phone__number")
    region_id = region_column(source="region__name")
    area_id = area_column(source="matter__customer__root__area__full_name")
    address = address_column(source="matter__customer__root__address")
    type = Column("type", pgettext_lazy("column", "Case type"), Choice(choices.Type.choices), source="type")
    channel = Column("channel", pgettext_lazy("column", "Channel"), Choice(choices.Channel.choices), source="channel")
    received_at = Column(
        "received_at", pgettext_lazy("column", "Received at"), Moment(past=True), source="received_at",
        aliases=("受理时间", "登记时间"), required=True, example="2026-11-18 14:02",
    )  # fmt: skip
    content = Column(
        "content", pgettext_lazy("column", "Content"), Words(5000, line=False), source="content",
        aliases=("投诉内容", "问题描述"),
        required=True, example="主卧木门关不严", steady=False,
    )  # fmt: skip
    klass_id = Column(
        "klass_id", pgettext_lazy("column", "Class"),
        Named(
            lambda user: ComplaintClass.objects.filter(active=True),
            ["name", "name_en", "code"],
            gettext_lazy("There is no class “%(cell)s”."),
        ),
        source="klass__name",
    )  # fmt: skip
    severity = Column(
        "severity", pgettext_lazy("column", "Severity"), Choice(choices.Severity.choices), source="severity"
    )
    owner_id = Column(
        "owner_id", pgettext_lazy("column", "Handler"),
        Named(handlers, ["username", "work_number"], gettext_lazy("Nobody who could handle it has the login “%(cell)s”.")),
        source="matter__owner__username", aliases=("处理人", "客服"),
    )  # fmt: skip
    status = Column(
        "status", pgettext_lazy("column", "Status"), Choice(Complaint.Status.choices), source="status", shown=True
    )
    closed_at = Column("closed_at", pgettext_lazy("column", "Closed at"), Moment(), source="closed_at", shown=True)

    @classmethod
    def may_import(cls, user):
        return super().may_import(user) and user.has_perm("cases.register_complaint")

    def identity(self, row):
        return row.get("number")

    def look_up(self, rows):
        numbers = {row.get("number") for row in rows}
        kept = set(Complaint.objects.filter(number__in=numbers).values_list("number", flat=True))
        seen = set(Complaint.objects.filter(number__in=kept).visible_to(self.by).values_list("number", flat=True))
        for row in rows:
            if row.get("number") in seen:
                row.state = SAME
            elif row.get("number") in kept:
                row.refuse(self.column("number"), _("This case is filed at another branch."))
        self.find_customers([row for row in rows if row.is_good and row.state != SAME])

    def write(self, rows):
        self.open_customers(rows)
        reserve([row.get("number") for row in rows])
        owners = get_user_model().objects.in_bulk({row.get("owner_id") for row in rows} - {None})
        classes = ComplaintClass.objects.select_related("department").in_bulk(
            {row.get("klass_id") for row in rows} - {None}
        )
        for row in rows:
            fields = {
                name: row.values[name] for name in ("type", "channel", "severity", "received_at") if name in row.values
            }
            Complaint.register(
                by=self.by,
                now=self.now,
                customer=row.work.customer,
                content=row.get("content"),
                number=row.get("number"),
                owner=owners.get(row.get("owner_id")),
                klass=classes.get(row.get("klass_id")),
                **fields,
            )

    def rows_for(self, user, query=""):
        return listed(ComplaintList, user, query)


def offer():
    """Called once, when the app is ready."""
    register(ComplaintTable)
