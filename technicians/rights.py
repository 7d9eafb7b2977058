"""Rights that look at who is sent: the crew works, the office deals with the customer, and neither closes for the other."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CrewOnly:
    """The right, and being sent to this order now."""

    permission: str

    def __call__(self, order, user):
        return user.has_perm(self.permission) and order.is_in_crew(user)


@dataclass(frozen=True)
class CrewOrOffice:
    """The crew with its right, or whoever has the office's."""

    permission: str
    office: str

    def __call__(self, order, user):
        return user.has_perm(self.office) or (user.has_perm(self.permission) and order.is_in_crew(user))


@dataclass(frozen=True)
class NotTheCrew:
    """The right, and never having been sent to this order: nobody closes his own work (S3-100)."""

    permission: str

    def __call__(self, order, user):
        return user.has_perm(self.permission) and not order.ever_had(user)
