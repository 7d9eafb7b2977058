"""How long photos and recordings of a customer are kept, and when we last heard of him (customers.retention)."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils.translation import pgettext_lazy

from customers import retention
from workflow.models import Attachment, Event

Media = Attachment.Media
PHOTOS, RECORDINGS = (Media.PHOTO, Media.VIDEO), (Media.VOICE,)


def register():
    """Called once, when the app is ready."""
    retention.heard(_newest_event)
    for code, label, media, months in (
        ("photos", pgettext_lazy("retention", "photos and videos"), PHOTOS, 36),
        ("recordings", pgettext_lazy("retention", "recordings of calls"), RECORDINGS, 12),
    ):
        retention.kind(code, label, holds=_holder(media), drop=_dropper(media), months=months)


def _newest_event(root):
    rows = Event.objects.filter(customer__root=root).order_by().values("customer__root")
    return rows.annotate(newest=Max("at")).values("newest")


def _holder(media):
    return lambda: Exists(Attachment.objects.filter(customer__root=OuterRef("pk"), media__in=media).exclude(file=""))


def _dropper(media):
    def drop(customer, *, by, now):
        """Take the files away; the rows stay and say that there was one."""
        rows = Attachment.objects.filter(customer__root=customer.root_id, media__in=media).exclude(file="")
        names = [name for pair in rows.values_list("file", "thumbnail") for name in pair if name]
        rows.update(file="", thumbnail="", name="", caption="", sha256="", withdrawn_at=now)
        Event.objects.create(
            customer=customer, action="drop_files", actor="user", by=by, at=now, data={"n": len(names)}
        )
        transaction.on_commit(lambda: [default_storage.delete(name) for name in names])

    return drop
