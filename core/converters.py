"""Pieces of a path: ``<id:pk>`` and ``<key:key>`` in every urls.py, registered when core starts."""

from django.urls import register_converter

LARGEST_ID = 2**63 - 1


class IdConverter:
    """The number of a row: ASCII digits without sign, leading zero or more than 63 bits; anything else is not found."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value):
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError("No row has this number.")
        return number

    def to_url(self, value):
        return str(value)


class KeyConverter:
    """The name of a form or a list: letters, digits and ``. : _ -``, 120 characters at most."""

    regex = "[A-Za-z0-9.:_-]{1,120}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


register_converter(IdConverter, "id")
register_converter(KeyConverter, "key")
