"""Whom a call is about: from what the agent typed to the customer's file."""

from dataclasses import dataclass, field

from django.db.models import Count

from cases.models import Complaint
from core import search
from core.text import clean
from customers import phones
from customers.models import Customer, Phone

MOST_FILES = 20
LONGEST = 100  # characters of a question; more is a pasted text


@dataclass(frozen=True)
class Caller:
    """What was typed, the files it leads to, and the branches that have a file this user does not see."""

    text: str = ""
    number: str = ""
    files: list = field(default_factory=list)
    elsewhere: list = field(default_factory=list)

    @property
    def is_unknown(self):
        return not self.files and not self.elsewhere


def find_caller(text, user):
    """Find the files for a number, a name, or the number of a file, complaint, card or order; newest first."""
    text = " ".join(clean(text or "")[:LONGEST].split())
    if not text:
        return Caller()
    number = written(text)
    if number or phones.bare_local(text) or phones.last_digits(text):
        lookup = Customer.objects.by_phone(text, user)
        return Caller(text, number, with_open_counts(lookup.files, user), lookup.elsewhere)
    return Caller(text, "", with_open_counts(_by_words(text, user), user))


def written(text):
    """The number in its written form; empty when the text is none."""
    try:
        return phones.normalise(text)
    except ValueError:
        return ""


def _by_words(text, user):
    """Files that answer to a name or an address; failing these, the files of whatever the search finds."""
    hits = search.search(text, user, MOST_FILES, "customer") or search.search(text, user, MOST_FILES)
    found = Customer.objects.filter(pk__in={hit.customer_id for hit in hits if hit.customer_id})
    files = Customer.objects.live().visible_to(user).filter(pk__in=found.values("root"))
    return list(files.with_contact_points().newest_first())


def with_open_counts(files, user):
    """Give each file its number of open matters, in one query for all of them."""
    if len(files) < 2:
        return files
    counts = dict(
        Complaint.objects.visible_to(user)
        .open()
        .filter(matter__customer__root__in=[file.pk for file in files])
        .values_list("matter__customer__root")
        .annotate(Count("pk"))
    )
    for file in files:
        file.open_count = counts.get(file.pk, 0)
    return files


def file_elsewhere(number, region_id, user):
    """The file that a branch out of this user's sight has for this exact number, or None (design 3.8)."""
    if not (number and str(region_id).isascii() and str(region_id).isdigit() and len(str(region_id)) < 10):
        return None
    known = Phone.objects.find(number).values("customer__root")
    files = Customer.objects.live().filter(pk__in=known, region=int(region_id))
    seen = Customer.objects.visible_to(user)
    return files.exclude(pk__in=seen.values("pk")).select_related("region").order_by("-pk").first()
