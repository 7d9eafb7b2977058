"""Complaints in any state, and the people around them."""

import factory
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import Department, User
from cases.models import Appraisal, Complaint, ComplaintClass, PlanOption, StandardPlan, Strand
from workflow.models import Matter

from tests.factories.customers import CustomerFactory, CustomerRegionFactory


def person(role, *, region=None, **fields):
    """Somebody of this role who works in ``region`` (the one branch of the factories unless told)."""
    number = User.objects.count() + 1
    fields = {"username": f"{role}{number}", "name": f"{role} {number}"} | fields
    user = User.objects.create(**fields)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    user.regions.add(region or CustomerRegionFactory())
    return user


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department
        django_get_or_create = ("code",)

    code = "quality"
    name = "质量部"


class ComplaintClassFactory(DjangoModelFactory):
    class Meta:
        model = ComplaintClass
        django_get_or_create = ("code",)

    code = "quality"
    name = "产品质量"
    department = factory.SubFactory(DepartmentFactory)


class MatterFactory(DjangoModelFactory):
    class Meta:
        model = Matter

    customer = factory.SubFactory(CustomerFactory)
    region = factory.SelfAttribute("customer.region")


class ComplaintFactory(DjangoModelFactory):
    """A complaint put straight into a state; nothing around it (strands, options, clocks) is made up."""

    class Meta:
        model = Complaint

    number = factory.Sequence(lambda n: f"TS26112{n:05}")
    matter = factory.SubFactory(MatterFactory)
    region = factory.SelfAttribute("matter.region")
    content = "主卧门板从锁孔往下裂了一道缝，装好才八个月。"
    klass = factory.SubFactory(ComplaintClassFactory)
    status = Complaint.Status.REGISTERED
    closed_at = factory.LazyAttribute(lambda o: o.matter.opened_at if o.status in Complaint.FINAL else None)


class PlanOptionFactory(DjangoModelFactory):
    class Meta:
        model = PlanOption

    complaint = factory.SubFactory(ComplaintFactory)
    round = 1
    remedy = "repair"
    steps = "师傅上门补漆修边。"
    cost = 120


class StandardPlanFactory(DjangoModelFactory):
    class Meta:
        model = StandardPlan

    name = "寄合页一副，客户自装"
    level = 4
    remedy = "small_part"
    steps = "当天寄出合页和螺丝，附安装图。"
    cost = 18


class StrandFactory(DjangoModelFactory):
    class Meta:
        model = Strand

    complaint = factory.SubFactory(ComplaintFactory)
    round = 1
    kind = Strand.Kind.EXECUTE


class AppraisalFactory(DjangoModelFactory):
    class Meta:
        model = Appraisal

    complaint = factory.SubFactory(ComplaintFactory)
    matter = factory.SelfAttribute("complaint.matter")
