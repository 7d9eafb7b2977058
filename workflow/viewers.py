"""Who has the same record open just now: a courtesy, not a lock.

Kept in the cache only, which all web processes of a machine share; a stale save is caught by the version all the same.
"""

from datetime import timedelta

from django.core.cache import cache

STAYS = timedelta(seconds=75)  # two of the page's half-minute calls may be missed


def _key(record):
    return f"viewers:{record._meta.label_lower}:{record.pk}"


def note_viewer(record, user, now):
    """This person looks at the record."""
    seen = _fresh(record, now)
    seen[user.pk] = (str(user), now.timestamp())
    cache.set(_key(record), seen, STAYS.total_seconds())


def viewers_of(record, user, now):
    """The names of the others who look at it."""
    return [name for pk, (name, _at) in _fresh(record, now).items() if pk != user.pk]


def _fresh(record, now):
    oldest = (now - STAYS).timestamp()
    return {pk: entry for pk, entry in (cache.get(_key(record)) or {}).items() if entry[1] >= oldest}
