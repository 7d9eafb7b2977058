"""Who may do what at every URL of the application. A URL that is not declared here fails the tests.

Add a row beside its neighbours when you add a URL::

    R("cases:complaint", of=complaint, get=ALL - {"technician"}, unseen={"technician"}),
    R("cases:complaint-judge-valid", of=complaint, get=having("cases.judge_complaint"), post=having("cases.judge_complaint")),

* role sets: ALL, OFFICE (all but technicians), DESK, AGENTS, LEADERS, SEERS (see every region), NOBODY, or a literal
  set; ``having("app.right")`` is every role that aftersales/roles.py gives the right;
* ``of=`` names a function of tests/rights/objects.py that makes the thing in a region; each row is then tried with a
  thing of the asker's region and with one of another, which must answer 404 to whoever does not see all regions;
* everything else is explained at ``harness.R``.

What is tried: GET, POST, PUT, PATCH and DELETE as each role and as a stranger (who must be led to the login), own and
foreign. Only statuses are looked at; whether an act does the right thing is tested beside its app.
"""

from tests.rights import objects
from tests.rights.callbacks import CALLBACKS
from tests.rights.cases import CASES
from tests.rights.compensation import COMPENSATION
from tests.rights.deliveries import DELIVERIES
from tests.rights.harness import ALL, NOBODY, R, having
from tests.rights.imports import IMPORTS
from tests.rights.privacy import PRIVACY
from tests.rights.returns import RETURNS
from tests.rights.technicians import TECHNICIANS

STAFF_SEEN_BY = having("accounts.view_staff")
STAFF_MANAGED_BY = having("accounts.manage_staff")
UNITS_CHANGED_BY = having("accounts.manage_units")
ROSTER_PLANNED_BY = having("accounts.plan_roster")

ACCOUNTS = [
    R("accounts:login", public=True, get=ALL, post=ALL, shown={200, 302}, why="somebody signed in is led on"),
    R("accounts:login-code", public=True, get=ALL, post=ALL, shown=302, why="without a password first: back to it"),
    R("accounts:logout", post=ALL),
    R("accounts:language", post=ALL, public=True),
    R("accounts:profile", get=ALL, post=ALL),
    R("accounts:password", get=ALL, post=ALL),
    R("accounts:two-step", get=ALL, post=ALL),
    R("accounts:two-step-codes", get=ALL, post=ALL, shown=302, why="two-step login is not on: its set-up first"),
    R("accounts:two-step-off", get=ALL, post=ALL, shown=302, why="as above"),
    R("accounts:end-other-sessions", post=ALL),
    R("accounts:end-session", post=ALL, mine=objects.sign_in_of),
    R("accounts:roster", get=ALL, post=ROSTER_PLANNED_BY),
    R("accounts:roster-print", get=ALL),
    R("accounts:roster-copy", post=ROSTER_PLANNED_BY),
    R("accounts:staff", get=STAFF_SEEN_BY),
    R("accounts:roles", get=STAFF_SEEN_BY),
    R("accounts:units", get=STAFF_SEEN_BY),
    R("accounts:staff-new", get=STAFF_MANAGED_BY, post=STAFF_MANAGED_BY),
    R("accounts:staff-member", of=objects.colleague, get=STAFF_SEEN_BY),
    R("accounts:staff-edit", of=objects.colleague, get=STAFF_MANAGED_BY, post=STAFF_MANAGED_BY),
    R("accounts:staff-deactivate", of=objects.colleague, get=STAFF_MANAGED_BY, post=STAFF_MANAGED_BY),
    R("accounts:staff-reactivate", of=objects.former_colleague, get=STAFF_MANAGED_BY, post=STAFF_MANAGED_BY),
    R("accounts:staff-password", of=objects.colleague, get=STAFF_MANAGED_BY, post=STAFF_MANAGED_BY),
    R("accounts:staff-two-step-off", of=objects.colleague, get={"administrator"}, post={"administrator"}),
    R("accounts:region-new", get=UNITS_CHANGED_BY, post=UNITS_CHANGED_BY),
    R("accounts:region-edit", of=objects.any_region, shared=True, get=UNITS_CHANGED_BY, post=UNITS_CHANGED_BY),
    R("accounts:department-new", get=UNITS_CHANGED_BY, post=UNITS_CHANGED_BY),
    R("accounts:department-edit", of=objects.any_department, shared=True, get=UNITS_CHANGED_BY, post=UNITS_CHANGED_BY),
]

FILES_OPENED_BY = having("customers.add_customer")
FILES_CHANGED_BY = having("customers.change_customer")
FILES_MERGED_BY = having("customers.merge_customer")
CARDS_ADDED_BY = having("customers.add_servicecard")
CARDS_CHANGED_BY = having("customers.change_servicecard")
ORDERS_ADDED_BY = having("customers.add_order")
ORDERS_CHANGED_BY = having("customers.change_order")
PRICES_READ_BY = having("customers.view_priceitem")
PRICES_SET_BY = having("customers.set_price")
UNBOOKED = {"technician"}  # sees the customers of his bookings only

CUSTOMERS = [
    R("customers:list", get=ALL),
    R("customers:card-list", get=ALL),
    R("customers:new", get=FILES_OPENED_BY, post=FILES_OPENED_BY),
    R("customers:file", of=objects.customer, get=ALL, unseen=UNBOOKED),
    R("customers:edit", of=objects.customer, get=FILES_CHANGED_BY, post=FILES_CHANGED_BY, unseen=UNBOOKED),
    R("customers:reach", of=objects.customer, get=FILES_CHANGED_BY, post=FILES_CHANGED_BY, unseen=UNBOOKED),
    R("customers:phone-prefer", of=objects.phone_of_customer, post=FILES_CHANGED_BY, unseen=UNBOOKED),
    R("customers:phone-remove", of=objects.phone_of_customer, post=FILES_CHANGED_BY, unseen=UNBOOKED),
    R("customers:contact-remove", of=objects.contact_of_customer, post=FILES_CHANGED_BY, unseen=UNBOOKED),
    R("customers:merge", of=objects.pair_of_customers, get=FILES_MERGED_BY, post=FILES_MERGED_BY, unseen=UNBOOKED),
    R("customers:keep-apart", of=objects.pair_of_customers, post=FILES_MERGED_BY, unseen=UNBOOKED),
    R("customers:merge-undo", of=objects.merge_of_customers, post=FILES_MERGED_BY, unseen=UNBOOKED),
    R("customers:card-new", of=objects.customer, get=CARDS_ADDED_BY, post=CARDS_ADDED_BY, unseen=UNBOOKED),
    R("customers:card", of=objects.service_card, get=ALL, unseen=UNBOOKED),
    R("customers:card-label", of=objects.service_card, get=ALL, unseen=UNBOOKED),
    R("customers:card-labels", get=ALL),
    R("customers:card-edit", of=objects.service_card, get=CARDS_CHANGED_BY, post=CARDS_CHANGED_BY, unseen=UNBOOKED),
    R("customers:order-new", of=objects.customer, get=ORDERS_ADDED_BY, post=ORDERS_ADDED_BY, unseen=UNBOOKED),
    R("customers:order", of=objects.order, get=ALL, unseen=UNBOOKED),
    R("customers:order-edit", of=objects.order, get=ORDERS_CHANGED_BY, post=ORDERS_CHANGED_BY, unseen=UNBOOKED),
    R("customers:prices", get=PRICES_READ_BY),
    R("customers:price-item-new", get=PRICES_SET_BY, post=PRICES_SET_BY),
    R("customers:price", of=objects.price_item, shared=True, get=PRICES_READ_BY),
    R("customers:price-new", of=objects.price_item, shared=True, get=PRICES_SET_BY, post=PRICES_SET_BY),
    R("customers:areas", get=ALL),
    R("customers:contact", post=FILES_OPENED_BY, shown=200),
    R("customers:products", get=ALL),
]

KNOWLEDGE_KEPT_BY = having("knowledge.edit_knowledge")
KEPT = {"get": KNOWLEDGE_KEPT_BY, "post": KNOWLEDGE_KEPT_BY}

KNOWLEDGE = [
    R("knowledge:handbook", get=having("knowledge.view_handlingguide")),
    R("knowledge:words-try", post=KNOWLEDGE_KEPT_BY),
    R("knowledge:guides", get=KNOWLEDGE_KEPT_BY),
    R("knowledge:guides-new", **KEPT),
    R("knowledge:guides-edit", of=objects.handling_guide, shared=True, **KEPT),
    R("knowledge:phrases", get=KNOWLEDGE_KEPT_BY),
    R("knowledge:phrases-new", **KEPT),
    R("knowledge:phrases-edit", of=objects.service_phrase, shared=True, **KEPT),
    R("knowledge:chips", get=KNOWLEDGE_KEPT_BY),
    R("knowledge:chips-new", **KEPT),
    R("knowledge:chips-edit", of=objects.phrase_chip, shared=True, **KEPT),
    R("knowledge:script", get=KNOWLEDGE_KEPT_BY),
    R("knowledge:script-new", **KEPT),
    R("knowledge:script-edit", of=objects.script_line, shared=True, **KEPT),
    R("knowledge:words", get=KNOWLEDGE_KEPT_BY),
    R("knowledge:words-new", **KEPT),
    R("knowledge:words-edit", of=objects.word_rule, shared=True, **KEPT),
]

CALLS_TAKEN_BY = having("cases.register_complaint")

INTAKE = [
    R("cases:call", get=CALLS_TAKEN_BY, post=CALLS_TAKEN_BY),
    R("cases:call-new", get=CALLS_TAKEN_BY, post=CALLS_TAKEN_BY),
    R("cases:call-propose", post=CALLS_TAKEN_BY),
    R("cases:call-done", mine=objects.call_of, get=CALLS_TAKEN_BY),
]

RULES_READ_BY = having("workflow.view_deadlinepolicy")
CLOCKS_SET_BY = having("workflow.change_deadlinepolicy")
PLANS_WRITTEN_BY = having("cases.change_standardplan")
CLASSES_SET_BY = having("cases.change_complaintclass")
LIMITS_SET_BY = having("payments.add_tier")
GUARDS_SET_BY = having("cases.change_guard")
NAMED_BY = having("core.change_installation")

RULEBOOK = [
    R("cases:rules", get=RULES_READ_BY | having("cases.view_leadtime"), shown=302, why="leads to the first tab"),
    R("cases:rules-clocks", get=RULES_READ_BY),
    R("cases:rules-clock-new", get=CLOCKS_SET_BY, post=CLOCKS_SET_BY),
    R("cases:rules-clock-edit", of=objects.deadline_policy, shared=True, get=CLOCKS_SET_BY, post=CLOCKS_SET_BY),
    R("cases:rules-plans", get=RULES_READ_BY),
    R("cases:rules-plan-new", get=PLANS_WRITTEN_BY, post=PLANS_WRITTEN_BY),
    R("cases:rules-plan-edit", of=objects.standard_plan, shared=True, get=RULES_READ_BY, post=PLANS_WRITTEN_BY),
    R("cases:rules-plan-approve", of=objects.standard_plan, shared=True, post=having("cases.approve_standardplan")),
    R("cases:rules-limits", get=RULES_READ_BY),
    R("cases:rules-limit-new", get=LIMITS_SET_BY, post=LIMITS_SET_BY),
    R("cases:rules-classes", get=RULES_READ_BY),
    R("cases:rules-class-new", get=CLASSES_SET_BY, post=CLASSES_SET_BY),
    R("cases:rules-class-edit", of=objects.complaint_class, shared=True, get=CLASSES_SET_BY, post=CLASSES_SET_BY),
    R("cases:rules-guards", get=RULES_READ_BY),
    R("cases:rules-guard-edit", of=objects.guard_code, shared=True, get=GUARDS_SET_BY, post=GUARDS_SET_BY),
    R("cases:rules-company", get=NAMED_BY, post=NAMED_BY),
]

NOTIFICATIONS = [
    R("notifications:list", get=ALL),
    R("notifications:open", mine=objects.notice_of, get=ALL, shown=302, why="it leads to what it tells of"),
    R("notifications:read-all", post=ALL),
    R("notifications:preferences", get=ALL, post=ALL),
]

ROWS = [
    R("home", get=ALL, shown={200, 302}),
    R("core:healthz", get=ALL, public=True, shown={200, 503}),
    R("core:style-guide", get=NOBODY, unseen=ALL, why="for developers: logins with is_staff, which no role gives"),
    R("core:search", get=ALL),
    R("core:search-suggestions", get=ALL),
    R("core:draft", of=objects.draft_key, shared=True, get=ALL, put=ALL, post=ALL, delete=ALL, shown=204),
    R("core:saved-filter-save", of=objects.list_key, shared=True, post=ALL),
    R("core:saved-filter-delete", mine=objects.saved_filter_of, post=ALL),
    R("core:job-list", get=ALL),
    R("core:job", mine=objects.job_of, get=ALL),
    R("core:job-stop", mine=objects.job_of, post=ALL),
    R("core:job-result", mine=objects.job_of, get=ALL),
    R("workflow:attachment", of=objects.attachment, get=ALL, unseen={"technician"}),
    R("workflow:thumbnail", of=objects.attachment, get=ALL, unseen={"technician"}),
    R(
        "workflow:customer-page",
        of=objects.customers_link,
        shared=True,
        get=ALL,
        public=True,
        why="the token is the key",
    ),
    R("workflow:customer-file", of=objects.customers_file, shared=True, get=ALL, public=True, why="as above"),
    R("workflow:customer-thumbnail", of=objects.customers_file, shared=True, get=ALL, public=True, why="as above"),
    R(
        "workflow:customer-act",
        of=objects.customers_act,
        shared=True,
        get=ALL,
        post=ALL,
        public=True,
        shown=302,
        why="as above; read, it leads to the page",
    ),
    *ACCOUNTS,
    *CUSTOMERS,
    *KNOWLEDGE,
    *CASES,
    *INTAKE,
    *RULEBOOK,
    *IMPORTS,
    *PRIVACY,
    *TECHNICIANS,
    *COMPENSATION,
    *DELIVERIES,
    *RETURNS,
    *CALLBACKS,
    *NOTIFICATIONS,
]
