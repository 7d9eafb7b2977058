"""The service file of a customer (《客户售后服务档案》): everything that ever happened on one timeline (S0-27, S0-34)."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.gather import gather
from core.visibility import get_visible_or_404
from customers import access
from customers.likeness import likes_of
from customers.models import Customer, Merge, Order, ServiceCard
from workflow.models import Attachment, Event, Matter, Promise
from workflow.panels import Panel, panels_for
from workflow.photos import photos_of
from workflow.timeline import EVENTS_A_PAGE, Cursor, Names, lines_of, page_of_events, want_names

PHOTOS = 24


def matters_of(customer, user):
    """The customer's matters this person may see; those of another region are not among them."""
    return Matter.objects.visible_to(user).filter(customer__root=customer.root_id)


@require_safe
def file_page(request, pk):
    user, now = request.user, timezone.now()
    customers = Customer.objects.with_contact_points().prefetch_related("contacts__phone")
    customer = get_visible_or_404(customers, user, pk=pk)
    if not user.has_perm("customers.view_customer"):
        raise PermissionDenied
    if not customer.is_live:
        return redirect("customers:file", customer.root_id)
    cursor = Cursor.read(request.GET.get("before"))
    context = {"customer": customer, **timeline_of(customer, user, cursor)}
    if cursor and getattr(request, "htmx", None):
        return render(request, "workflow/_older.html", context)
    access.note(customer, user, access.Kind.OPENED, now)
    context |= {
        "unmasked": access.sees_whole(user, customer, now),
        "cards": ServiceCard.objects.of_file(customer).with_warranty(),
        "orders": Order.objects.of_file(customer).with_lines(),
        "panels": panels_for(customer, user, now),
        "note_op": uuid.uuid4(),
    }
    return render(request, "workflow/service_file.html", context)


def timeline_of(customer, user, cursor):
    """Lines of all matters this person may see and of the file itself, each naming the record it is about."""
    events = Event.objects.filter(customer__root=customer.root_id).seen_by(user)
    events = events.exclude(Q(action="merged_into") & ~Q(customer=customer.root_id))  # told by the file it went into
    events = events.filter(Q(matter__isnull=True) | Q(matter__in=matters_of(customer, user).values("pk")))
    found = sorted(page_of_events(events, cursor), key=lambda one: (one.at, one.pk), reverse=True)
    shown = found[:EVENTS_A_PAGE]
    names = Names()
    want_names(shown, names)
    names.load()
    lines = lines_of(shown, names, photos=_photos(shown))
    numbers = records_of({event.matter_id for event in shown if event.matter_id})
    for line in lines:
        record = numbers.get(line.event.matter_id)
        if record is not None:
            line.about, line.about_url = record.number, record.get_absolute_url()
    older = Cursor(shown[-1].at, shown[-1].pk) if len(found) > EVENTS_A_PAGE else None
    return {"timeline": lines, "older": older}


def records_of(matter_ids):
    """Matter → the record that opened it."""
    parts = {
        model._meta.label_lower: model.objects.filter(matter__in=matter_ids).only("number", "matter", "created_at")
        for model in Matter.record_models()
    }
    first = {}
    for record in sorted((row for rows in gather(parts).values() for row in rows), key=lambda row: row.created_at):
        first.setdefault(record.matter_id, record)
    return first


def _photos(events):
    """Event → its files."""
    ids = {event.pk: event.data.get("attachments") or [] for event in events}
    wanted = {pk for one in ids.values() for pk in one}
    rows = (
        {row.pk: row for row in Attachment.objects.filter(pk__in=wanted, withdrawn_at__isnull=True)} if wanted else {}
    )
    return {event: photos_of([rows[pk] for pk in found if pk in rows]) for event, found in ids.items()}


# --- the panels this app has --------------------------------------------------------------------------------------------
def open_promises(customer, user, now):
    rows = Promise.objects.visible_to(user).open().filter(customer__root=customer.root_id).order_by("due_at", "pk")[:20]
    promises = list(rows)
    return Panel("workflow/_file_promises.html", {"promises": promises}) if promises else None


def photos(customer, user, now):
    rows = Attachment.objects.visible_to(user).filter(customer__root=customer.root_id, withdrawn_at__isnull=True)
    found = list(rows.order_by("-pk")[:PHOTOS])
    return Panel("workflow/_file_photos.html", {"photos": photos_of(found)}) if found else None


def merged_files(customer, user, now):
    """What was merged into this file, by whom, with the numbers that are on it."""
    merges = list(Merge.objects.of_file(customer).prefetch_related("merged__phones")[:20])
    return Panel("customers/_merged.html", {"merges": merges}) if merges else None


def files_like_it(customer, user, now):
    likes = likes_of(customer, user)
    return Panel("customers/_likes.html", {"likes": likes}) if likes else None
