"""A customer's data as he gets them: one archive with a page to read, the same as JSON, and his files.

Apps add what they keep by ``part``; the page shows the parts in order. Other people in it are masked: contacts, colleagues
and whoever called for him; he himself is whole.
"""

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.jobs import JobFailed, job_kind, keep_result
from core.models import Installation, Job
from customers import access
from customers.models import Access, Consent, Customer, Erasure, Order, ServiceCard
from customers.phones import mask_name, mask_phone

RIGHT = "customers.hand_out_customer"
KIND = "customers.hand_out"


@dataclass(frozen=True)
class Part:
    """One part of what is kept: ``rows(customer)`` gives dicts of label → value; ``files(customer)`` (name, stored name)."""

    key: str
    label: str
    rows: Callable
    files: Callable
    order: int


_parts: dict[str, Part] = {}


def part(key, label, rows, *, files=lambda customer: (), order=100):
    """Hand this out too; the same key again replaces it."""
    _parts[key] = Part(key, label, rows, files, order)


def start(customer, *, by, reason, now):
    """Have the archive made and note it on the file's record; the Job whose result it is."""
    access.note(customer, by, Access.Kind.HANDED_OUT, now, reason=reason)
    params = {"customer": customer.root_id, "language": translation.get_language()}
    return Job.objects.start(KIND, by=by, now=now, params=params, title=f"{_('Hand out')} {customer.number}")


@job_kind(KIND)
def make(job):
    """The work of the job; JobFailed when the customer was erased meanwhile."""
    customer = Customer.objects.filter(pk=job.params["customer"], erased_at=None).first()
    if customer is None:
        raise JobFailed(_("This file is erased already."))
    with translation.override(job.params["language"]), TemporaryFile() as file:
        write(customer, file, report=lambda done, total: job.report(done, timezone.now(), total=total))
        file.seek(0)
        keep_result(job, f"{customer.number}.zip", File(file))


def write(customer, file, report=lambda done, total: None):
    """Write the archive of a customer into an open file."""
    found = sections(customer)
    files = [(name, stored) for one in sorted_parts() for name, stored in one.files(customer)]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {"customer": customer, "sections": found, "made_at": timezone.now()}
        told["company"], told["files"] = Installation.objects.current().company, [name for name, _stored in files]
        archive.writestr("index.html", render_to_string("customers/handed_out.html", told))
        archive.writestr("data.json", json.dumps(dict(found), ensure_ascii=False, indent=1))
        for done, (name, stored) in enumerate(files, 1):
            with default_storage.open(stored) as content, archive.open(f"files/{name}", "w") as target:
                for chunk in File(content).chunks():
                    target.write(chunk)
            report(done, len(files))


def sorted_parts():
    return sorted(_parts.values(), key=lambda one: (one.order, one.key))


def sections(customer):
    """[(label, rows)] of everything that has something to say."""
    found = [(str(one.label), [words_of(row) for row in one.rows(customer)]) for one in sorted_parts()]
    return [(label, rows) for label, rows in found if rows]


def words_of(row):
    """The row as a person reads it; what is empty is left out."""
    return {str(label): said for label, value in row.items() if (said := in_words(value))}


def in_words(value):
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return "" if value is None else str(value)


def told(row: Model, *names):
    """Fields of a row by their labels, codes in words: what most parts hand out."""
    said = {}
    for name in names:
        field = row._meta.get_field(name)
        shown = getattr(row, f"get_{name}_display", None)
        said[field.verbose_name] = shown() if shown else getattr(row, name)
    return said


# --- what this app keeps ------------------------------------------------------------------------------------------------
def register():
    """Called once, when the app is ready."""
    part("file", pgettext_lazy("handed out", "File"), _file, order=10)
    part("contacts", pgettext_lazy("handed out", "Phones and contacts"), _contacts, order=20)
    part("consents", pgettext_lazy("handed out", "Consent"), _consents, order=30)
    part("orders", pgettext_lazy("handed out", "Orders"), _orders, order=40)
    part("cards", pgettext_lazy("handed out", "Service cards"), _cards, order=50)
    part("requests", pgettext_lazy("handed out", "Requests to erase"), _requests, order=80)
    part("looks", pgettext_lazy("handed out", "Who looked at this file"), _looks, order=90)


def _file(customer):
    names = ["number", "name", "address", "source", "is_vip", "is_member", "credit_level", "acceptable_settlement",
             "preferred_way", "best_hours", "quiet_hours", "note", "created_at"]  # fmt: skip
    for file in (
        Customer.objects.filter(root=customer.root_id).select_related("area", "region", "dealer").order_by("pk")
    ):
        yield told(file, *names) | {_("Address"): file.place, _("Region"): file.region, _("Dealer"): file.dealer}


def _contacts(customer):
    for file in Customer.objects.filter(root=customer.root_id).prefetch_related("phones__contacts", "contacts"):
        for phone in file.phones.all():
            people = phone.contacts.all()
            yield {
                _("Phone"): mask_phone(phone) if people else phone.number,
                _("Remark"): phone.label,
                _("Whose"): ", ".join(f"{mask_name(one.name)} {one.get_relation_display()}" for one in people),
            }
        for contact in (one for one in file.contacts.all() if one.phone_id is None):
            yield {_("Whose"): f"{mask_name(contact.name)} {contact.get_relation_display()}"}


def _consents(customer):
    for said in Consent.objects.of_file(customer):
        yield told(said, "at", "purpose", "given", "channel", "words")


def _orders(customer):
    for order in Order.objects.of_file(customer).with_lines():
        lines = "; ".join(f"{line.product} × {line.quantity}" for line in order.lines.all())
        yield told(order, "number", "ordered_on", "delivered_on", "state", "voucher", "service_terms", "note") | {
            _("Products"): lines
        }


def _cards(customer):
    for card in ServiceCard.objects.of_file(customer).select_related("product"):
        yield told(
            card, "number", "product", "room", "spec", "batch", "bought_on", "installed_on", "accepted_on", "note"
        )


def _requests(customer):
    for one in Erasure.objects.filter(customer__root=customer.root_id):
        yield told(one, "requested_at", "why", "words", "answer", "decided_at")


def _looks(customer):
    for look in Access.objects.of_file(customer).select_related("user").order_by("-at", "-pk")[:1000]:
        yield told(look, "at", "kind", "occasion") | {_("Who"): mask_name(str(look.user))}
