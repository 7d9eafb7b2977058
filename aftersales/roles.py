"""The twelve roles and what each may do: one table, written into Django's groups after every migration.

A right is named ``<app>.<verb>_<model>`` and declared in the Meta of the model it guards; a role is one row here
(design 3.9; S1-57, S1-58, S2-01). Company-specific changes are made on the groups in the back office and survive a
sync: only rights that a release adds to a role are added to it.
"""

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.contrib.auth.models import Group, Permission

from accounts.models import Grant

# What several roles share.
READS = [
    "cases.view_complaint",
    "workflow.add_event",
    "workflow.add_attachment",
    "customers.view_customer",
    "customers.view_priceitem",
    "knowledge.view_handlingguide",
]
GOODS = ["customers.add_order", "customers.change_order", "customers.add_servicecard", "customers.change_servicecard"]
# What a customer agreed to, or took back.
CONSENTS = ["customers.add_consent"]
# Personal data: who sees one customer at a time in full, and who sees who has looked.
UNMASKS = ["customers.unmask_customer"]
WATCHES_OVER_DATA = ["customers.view_access", "customers.hand_out_customer"]
# Erasing takes two: whoever takes calls asks for it, the manager or the administrator decides (customers.erasing).
ASKS_TO_ERASE = ["customers.add_erasure", "customers.view_erasure"]
ERASES = [
    "customers.approve_erasure",
    "customers.view_erasure",
    "customers.decide_due",
    "customers.view_retention",
    "customers.change_retention",
]
INTAKE = [
    "cases.register_complaint",
    "customers.add_customer",
    "customers.change_customer",
    *GOODS,
    *CONSENTS,
    *ASKS_TO_ERASE,
    "workflow.make_promise",
]
HANDLES = [
    "cases.handle_complaint",
    "cases.judge_complaint",
    "cases.follow_up_complaint",
    "cases.escalate_complaint",
    "cases.print_complaint",
    "customers.view_personal_data",
    "workflow.hand_over_matter",
    "workflow.add_customerlink",
    "workflow.withdraw_attachment",
]
# Who says that two files are one person, or that they are not (S1-74).
MERGES = ["customers.merge_customer"]
LEADS = [
    "cases.lead_complaint",
    "cases.reconsider_complaint",
    "cases.approve_plan",
    "cases.evaluate_complaint",
    "cases.close_complaint",
    "cases.reopen_complaint",
    "cases.dispute_complaint",
    "cases.assign_complaint",
    "cases.answer_escalation",
    "cases.countersign_appraisal",
    "cases.verify_complaint",
    "cases.sanction_complaint",
    "cases.view_sanctions",
    "cases.view_board",
    "workflow.reassign_matter",
    "workflow.view_money_event",
    "workflow.view_restricted_event",
    "accounts.view_staff",
    "accounts.plan_roster",
]

# Compensation: who asks, decides within his limit, leads the large route, releases, books (S0-10 … S0-18).
COMPENSATION_ASKED = [
    "compensation.view_compensation",
    "compensation.request_compensation",
    "compensation.approve_compensation",
    "compensation.hand_over_compensation",
    "compensation.report_compensation",
    "compensation.print_compensation",
]
COMPENSATION_LED = [*COMPENSATION_ASKED, "compensation.lead_compensation"]
COMPENSATION_APPRAISED = ["compensation.view_compensation", "compensation.appraise_compensation"]

# Money: who writes down what is owed and claimed, who confirms it, who pays (S0-60, S2-71, S2-82).
MONEY_NOTED = ["payments.record_debt", "payments.record_claim", "payments.give_gift", "payments.view_payorder"]
MONEY_CONFIRMED = [*MONEY_NOTED, "payments.confirm_debt", "payments.settle_claim"]
MONEY_PAID = [
    "payments.record_debt",
    "payments.record_claim",
    "payments.settle_claim",
    "payments.view_payorder",
    "payments.pay_payorder",
    "payments.reverse_payment",
    "compensation.view_compensation",
    "compensation.book_write_off",
    "compensation.print_compensation",
]

# Who brings files in: customers, orders and cards; and what the company begins with: products, prices, staff, running cases.
IMPORTS = ["core.load_tableimport"]
IMPORTS_ALL = [*IMPORTS, "core.load_basic_tableimport"]
# Who takes tables out as files; masked for those who may not see personal data. Agents do not (threats 30).
EXPORTS = ["core.make_tableexport"]

# Follow-up calls: who makes them, who hands out lists and reviews, who words the month's summary (S2-02, S2-07, S0-70).
CALLS_SEEN = ["callbacks.view_followupcall"]
CALLS_MADE = [*CALLS_SEEN, "callbacks.make_followupcall"]
CALLS_LED = [
    *CALLS_MADE,
    "callbacks.hand_out_followupcall",
    "callbacks.review_followupcall",
    "callbacks.export_followupcall",
    "callbacks.view_callrules",
    "callbacks.view_monthsummary",
]
CALLS_RULED = [
    *CALLS_LED,
    "callbacks.change_callrules",
    "callbacks.issue_monthsummary",
    "callbacks.view_staff_figures",
]

# The company's rules as data (S1-09): who leads reads them, the manager changes them, and whoever is above both gives
# the limits and may switch a rule of the lifecycle off.
RULES_READ = [
    "technicians.view_checklist",
    "returns.view_returnpolicy",
    "workflow.view_deadlinepolicy",
    "cases.view_standardplan",
    "cases.view_complaintclass",
    "cases.view_guard",
    "payments.view_tier",
]
RULES_CHANGE = [
    "technicians.add_checklist",
    "technicians.change_checklist",
    "returns.change_returnpolicy",
    "workflow.change_deadlinepolicy",
    "cases.change_standardplan",
    "cases.change_complaintclass",
    "core.change_installation",
]

# Work orders: who opens and closes them with the customer, who sends people, who decides when it gets stuck.
ORDERS_READ = ["technicians.view_workorder", "technicians.print_workorder", "technicians.view_roster"]
ORDERS_HANDLED = [
    *ORDERS_READ,
    "technicians.accept_workorder",
    "technicians.handle_workorder",
    "technicians.close_workorder",
    "technicians.hand_in_fee",
]
ORDERS_SENT = [
    *ORDERS_READ,
    "technicians.accept_workorder",
    "technicians.handle_workorder",
    "technicians.dispatch_workorder",
    "technicians.decide_workorder",
    "technicians.manage_technician",
]
ORDERS_SUPPLIED = [*ORDERS_READ, "technicians.supply_workorder"]
ORDERS_WORKED = ["technicians.view_workorder", "technicians.work_workorder", "technicians.hand_in_fee"]
ORDERS_PAID = [*ORDERS_READ, "technicians.receive_handin"]

# Returns and exchanges: who takes them up and agrees, who makes exceptions, who handles goods, examines them, pays.
RETURNS_READ = ["returns.view_returnrequest", "returns.view_wrongshipment"]
RETURNS_HANDLED = [
    *RETURNS_READ,
    "returns.submit_returnrequest",
    "returns.review_returnrequest",
    "returns.print_returnrequest",
    "returns.add_wrongshipment",
]
RETURNS_SHIPPED = [*RETURNS_READ, "returns.ship_returnrequest", "returns.print_returnrequest"]
RETURNS_EXAMINED = [*RETURNS_READ, "returns.inspect_returnrequest", "returns.print_returnrequest"]
RETURNS_PAID = [*RETURNS_READ, "returns.refund_returnrequest", "returns.print_returnrequest"]
RETURNS_LED = [
    *RETURNS_HANDLED,
    "returns.except_returnrequest",
    "returns.ship_returnrequest",
    "returns.verify_wrongshipment",
]

# Deliveries with a date to meet: who promises, who follows the order, who agrees to dates beyond the lead time (S3-120 … S3-132).
DELIVERIES_READ = ["cases.view_deliveryissue", "cases.view_leadtime"]
DELIVERIES_PROMISED = [*DELIVERIES_READ, "cases.open_deliveryissue"]
DELIVERIES_FOLLOWED = [*DELIVERIES_PROMISED, "cases.follow_deliveryissue", "cases.change_leadtime"]
DELIVERIES_LED = [*DELIVERIES_FOLLOWED, "cases.approve_deliveryissue"]

ROLES = {
    "agent": [
        *READS,
        *DELIVERIES_PROMISED,
        *RETURNS_HANDLED,
        *INTAKE,
        *HANDLES,
        *ORDERS_HANDLED,
        *COMPENSATION_ASKED,
        *MONEY_NOTED,
        *CALLS_MADE,
    ],
    "specialist": [
        *READS,
        *DELIVERIES_PROMISED,
        "returns.verify_wrongshipment",
        *RETURNS_HANDLED,
        *INTAKE,
        *HANDLES,
        *ORDERS_HANDLED,
        *COMPENSATION_ASKED,
        *MONEY_NOTED,
        *MERGES,
        *IMPORTS,
        *EXPORTS,
        "cases.verify_complaint",
        "cases.view_board",
        *CALLS_LED,
    ],
    "supervisor": [
        *READS,
        *DELIVERIES_LED,
        *RETURNS_LED,
        *EXPORTS,
        *INTAKE,
        *HANDLES,
        *MERGES,
        *LEADS,
        *COMPENSATION_LED,
        *MONEY_CONFIRMED,
        *RULES_READ,
        *ORDERS_HANDLED,
        *ORDERS_SENT,
        *WATCHES_OVER_DATA,
        "cases.change_standardplan",
        "customers.mark_vip",
        *CALLS_LED,
    ],
    "manager": [
        *READS,
        *DELIVERIES_LED,
        *RETURNS_LED,
        *INTAKE,
        *HANDLES,
        *MERGES,
        *LEADS,
        *COMPENSATION_LED,
        *MONEY_CONFIRMED,
        *RULES_READ,
        *RULES_CHANGE,
        *ORDERS_HANDLED,
        *ORDERS_SENT,
        *IMPORTS_ALL,
        *EXPORTS,
        *WATCHES_OVER_DATA,
        *ERASES,
        "customers.mark_vip",
        "customers.set_price",
        "cases.approve_standardplan",
        "knowledge.edit_knowledge",
        "accounts.manage_staff",
        "accounts.manage_units",
        *CALLS_RULED,
    ],
    "general_manager": [
        *READS,
        *DELIVERIES_READ,
        *RETURNS_READ,
        *EXPORTS,
        *ORDERS_READ,
        "cases.approve_plan",
        "cases.answer_escalation",
        "cases.view_sanctions",
        "cases.view_board",
        "cases.print_complaint",
        "customers.view_personal_data",
        "workflow.view_money_event",
        "workflow.view_restricted_event",
        "accounts.view_staff",
        *RULES_READ,
        "compensation.view_compensation",
        "compensation.approve_compensation",
        "compensation.release_compensation",
        "compensation.print_compensation",
        "payments.confirm_debt",
        "payments.view_payorder",
        "cases.approve_standardplan",
        "cases.change_guard",
        "payments.add_tier",
        *CALLS_SEEN,
        "callbacks.view_monthsummary",
        "callbacks.view_staff_figures",
    ],
    "technician": [
        *READS,
        *RETURNS_EXAMINED,
        *ORDERS_WORKED,
        *COMPENSATION_APPRAISED,
        "cases.appraise_complaint",
        "customers.view_personal_data",
    ],
    "dispatcher": [
        *READS,
        *DELIVERIES_READ,
        *RETURNS_READ,
        *GOODS,
        *ORDERS_SENT,
        "cases.view_board",
        "customers.view_personal_data",
    ],
    "parts_clerk": [*READS, *DELIVERIES_READ, *RETURNS_SHIPPED, *ORDERS_SUPPLIED, "customers.view_personal_data"],
    "finance": [
        *READS,
        *EXPORTS,
        *UNMASKS,
        *RETURNS_PAID,
        *ORDERS_PAID,
        *MONEY_PAID,
        "workflow.view_money_event",
        "customers.set_price",
    ],
    "quality": [
        *READS,
        *DELIVERIES_READ,
        *UNMASKS,
        *RETURNS_EXAMINED,
        *ORDERS_READ,
        *COMPENSATION_APPRAISED,
        "cases.appraise_complaint",
        *CALLS_SEEN,
    ],
    "order_follower": [
        *READS,
        *DELIVERIES_FOLLOWED,
        *RETURNS_SHIPPED,
        *GOODS,
        "cases.register_complaint",
        "cases.follow_up_complaint",
        "customers.view_personal_data",
    ],
    "administrator": [
        *READS,
        *RETURNS_READ,
        "customers.view_access",
        *ERASES,
        "accounts.view_staff",
        "accounts.manage_staff",
        "accounts.manage_units",
        "accounts.manage_roles",
        "accounts.plan_roster",
        *RULES_READ,
        *RULES_CHANGE,
        *IMPORTS_ALL,
        *EXPORTS,
    ],
}


def sync_roles(**kwargs):
    """Create the groups of ROLES and give each the rights of its row that it was never given before."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    given = set(Grant.objects.values_list("role", "right"))
    for role, rights in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        if role == "administrator":
            rights = [*rights, *back_office_rights(known)]
        new = [right for right in rights if (role, right) not in given]
        group.permissions.add(*(known[right] for right in new))
        Grant.objects.bulk_create((Grant(role=role, right=right) for right in new), ignore_conflicts=True)


def back_office_rights(known):
    """Django's own rights over every table of the back office, which only administrators with two-step login reach."""
    names = [
        f"{model._meta.app_label}.{get_permission_codename(act, model._meta)}"
        for model in admin.site._registry
        for act in ("add", "change", "delete", "view")
    ]
    return [name for name in names if name in known]
