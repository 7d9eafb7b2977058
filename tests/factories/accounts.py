"""People, regions and departments, with valid defaults.

``UserFactory(role="agent", region=region)`` is an agent of that region; ``roles=[…]`` and ``regions=[…]`` take several.
The password of everybody is PASSWORD.
"""

import factory
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from accounts.models import Department, DutyShift, Region, User

PASSWORD = "门板2026-kai-lie"


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region

    code = factory.Sequence(lambda n: f"region-{n}")
    name = factory.Sequence(lambda n: f"第{n}分公司")


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    code = factory.Sequence(lambda n: f"department-{n}")
    name = factory.Sequence(lambda n: f"第{n}部门")


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Faker("name", locale="zh_CN")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    @classmethod
    def _create(cls, model_class, *args, role=None, region=None, **kwargs):
        user = super()._create(model_class, *args, **kwargs)
        if role:
            user.groups.add(Group.objects.get(name=role))
        if region:
            user.regions.add(region)
        return user

    @factory.post_generation
    def roles(self, create, names, **kwargs):
        if names:
            self.groups.add(*Group.objects.filter(name__in=names))

    @factory.post_generation
    def regions(self, create, regions, **kwargs):
        if regions:
            self.regions.add(*regions)


class DutyShiftFactory(DjangoModelFactory):
    class Meta:
        model = DutyShift

    user = factory.SubFactory(UserFactory, role="agent")
    shift = "day"
