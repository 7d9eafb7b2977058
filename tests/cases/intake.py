"""What tests of the call screen share: a branch at work, a customer on the line, and the fields of a call."""

import uuid

from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from cases.models import ComplaintClass
from cases.models.choices import Severity
from knowledge.codes import ComplaintClass as Code
from workflow.presets import choose_preset

from tests.factories.cases import DepartmentFactory
from tests.factories.customers import CustomerFactory, PhoneFactory, ProductGroupFactory, ServiceCardFactory

CALL = reverse("cases:call")
NUMBER = "13800138000"


def at_work():
    """Classes, words, chips and policies as a site has them from its first start."""
    quality = DepartmentFactory()
    for order, code in enumerate(Code):
        severity = Severity.MODERATE if code == Code.TRANSPORT_DAMAGE else Severity.MINOR
        with translation.override("en"):
            english = str(code.label)
        ComplaintClass.objects.update_or_create(
            code=code,
            defaults={
                "name": code.label,
                "name_en": english,
                "order": order,
                "severity": severity,
                "department": quality,
            },
        )
    ProductGroupFactory()
    call_command("load_knowledge", verbosity=0)
    choose_preset("doors")


def on_the_line(number=NUMBER, *, rooms=("主卧", "次卧", "卫生间"), **fields):
    """A customer with a number and a door in each room."""
    customer = CustomerFactory(**fields)
    PhoneFactory(customer=customer, number=number)
    for room in rooms:
        ServiceCardFactory(customer=customer, room=room)
    return customer


def fields(**changes):
    """What the browser sends for a complaint, nothing chosen but what is said."""
    return {
        "op": str(uuid.uuid4()),
        "kind": "complaint",
        "content": "主卧门板从锁孔往下裂了一道缝，要求换一扇新门。",
        "channel": "phone",
        "caller": "self",
    } | changes


def url(number=NUMBER, **asked):
    query = "&".join(f"{name}={value}" for name, value in {"phone": number, **asked}.items())
    return f"{CALL}?{query}"
