"""Column types of our own."""

from django.db import models


class TokensField(models.Field):
    """A set of 32-bit numbers: an integer array on PostgreSQL, words in hexadecimal elsewhere, for FTS5 to read."""

    def db_type(self, connection):
        return "integer[]" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value, connection, prepared=False):
        if value is None or connection.vendor == "postgresql":
            return value
        return " ".join(as_word(number) for number in value)

    def from_db_value(self, value, expression, connection):
        if not isinstance(value, str):
            return value
        return [_signed(int(word, 16)) for word in value.split()]


def as_word(number):
    return f"{number & 0xFFFFFFFF:x}"


def _signed(number):
    return number - (1 << 32) if number >= 1 << 31 else number
