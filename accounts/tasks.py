"""Doorbells of this app."""

from celery import shared_task
from django.utils import timezone

from accounts.models import SignIn


@shared_task
def forget_ended_sessions():
    """Once a night: sessions that ran out leave the database."""
    SignIn.objects.forget_ended(timezone.now())
