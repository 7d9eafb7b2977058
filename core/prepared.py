"""A statement put together from querysets once per process and run with new values each time (performance 1).

To build and compile four querysets takes Django several milliseconds, to answer them the database takes one. Values are
whole numbers, moments or lists of these; nothing but their values may change what is built.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.base import ModelState
from django.db.models.query import get_related_populators
from psycopg.sql import Literal

KEPT = 500  # statements of one kind; a site needs a few dozen
# No key, amount or moment of ours is ever near these, and every column of their kind could hold them.
FIRST_NUMBER, FIRST_MOMENT = -(2**31) + 1, datetime(4000, 1, 1, tzinfo=UTC)


class Prepared:
    """``build(**values)`` gives a queryset of plain columns (``values_list``); ``rows(**values)`` its rows as tuples."""

    def __init__(self, build):
        self.build, self._statements = build, {}

    def rows(self, using=DEFAULT_DB_ALIAS, **values):
        shape = using, *shape_of(values)
        if shape not in self._statements:
            marks = Marks(values, using)
            sql, params = self.build(**marks.stand_ins).query.get_compiler(using).as_sql()
            keep(self._statements, shape, (sql, marks.places_in(params)))
        return run(using, *self._statements[shape], values)


class PreparedCounts:
    """How many rows each of several querysets of a person has, ``most`` at most, in one statement.

    It is put together once for all people of the same ``scope``, from what the functions give for a StandIn.
    """

    def __init__(self, most):
        self.most, self._statements = most, {}

    def of(self, user, functions, using=DEFAULT_DB_ALIAS):
        """Key → number of rows, for a dictionary of functions that take a person and give a queryset or None."""
        values = numbers_of(user)
        shape = using, user.scope, tuple(functions.values()), *shape_of(values)
        if shape not in self._statements:
            keep(self._statements, shape, self._prepare(using, user, functions.values(), values))
        sql, params, asked = self._statements[shape]
        found = dict.fromkeys(functions, 0)
        if asked:
            [row] = run(using, sql, params, values)
            keys = [*functions]
            found.update((keys[index], count) for index, count in zip(asked, row, strict=True))
        return found

    def _prepare(self, using, user, functions, values):
        marks = Marks(values, using)
        person = StandIn(user, **marks.stand_ins)
        parts, params, asked = [], [], []
        for index, function in enumerate(functions):
            if (queryset := function(person)) is None:
                continue
            try:
                query = queryset.order_by().values("pk")[: self.most].query
                sql, given = query.get_compiler(using).as_sql()
            except EmptyResultSet:
                continue
            parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS c{index})")  # noqa: S608 (compiled by the ORM)
            params.extend(given)
            asked.append(index)
        return "SELECT " + ", ".join(parts), marks.places_in(params), asked


class PreparedRows:
    """Instances, as ``list(build(**values))`` gives them with what ``select_related`` and ``annotate`` bring along.

    The statement and the way from its columns to instances are put together once per connection: for a wide model that
    takes Django longer than all the rest of reading a row. Prefetches are not followed. Where ``only`` leaves columns out,
    the rows are there to be shown: no ``__init__`` is run and no signal sent for them. ``by_key`` says that rows are asked
    for by a key: see ``run``.
    """

    def __init__(self, by_key=False):
        self.by_key = by_key

    def of(self, build, key=None, using=DEFAULT_DB_ALIAS, **values):
        """``build`` is asked once for each ``key`` and shape of the values."""
        connection = connections[using]
        known = connection.__dict__.setdefault("_prepared_rows", {})
        shape = self, key, *shape_of(values)
        if shape not in known:
            keep(known, shape, _Reading(build, connection, values, self.by_key))
        return known[shape].rows(values)


class PreparedRow:
    """One row of ``queryset`` by its key, with what ``select_related`` brings along."""

    def __init__(self, queryset):
        self.queryset, self._rows = queryset, PreparedRows(by_key=True)

    def get(self, pk, using=DEFAULT_DB_ALIAS):
        """The instance. Raises the model's DoesNotExist."""
        rows = self._rows.of(lambda pk: self.queryset.filter(pk=pk), using=using, pk=pk)
        if not rows:
            raise self.queryset.model.DoesNotExist
        return rows[0]


class StandIn:
    """A person with the rights of ``user`` whose numbers are not his: what may be read of him while a statement is built.

    Anything else of a person fails here instead of standing, frozen, in everybody's statement.
    """

    def __init__(self, user, *, pk, department_id, region_ids):
        self.pk = self.id = pk
        self.department_id, self.region_ids = department_id, region_ids
        self.has_perm, self.has_role = user.has_perm, user.has_role
        self.role_names, self.sees_everything = user.role_names, user.sees_everything
        self.scope = user.scope

    def __int__(self):
        """So that a lookup takes him as it takes a user."""
        return self.pk


def numbers_of(user):
    """The values of a statement that is put together for a StandIn."""
    return {"pk": user.pk, "department_id": user.department_id, "region_ids": [*user.region_ids]}


def padded(ids):
    """The same ids as a list of one of a few lengths (the last one again and again), so that few statements serve all."""
    ids = sorted(ids)
    return ids + ids[-1:] * ((1 << (len(ids) - 1).bit_length()) - len(ids)) if ids else ids


def shape_of(values):
    """What of the values decides the statement: how many stand in a list, what kind they are, which are None."""
    return [
        (name, tuple(map(type, value)) if isinstance(value, list) else type(value)) for name, value in values.items()
    ]


class Marks:
    """Values of the same shape that can be told from all others, to be found again among a statement's parameters."""

    def __init__(self, values, using):
        self.adapted = connections[using].ops.adapt_datetimefield_value
        self.numbers, self.places = count(FIRST_NUMBER), {}
        self.stand_ins = {
            name: [self._mark(one, name, index) for index, one in enumerate(value)]
            if isinstance(value, list)
            else self._mark(value, name)
            for name, value in values.items()
        }

    def _mark(self, value, name, index=None):
        if value is None:
            return None
        number = next(self.numbers)
        if isinstance(value, datetime):
            moment = FIRST_MOMENT + timedelta(seconds=number - FIRST_NUMBER)
            self.places[self.adapted(moment)] = _Place(name, index, self.adapted)
            return moment
        if not isinstance(value, int):
            raise TypeError(f"{name} is neither a whole number nor a moment: {value!r}")
        self.places[number] = _Place(name, index)
        return number

    def places_in(self, params):
        return [self.places.get(param, param) if isinstance(param, int | str | datetime) else param for param in params]


class _Place:
    """Where a value of a call stands among the parameters of the statement."""

    def __init__(self, name, index, adapted=None):
        self.name, self.index, self.adapted = name, index, adapted

    def of(self, values):
        given = values[self.name] if self.index is None else values[self.name][self.index]
        return self.adapted(given) if self.adapted else given


class _Reading:
    """One statement, and the way from its columns to instances, on one connection."""

    def __init__(self, build, connection, values, by_key):
        self.connection, self.by_key = connection, by_key
        marks = Marks(values, connection.alias)
        queryset = build(**marks.stand_ins)
        self.model = queryset.model
        try:
            self.compiler = compiler = queryset.query.get_compiler(connection=connection)
            self.sql, params = compiler.as_sql()
        except EmptyResultSet:
            self.sql = None
            return
        self.params = marks.places_in(params)
        if by_key:
            self.sql, self.params = planned_once(connection, self.sql, self.params)
        info = compiler.klass_info
        self.columns = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.names = [column[0].target.attname for column in compiler.select[self.columns]]
        self.related = get_related_populators(info, compiler.select, connection.alias)
        self.annotations = [*(compiler.annotation_col_map or {}).items()]
        self.converters = compiler.get_converters([column[0] for column in compiler.select])
        self.make = self.model.from_db if len(self.names) == len(self.model._meta.concrete_fields) else self._shown

    def _shown(self, alias, names, values):
        """As unpickling makes an instance: ``__init__`` would go through all the columns that were left out."""
        instance = self.model.__new__(self.model)
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, alias
        instance.__dict__.update(zip(names, values, strict=True))
        return instance

    def rows(self, values):
        if self.sql is None:
            return []
        found = run(self.connection.alias, self.sql, self.params, values, self.by_key)
        instances = []
        for row in self.compiler.apply_converters(found, self.converters) if self.converters else found:
            instance = self.make(self.connection.alias, self.names, row[self.columns])
            for related in self.related:
                related.populate(row, instance)
            for name, column in self.annotations:
                setattr(instance, name, row[column])
            instances.append(instance)
        return instances


def keep(statements, shape, statement):
    """Remember a statement; a bounded number of them."""
    if len(statements) >= KEPT:
        statements.clear()
    statements[shape] = statement


def run(using, sql, params, values, by_key=False):
    """The rows of a statement for these values.

    PostgreSQL needs longer to plan the statement of a page than to answer it. Where rows are asked ``by_key`` every value is
    as rare as the next, so one plan serves all: the server keeps it for this connection. A list's statement is planned
    anew for each person, because how many rows a branch has decides how it is best read.
    """
    connection = connections[using]
    by_key = by_key and connection.vendor == "postgresql"
    with _kept_by_server(connection) if by_key else connection.cursor() as cursor:
        cursor.execute(sql, [param.of(values) if isinstance(param, _Place) else param for param in params])
        return cursor.fetchall()


def planned_once(connection, sql, params):
    """The statement with all but the values of a call written out: a plan must know them to use a partial index."""
    if connection.vendor != "postgresql":
        return sql, params
    connection.ensure_connection()
    first, *rest = sql.split("%s")
    written = [
        "%s" if isinstance(param, _Place) else Literal(param).as_string(connection.connection).replace("%", "%%")
        for param in params
    ]
    text = first + "".join(part for pair in zip(written, rest, strict=True) for part in pair)
    return text, [param for param in params if isinstance(param, _Place)]


def _kept_by_server(connection):
    connection.ensure_connection()
    cursor = _KeptCursor(connection.connection)
    cursor.compose = connection.ops.compose_sql
    return connection._prepare_cursor(cursor)


class _KeptCursor(psycopg.Cursor):
    """A cursor that has the server keep every statement, unless settings forbid it (``PREPARED_STATEMENTS``)."""

    def execute(self, query, params=None):
        super().execute(query, params, prepare=True)
        self._query = _Asked(self.compose, query, params)  # what Django's log of statements reads
        return self


class _Asked:
    """A statement as text, put together only where somebody reads it."""

    def __init__(self, compose, query, params):
        self._parts = compose, query, params

    @property
    def query(self):
        compose, query, params = self._parts
        return compose(query, params).encode()
