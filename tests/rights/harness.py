"""How a row of the matrix is declared and tried out (design 3.8).

One row says who may do what at one URL. ``check(row, world)`` then asks as each of the twelve roles and as a stranger, for
an object of the asker's own region and for one of another region, with every method a page may be asked with.
"""

import logging
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models.user import SEES_EVERYTHING
from aftersales.roles import ROLES

from tests.factories.accounts import RegionFactory, UserFactory

STRANGER = "stranger"
ALL = frozenset(ROLES)
SEERS = frozenset(SEES_EVERYTHING)  # they see every region
AGENTS = frozenset({"agent", "specialist"})
LEADERS = frozenset({"supervisor", "manager"})
DESK = AGENTS | LEADERS
OFFICE = ALL - {"technician"}
NOBODY = frozenset()

# Answers to somebody who may: shown, done, or refused for what was sent and not for who sent it.
SHOWN = {200}
DONE = {200, 201, 204, 302, 303, 400, 409, 413, 415, 422, 429}
NO_RIGHT, NOT_THERE, WRONG_METHOD, TO_THE_LOGIN = 403, 404, 405, 302
METHODS = ("get", "post", "put", "patch", "delete")


def having(*rights):
    """The roles that ROLES gives one of the rights to."""
    return frozenset(role for role, has in ROLES.items() if set(rights) & set(has))


@dataclass
class R:
    """Who may do what at one URL.

    name    the URL's name
    get     roles that see the page; others get 403. None: the page answers 405 to GET
    post    roles whose POST is taken, whatever comes of it; others get 403. None: 405
    put, delete   the same for the few addresses that scripts speak to
    of      ``of(world, region)`` makes what the URL shows, in a region: an object (its key stands in the URL), a tuple or
            a dict of the URL's parts. Who may, and does not see that region, gets 404
    mine    ``mine(world, user)``: the same for things of one person; everybody else gets 404
    unseen  roles that do not see the object though it is of their region (a technician without a booking): 404
    shared  the object belongs to no region, so there is no foreign one
    public  no login needed: a stranger is answered like somebody who may
    shown   statuses that count as shown, where it is not 200
    data    what is posted: a dict, or ``data(world)``
    why     a word on anything odd
    """

    name: str
    get: frozenset | None = None
    post: frozenset | None = None
    put: frozenset | None = None
    delete: frozenset | None = None
    of: Callable | None = None
    mine: Callable | None = None
    unseen: frozenset = NOBODY
    shared: bool = False
    public: bool = False
    shown: frozenset | set | int = field(default_factory=lambda: SHOWN)
    data: dict | Callable = field(default_factory=dict)
    why: str = ""

    def __post_init__(self):
        if isinstance(self.shown, int):
            self.shown = {self.shown}

    def __str__(self):
        return self.name

    def allowed(self, method):
        return getattr(self, method, None)


class World:
    """Two regions, one person of each role in the first."""

    def __init__(self):
        self.own, self.foreign = RegionFactory(), RegionFactory()

    @cached_property
    def people(self):
        return {role: UserFactory(role=role, region=self.own, username=f"the-{role}") for role in ROLES}

    @cached_property
    def clients(self):
        clients = {STRANGER: Client(raise_request_exception=False)}
        for role, user in self.people.items():
            clients[role] = Client(raise_request_exception=False)
            clients[role].force_login(user)
        return clients

    def user(self, asker):
        return self.people.get(asker, AnonymousUser())


def address(row, thing):
    """The URL of a row for a thing made by ``of`` or ``mine``."""
    if thing is None:
        return reverse(row.name)
    if isinstance(thing, models.Model):
        return reverse(row.name, args=[thing.pk])
    return reverse(row.name, kwargs=thing) if isinstance(thing, dict) else reverse(row.name, args=thing)


def ask(client, method, url, data):
    """The answer, with everything it changed undone."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(url, data) if method in ("get", "post") else getattr(client, method)(url)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer


def expected(row, asker, method, foreign):
    """The statuses that are right for somebody asking."""
    allowed = row.allowed(method)
    wrong_method = {WRONG_METHOD} | (set(row.shown) & {302})
    if asker == STRANGER:
        if not row.public:
            return {TO_THE_LOGIN}
        return wrong_method if allowed is None else set(row.shown) if method == "get" else DONE
    if allowed is None:
        # Some views look at the method first, some at the right, some at the object: nothing may happen, that is all.
        return wrong_method | {NO_RIGHT, NOT_THERE}
    if asker not in allowed:
        return {NO_RIGHT, NOT_THERE} if foreign or asker in row.unseen else {NO_RIGHT}
    sees = (not foreign or (asker in SEERS and not row.mine)) and asker not in row.unseen
    if not sees:
        return {NOT_THERE}
    return set(row.shown) if method == "get" else DONE


def check(row, world):
    """Every wrong answer of this row as a line of text."""
    logging.disable(logging.CRITICAL)  # a thousand refusals, each with its traceback
    try:
        return list(wrong_answers(row, world))
    finally:
        logging.disable(logging.NOTSET)


def wrong_answers(row, world):
    things = {False: lambda asker: None}
    if row.of:
        own, foreign = row.of(world, world.own), None if row.shared else row.of(world, world.foreign)
        things = {False: lambda asker: own} | ({} if row.shared else {True: lambda asker: foreign})
    elif row.mine:
        somebody = UserFactory(role="agent", region=world.own)
        others = row.mine(world, somebody)
        things = {False: lambda asker: row.mine(world, world.people.get(asker, somebody)), True: lambda asker: others}
    for is_foreign, thing_for in things.items():
        for asker, client in world.clients.items():
            url = address(row, thing_for(asker))
            for method in methods_to_try(row, asker, is_foreign):
                data = row.data(world) if callable(row.data) else row.data
                answer = ask(client, method, url, data if method == "post" else None)
                right = expected(row, asker, method, is_foreign)
                if answer.status_code not in right or led_astray(row, asker, answer):
                    where = "of another region" if is_foreign else "own"
                    yield f"{asker} {method.upper()} {url} ({where}): {answer.status_code}, not {sorted(right)}"


def methods_to_try(row, asker, foreign):
    """The declared ones as everybody; those that must answer 405 as a stranger and as two who may do most.

    What is foreign is asked for by those who may: whoever may not even have his own is refused before anything is looked up.
    """
    if foreign:
        return [method for method in METHODS if asker in (row.allowed(method) or NOBODY)]
    return [
        method
        for method in METHODS
        if row.allowed(method) is not None or asker in (STRANGER, "manager", "administrator")
    ]


def led_astray(row, asker, answer):
    """A stranger must be led to the login and nowhere else."""
    return asker == STRANGER and not row.public and not answer.url.startswith(reverse(settings.LOGIN_URL))


# What the matrix does not speak of: the back office (404 for all but administrators, tests/accounts/test_backoffice.py).
ELSEWHERE = ("admin:",)


def names_of_urls(resolver=None, prefix=""):
    """Every URL's name with its namespace; one without a name as its pattern, so that it is found undeclared."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield prefix + (pattern.name or f"unnamed {pattern.pattern}")
        else:
            yield from names_of_urls(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
