"""A site in small with one of everything, and every address of it, ready to be tried by tables of bad inputs."""

import logging
from copy import deepcopy
from functools import cached_property

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from cases.models import Complaint

from tests.cases.test_lifecycle import LIFECYCLE, arrange
from tests.factories.accounts import UserFactory
from tests.factories.cases import ComplaintFactory
from tests.factories.customers import CustomerFactory, PhoneFactory, ProductFactory
from tests.rights.harness import SEERS, World, address
from tests.rights.matrix import ROWS
from tests.threats.browser import forms_of

PHONE = "13871234567"
SHOWN = [row for row in ROWS if row.get is not None]
TAKEN = [row for row in ROWS if row.post is not None]


class SmallSite:
    """One region, and somebody in it with every role but those that see all regions: what may be done, he may do."""

    def __init__(self):
        self.world = World()
        ProductFactory(model_no="M-77")
        self._sessions = {
            user.pk: logged_in(user).cookies for user in (self.everybody, self.world.people["administrator"])
        }

    def open_browsers(self):
        """Nothing is left in them of what an earlier test was given, or logged out of."""
        self._clients = {}
        for user, cookies in self._sessions.items():
            self._clients[user] = Client(raise_request_exception=False)
            self._clients[user].cookies = deepcopy(cookies)

    @property
    def region(self):
        return self.world.own

    @cached_property
    def everybody(self):
        user = UserFactory(region=self.region, name="赵一", username="everybody", superior=UserFactory(role="manager"))
        user.groups.set(Group.objects.exclude(name__in=SEERS))
        return user

    def asker(self, row):
        """Who opens the page of a row of the table of rights."""
        may = row.get if row.get is not None else row.post
        return self.everybody if may - SEERS or row.public else self.world.people["administrator"]

    def client(self, row):
        return self._clients[self.asker(row).pk]

    def url(self, row):
        """The address of a row, with what it is about as it must be for its form to be shown."""
        verb = row.name.removeprefix("cases:complaint-").replace("-", "_")
        if row.name.startswith("cases:complaint-") and verb in LIFECYCLE:
            return reverse(row.name, args=[self.complaint_for(verb).pk])
        if row.of:
            return address(row, row.of(self.world, self.region))
        return address(row, row.mine(self.world, self.asker(row)) if row.mine else None)

    def complaint_for(self, verb):
        """A complaint in a state from which the verb may start, with what it needs."""
        status = sorted(LIFECYCLE[verb][0])[0]
        customer = CustomerFactory(region=self.region)
        complaint = ComplaintFactory(matter__customer=customer, matter__owner=self.everybody, status=status)
        arrange(verb, complaint, self.everybody)
        return Complaint.objects.get(pk=complaint.pk)

    def urls(self, row):
        """The address of a row, and those whose pages differ by what stands behind the question mark."""
        yield self.url(row)
        if row.name == "cases:call":
            if not PhoneFactory._meta.model.objects.filter(number=PHONE).exists():
                PhoneFactory(customer=CustomerFactory(region=self.region), number=PHONE)
            for asked in (f"phone={PHONE}", "phone=13900000001", f"phone={PHONE}&new"):
                yield f"{reverse(row.name)}?{asked}"
        if row.name in ("core:search", "cases:photo-archive"):
            yield f"{reverse(row.name)}?q=%E9%97%A8"

    def forms(self, row):
        """Every form on the pages of a row."""
        for url in self.urls(row):
            yield from forms_of(self.client(row).get(url))


def logged_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def small_site(kept_for_module):
    """The people of a site and their sessions, once for all tests of a module: there are a thousand of them."""
    return SmallSite()


@pytest.fixture
def site(small_site, db):
    small_site.open_browsers()
    logging.disable(logging.CRITICAL)  # hundreds of refusals
    yield small_site
    logging.disable(logging.NOTSET)
