"""A statement put together from querysets once per process and run with new numbers each time (performance 1).

To build and compile four querysets takes Django several milliseconds, to answer them the database takes one.
"""

from itertools import count

from django.db import DEFAULT_DB_ALIAS, connections


class Prepared:
    """``build(**numbers)`` gives a queryset of plain columns (``values_list``); ``rows(**numbers)`` its rows as tuples.

    Numbers are integers or lists of them, and nothing but their values may change what ``build`` gives.
    """

    def __init__(self, build):
        self.build, self._statements = build, {}

    def rows(self, using=DEFAULT_DB_ALIAS, **numbers):
        shape = using, *((name, len(given) if isinstance(given, list) else -1) for name, given in numbers.items())
        if shape not in self._statements:
            self._statements[shape] = self._prepare(using, numbers)
        sql, params = self._statements[shape]
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [param.of(numbers) if isinstance(param, _Place) else param for param in params])
            return cursor.fetchall()

    def _prepare(self, using, numbers):
        places, marks = {}, count(-(2**62))  # no key and no amount of ours is ever near these
        for name, given in numbers.items():
            for index in range(len(given)) if isinstance(given, list) else [None]:
                places[next(marks)] = _Place(name, index)
        stand_ins = {
            name: [mark for mark, place in places.items() if place.name == name]
            if isinstance(given, list)
            else next(mark for mark, place in places.items() if place.name == name)
            for name, given in numbers.items()
        }
        sql, params = self.build(**stand_ins).query.get_compiler(using).as_sql()
        return sql, [places.get(param, param) if isinstance(param, int) else param for param in params]


class _Place:
    """Where a number of a call stands among the parameters of the statement."""

    def __init__(self, name, index):
        self.name, self.index = name, index

    def of(self, numbers):
        given = numbers[self.name]
        return given if self.index is None else given[self.index]
