"""A statement put together from querysets once per process and run with new numbers each time (performance 1).

To build and compile four querysets takes Django several milliseconds, to answer them the database takes one.
"""

from itertools import count

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.query import get_related_populators


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


class PreparedRow:
    """One row of ``queryset`` by its key, with what ``select_related`` brings along.

    The statement and the way from its columns to instances are put together once per connection: for a wide model that
    takes Django longer than all the rest of reading a row.
    """

    def __init__(self, queryset):
        self.queryset = queryset

    def get(self, pk, using=DEFAULT_DB_ALIAS):
        """The instance. Raises the model's DoesNotExist."""
        connection = connections[using]
        known = connection.__dict__.setdefault("_prepared_rows", {})
        if self not in known:
            known[self] = self._prepare(connection)
        sql, params, key, compiler, names, columns, populators = known[self]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params[:key], pk, *params[key + 1 :]])
            rows = list(compiler.results_iter(results=[cursor.fetchall()]))
        if not rows:
            raise self.queryset.model.DoesNotExist
        [row] = rows
        instance = self.queryset.model.from_db(using, names, row[columns])
        for populator in populators:
            populator.populate(row, instance)
        return instance

    def _prepare(self, connection):
        mark = -(2**62)
        compiler = self.queryset.filter(pk=mark).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        info = compiler.klass_info
        columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        names = [column[0].target.attname for column in compiler.select[columns]]
        populators = get_related_populators(info, compiler.select, connection.alias)
        return sql, params, params.index(mark), compiler, names, columns, populators


class _Place:
    """Where a number of a call stands among the parameters of the statement."""

    def __init__(self, name, index):
        self.name, self.index = name, index

    def of(self, numbers):
        given = numbers[self.name]
        return given if self.index is None else given[self.index]
