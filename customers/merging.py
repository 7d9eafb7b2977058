"""One person, one file: two files are merged by a pointer, field by field, and parted again (S1-74; threats 12).

Merging moves nothing: what hangs on the merged file stays there and counts for its root. The standing merges are a
forest; ``Customer.root`` is the top of a file's tree, kept so that no query has to climb.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import search
from customers.models import Consent, Customer, Merge, NotTheSame, Phone
from customers.signals import customers_merged, customers_parted

# What the kept file can take from the other. The area and what follows it are one address.
CHOICES = {
    "name": ["name"],
    "place": ["area", "address"],
    "preferred_phone": ["preferred_phone"],
    "dealer": ["dealer"],
    "is_vip": ["is_vip"],
    "is_member": ["is_member"],
    "credit_level": ["credit_level"],
    "acceptable_settlement": ["acceptable_settlement"],
    "quiet_hours": ["quiet_hours"],
    "best_hours": ["best_hours"],
    "preferred_way": ["preferred_way"],
    "source": ["source"],
    "note": ["note"],
}
RIGHT = "customers.merge_customer"


class MergeRefused(Exception):
    """Why two files are not merged or parted, in the person's words."""


class Stale(MergeRefused):
    """Somebody has changed one of the files since they were shown."""


def differing(one, other):
    """The choices at which two files differ."""
    return [
        choice for choice, names in CHOICES.items() if any(_value(one, name) != _value(other, name) for name in names)
    ]


def check(one, other, versions):
    """Refuse two files that cannot be merged as they stand, or that are not of these versions. Raises MergeRefused."""
    for file in (one, other):
        if not file.is_live:
            raise MergeRefused(_("%(number)s was merged into another file meanwhile.") % {"number": file.number})
    if one.pk == other.pk:
        raise MergeRefused(_("A file cannot be merged with itself."))
    if one.region_id != other.region_id:
        raise MergeRefused(_("These files belong to two branches. Move one of them to the other's branch first."))
    if [one.version, other.version] != [*versions]:
        raise Stale(
            _("Somebody has changed one of these files since you opened this page. Here is how they stand now.")
        )


@transaction.atomic
def merge(kept, merged, *, chosen, by, kept_version, merged_version, op=None):
    """Let ``merged`` point to ``kept``, which takes over what was ``chosen`` of it; the Merge, the same for the same ``op``.

    Raises MergeRefused, PermissionDenied, or Customer.DoesNotExist for a file out of the person's sight.
    """
    if not by.has_perm(RIGHT):
        raise PermissionDenied
    files = _locked([kept.pk, merged.pk], by)
    if earlier := Merge.objects.filter(op=op, by=by).first() if op else None:
        if (earlier.kept_id, earlier.merged_id) != (kept.pk, merged.pk):
            raise MergeRefused(_("This form has merged two files before. Please look at them again."))
        return earlier
    kept, merged = files[kept.pk], files[merged.pk]
    check(kept, merged, (kept_version, merged_version))
    taken = _take(kept, merged, chosen, by)
    now = timezone.now()
    record = Merge.objects.create(
        kept=kept, merged=merged, kept_version=kept.version, merged_version=merged.version, taken=taken, op=op, by=by, at=now
    )  # fmt: skip
    _touch(kept, by, now)
    _touch(merged, by, now)
    Customer.objects.filter(root=merged.pk).update(root=kept)
    merged.root = kept
    Consent.objects.settle(kept)
    search.forget("customer", merged.pk)
    kept.index()
    customers_merged.send(Customer, kept=kept, merged=[merged], fields=sorted(taken), by=by)
    return record


@transaction.atomic
def undo(record, *, by):
    """Let the merged file stand for itself again, with whatever had been merged into it; names of fields that stay.

    What the kept file took goes back where nobody has changed it since. Undone twice is undone once.
    Raises MergeRefused, PermissionDenied, or Customer.DoesNotExist for a file out of the person's sight.
    """
    if not by.has_perm(RIGHT):
        raise PermissionDenied
    root = Customer.objects.values_list("root", flat=True).get(pk=record.merged_id)
    files = _locked([record.kept_id, record.merged_id, root], by)
    record = Merge.objects.select_for_update(no_key=True).get(pk=record.pk)
    if record.undone_at:
        return []
    kept, merged = files[record.kept_id], files[record.merged_id]
    if merged.root_id != root:
        raise Stale(_("Somebody else has merged or parted these files meanwhile. Please look at them again."))
    now = timezone.now()
    record.undone_at, record.undone_by = now, by
    record.save(update_fields=["undone_at", "undone_by"])
    Customer.objects.filter(pk__in=_tree(merged.pk)).update(root=merged)
    merged.root = merged
    stays = _put_back(kept, record.taken)
    _touch(kept, by, now)
    _touch(merged, by, now)
    for file in (kept, merged):
        Consent.objects.settle(file)
        file.index()
    customers_parted.send(Customer, kept=kept, parted=[merged], by=by)
    return stays


def keep_apart(one, other, *, by):
    """Remember that two files are two people's."""
    if not by.has_perm(RIGHT):
        raise PermissionDenied
    first, second = sorted([one.pk, other.pk])
    NotTheSame.objects.get_or_create(one_id=first, other_id=second, defaults={"by": by})


# --- the parts ----------------------------------------------------------------------------------------------------------
def _locked(pks, by):
    """The files by key, locked in key order, so that merges in opposite directions wait for one another."""
    pks = set(pks)
    rows = Customer.objects.filter(pk__in=pks).order_by("pk").select_for_update(of=("self",), no_key=True)
    files = {row.pk: row for row in rows}
    if Customer.objects.visible_to(by).filter(pk__in=pks).count() < len(pks):
        raise Customer.DoesNotExist
    return files


def _take(kept, merged, chosen, by):
    """Copy what was chosen; field → what stood there and what stands there now, both as JSON can hold them."""
    if not by.has_perm("customers.mark_vip"):
        # Nobody loses or gains the mark by a merge of somebody who may not give it: the person has it if a file had it.
        chosen = [*(choice for choice in chosen if choice != "is_vip"), *(["is_vip"] if merged.is_vip else [])]
    taken = {}
    for name in (name for choice, names in CHOICES.items() if choice in chosen for name in names):
        before, after = _value(kept, name), _value(merged, name)
        if before != after:
            taken[name] = {"before": before, "after": after}
            setattr(kept, Customer._meta.get_field(name).attname, after)
    return taken


def _put_back(kept, taken):
    """Restore what nobody has changed since; the names of what somebody has."""
    stays = [name for name, values in taken.items() if _value(kept, name) != values["after"]]
    for name, values in taken.items():
        if name not in stays:
            setattr(kept, Customer._meta.get_field(name).attname, values["before"])
    phones = Phone.objects.filter(pk=kept.preferred_phone_id, customer__root=kept.root_id)
    if kept.preferred_phone_id and not phones.exists():  # it left with the other file, or was removed
        kept.preferred_phone = kept.phones.first()
    return stays


def _touch(file, by, now):
    """A form opened on the file before is refused from now on."""
    file.version += 1
    file.changed_at, file.changed_by = now, by
    file.save()


def _tree(top):
    """The keys of a file and of all that was merged into it, however often over."""
    keys, level = {top}, {top}
    while level:
        level = set(Merge.objects.standing().filter(kept__in=level).values_list("merged", flat=True)) - keys
        keys |= level
    return keys


def _value(file, name):
    """A field as JSON can hold it: of another record its key."""
    return getattr(file, Customer._meta.get_field(name).attname)
