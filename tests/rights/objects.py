"""Things the URLs of the matrix are about, made in a region. Each takes the world and the region: see harness.R.of."""

import uuid

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone

from cases.models import Complaint
from core.jobs import keep_result
from core.models import Job, SavedFilter
from customers.merging import merge
from knowledge.models import HandlingGuide, PhraseChip, ScriptLine, ServicePhrase, WordRule
from notifications.digest import figures
from notifications.models import Notice
from workflow.models import Attachment, CustomerLink, DeadlinePolicy, Operation

from tests.factories.accounts import DepartmentFactory, UserFactory
from tests.factories.cases import ComplaintClassFactory, ComplaintFactory, MatterFactory, StandardPlanFactory
from tests.factories.customers import (
    ContactFactory,
    CustomerFactory,
    OrderFactory,
    PhoneFactory,
    PriceItemFactory,
    ServiceCardFactory,
)
from tests.factories.files import upload


def colleague(world, region):
    return UserFactory(role="agent", region=region)


def former_colleague(world, region):
    return UserFactory(role="agent", region=region, is_active=False)


def any_region(world, region):
    return region


def any_department(world, region):
    return DepartmentFactory()


def sign_in_of(world, user):
    return user.sign_ins.create(session_key=f"session-of-{user.pk}-{user.sign_ins.count()}", at=user.date_joined)


def draft_key(world, region):
    return {"key": "call:new"}


def list_key(world, region):
    return {"list_key": "cases:complaint-list"}


def saved_filter_of(world, user):
    number = SavedFilter.objects.count()
    return SavedFilter.objects.create(user=user, list_key="cases:complaint-list", name=f"view {number}")


def job_of(world, user):
    job = Job.objects.start("anything", by=user, now=timezone.now())
    keep_result(job, "rows.csv", ContentFile(b"1"))
    job.save()
    return job


def call_of(world, user):
    """The address of the page after a call this person took, whether or not he still may take any."""
    complaint = ComplaintFactory(matter__customer__region=world.own)
    op = uuid.uuid4()
    Operation.objects.create(
        op=op,
        caller=f"user:{user.pk}",
        by=user,
        verb="register",
        subject_type=ContentType.objects.get_for_model(Complaint),
        subject_id=complaint.pk,
        body_hash="",
    )
    return {"op": op}


def notice_of(world, user):
    key, data = f"digest {Notice.objects.count()}", figures(user, timezone.now())
    return Notice.objects.create(user=user, kind=Notice.Kind.DIGEST, key=key, data=data)


def attachment(world, region):
    matter = MatterFactory(customer__region=region)
    return Attachment.objects.attach(matter, upload(), by=None)


def customer(world, region):
    return CustomerFactory(region=region)


def phone_of_customer(world, region):
    phone = PhoneFactory(customer=customer(world, region))
    return phone.customer_id, phone.pk


def contact_of_customer(world, region):
    contact = ContactFactory(customer=customer(world, region))
    return contact.customer_id, contact.pk


def pair_of_customers(world, region):
    return {"pk": customer(world, region).pk, "other": customer(world, region).pk}


def merge_of_customers(world, region):
    kept, merged = customer(world, region), customer(world, region)
    by = UserFactory(role="manager", region=region)
    versions = {"kept_version": kept.version, "merged_version": merged.version}
    return {"pk": kept.pk, "row": merge(kept, merged, chosen=[], by=by, **versions).pk}


def service_card(world, region):
    return ServiceCardFactory(customer=customer(world, region))


def price_item(world, region):
    return PriceItemFactory()


def order(world, region):
    return OrderFactory(customer=customer(world, region))


def phrase_chip(world, region):
    return PhraseChip.objects.create(kind="part", text="门扇")


def word_rule(world, region):
    return WordRule.objects.create(words="开裂", class_code="quality")


def service_phrase(world, region):
    return ServicePhrase.objects.create(situation="opening", text="您好")


def script_line(world, region):
    return ScriptLine.objects.create(moment="landline", text="您好")


def handling_guide(world, region):
    return HandlingGuide.objects.create(class_code="quality", steps="鉴定")


def customers_link(world, region):
    matter = ComplaintFactory(matter__customer__region=region).matter
    return {"token": CustomerLink.objects.issue(matter, by=None)[1]}


def customers_file(world, region):
    matter = ComplaintFactory(matter__customer__region=region).matter
    link, token = CustomerLink.objects.issue(matter, by=None)
    return {"token": token, "pk": Attachment.objects.attach(matter, upload(), by=link).pk}


def customers_act(world, region):
    complaint = ComplaintFactory(matter__customer__region=region)
    token = CustomerLink.objects.issue(complaint.matter, by=None)[1]
    return {"token": token, "kind": "complaint", "pk": complaint.pk, "verb": "chase"}


def deadline_policy(world, region):
    return DeadlinePolicy.objects.create(kind="plan", name="72 小时", value=72, unit="hour", calendar="clock")


def standard_plan(world, region):
    return StandardPlanFactory()


def complaint_class(world, region):
    return ComplaintClassFactory()


def guard_code(world, region):
    return {"code": "ladder"}
