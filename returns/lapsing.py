"""What the time does to returns."""

from returns.models import ReturnRequest
from workflow.perform import perform_many


def let_lapse(now):
    """Requests whose goods were not sent in time lapse; the customer was warned by the ladder of the clock (S2-108)."""
    return perform_many(ReturnRequest.objects.lapsing(now), "lapse", now)
