"""Follow-up calls in any state, and what hangs on them."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from callbacks.models import CallReason, CallTemplate, FollowUpCall, MonthSummary, NumberTask
from callbacks.monthly import Period, figures_of
from core.calendar import midnight

from tests.factories.cases import MatterFactory
from tests.factories.customers import CustomerFactory


class CallFactory(DjangoModelFactory):
    """A call put straight into a state, due for the week after an installation; no reason of it is made up."""

    class Meta:
        model = FollowUpCall

    number = factory.Sequence(lambda n: f"HF26112{n:05}")
    customer = factory.SubFactory(CustomerFactory)
    matter = factory.LazyAttribute(lambda o: MatterFactory(customer=o.customer))
    region = factory.SelfAttribute("matter.region")
    template = factory.LazyFunction(lambda: CallTemplate.objects.get(code="week"))
    script = "product"
    anchor_on = date(2026, 11, 20)
    due_on = date(2026, 11, 27)
    late_after = date(2026, 11, 30)
    call_at = factory.LazyAttribute(lambda o: midnight(o.due_on))
    lapses_on = date(2099, 1, 1)
    status = "due"


class ReasonFactory(DjangoModelFactory):
    class Meta:
        model = CallReason

    call = factory.SubFactory(CallFactory)
    template = factory.SelfAttribute("call.template")
    trigger = factory.SelfAttribute("template.trigger")
    anchor_on = factory.SelfAttribute("call.anchor_on")
    due_on = factory.SelfAttribute("call.due_on")


class NumberTaskFactory(DjangoModelFactory):
    class Meta:
        model = NumberTask

    call = factory.SubFactory(CallFactory)
    customer = factory.SelfAttribute("call.customer")
    region = factory.SelfAttribute("call.region")
    outcome = "no_such_number"
    raised_at = factory.LazyFunction(timezone.now)


class MonthSummaryFactory(DjangoModelFactory):
    class Meta:
        model = MonthSummary

    begins_on = date(2026, 10, 1)
    ends_on = date(2026, 10, 31)
    counted_at = factory.LazyFunction(timezone.now)
    figures = factory.LazyAttribute(lambda o: figures_of(Period(o.begins_on, o.ends_on)))
