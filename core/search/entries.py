"""Writing into the search index: what a record says of itself, and bringing all of it up to date."""

from django.db.models import Exists, OuterRef

from core.models.search import SearchEntry
from core.search import cutting
from core.search.kinds import kind_of, kinds

LONGEST_TEXT = 20_000  # characters of one record that are indexed
AT_ONCE = 500  # records that are read, cut and written together
TAIL = 4


def entry(
    kind, pk, *, customer_id, region_id, at, texts=(), numbers=(), names=(), places=(), phones=(), ended=False
):  # fmt: skip
    """The unsaved index row of one record.

    ``texts`` and ``numbers`` are found by everybody who sees the record; ``names`` (of people), ``places`` (where they
    live) and ``phones`` in written form by those alone who may see personal data: others find what a mask leaves of them.
    """
    called = [name for name in names if name]
    numbered = [number for number in numbers if number]
    dialled = [number.lstrip("+").replace("x", " ") for number in phones if number]
    heard = [word for name in called for word in cutting.sounds(name)]
    open_text, personal = _folded([*texts, *numbered]), _folded([*called, *places, *dialled])
    found = cutting.pieces(open_text) | cutting.pieces(personal)
    found.update(*map(cutting.name_pieces, called), map(cutting.number_piece, numbered))
    tokens = {cutting.token(kind, piece) for piece in found} | {cutting.record_token(kind)}
    if region_id is not None:
        tokens.add(cutting.region_token(kind, region_id))
    return SearchEntry(
        kind=kind,
        object_id=pk,
        customer_id=customer_id,
        region_id=region_id,
        at=at,
        ended=ended,
        text="\n".join(filter(None, [open_text, *map(cutting.fold, _masks(called, dialled))])),
        personal="\n".join(filter(None, [personal, *dict.fromkeys(heard)])),
        tokens=sorted(tokens),
        cut=cutting.CUT,
    )


def _masks(names, phones):
    """What those without the right see of names and numbers: the first character, the last four digits."""
    yield from (name[:1] for name in names)
    yield from (f"{cutting.REST}{number.partition(' ')[0][-TAIL:]}" for number in phones)


def _folded(parts):
    return cutting.fold("\n".join(part for part in parts if part).replace("\x00", ""))[:LONGEST_TEXT]


def index(kind, pk, **fields):
    """Make one record findable by what it says now; the fields are those of ``entry``."""
    index_many([entry(kind, pk, **fields)])


def index_many(entries):
    """Make many records findable, in few statements."""
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["customer_id", "region_id", "at", "ended", "text", "personal", "tokens", "cut"],
        batch_size=AT_ONCE,
    )


def forget(kind, pk):
    """Make one record unfindable."""
    SearchEntry.objects.filter(kind=kind, object_id=pk).delete()


def mark_ended(model, pks, ended):
    """Let records of this model come after the open ones from now on, or among them again."""
    if kind := kind_of(model):
        SearchEntry.objects.filter(kind=kind.name, object_id__in=pks).update(ended=ended)


def refresh(model, **lookup):
    """Write the entries of the records of this model anew, those that the lookup names."""
    if kind := kind_of(model):
        index_many([record.search_entry() for record in kind.records().filter(**lookup)])


# --- all of it ------------------------------------------------------------------------------------------------------
def outdated():
    """Entries that were cut otherwise than records are cut now."""
    return SearchEntry.objects.filter(cut__lt=cutting.CUT)


def reindex(every=False):
    """Write what is missing or outdated, or everything; gives (kind, records written so far) after each batch.

    Each batch is a statement of its own: stopped half-way, the next run goes on with what is left.
    """
    for kind in kinds():
        if kind.records is not None:
            yield from ((kind, done) for done in _reindex(kind, every))


def _reindex(kind, every):
    current = SearchEntry.objects.filter(kind=kind.name, object_id=OuterRef("pk"), cut=cutting.CUT)
    last, done = 0, 0
    while True:
        rows = kind.records().filter(pk__gt=last).order_by("pk")
        batch = list((rows if every else rows.exclude(Exists(current)))[:AT_ONCE])
        if not batch:
            return
        index_many([record.search_entry() for record in batch])
        last, done = batch[-1].pk, done + len(batch)
        yield done
