"""What is special about a customer, as clocks and lists ask for it (S1-75, S2-35, S2-39, S2-88)."""

from django.utils.functional import SimpleLazyObject

YES, NO = "yes", "no"
OLD, NEW = "old", "new"


def scope_of(customer):
    """Dimension → code of a customer, for the scope of deadline policies.

    Whether he has bought before takes a query, so it is asked for only where a policy names it.
    """
    return {
        "vip": YES if customer.is_vip else NO,
        "member": YES if customer.is_member else NO,
        "customer": SimpleLazyObject(lambda: OLD if customer.is_old else NEW),
        "credit": customer.credit_level,
    }
