"""Naming colleagues in a note: “@刘洋 请看照片” tells 刘洋."""

from django.contrib.auth import get_user_model

from accounts.models.user import SEES_EVERYTHING

MOST = 20


def mentionable(region_id):
    """Active staff of a region and those who see every region, by name."""
    people = get_user_model().objects.active()
    return (people.of_region(region_id) | people.in_role(*SEES_EVERYTHING)).order_by("name", "pk")


def mentioned(text, region_id):
    """The colleagues named with @ in a text; of two names that begin alike the longer one counts."""
    if "@" not in text and "＠" not in text:
        return []
    pieces = text.replace("＠", "@").split("@")[1:]
    found = {}
    people = sorted(mentionable(region_id), key=lambda user: -len(user.name))
    for piece in pieces[:MOST]:
        person = next((user for user in people if user.name and piece.startswith(user.name)), None)
        if person:
            found[person.pk] = person
    return list(found.values())
