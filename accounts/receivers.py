"""What happens to sessions when somebody signs in, signs out or loses a role."""

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils import timezone

from accounts.lockout import client_address
from accounts.models import SignIn, User


@receiver(user_logged_in)
def note_where(request, user, **kwargs):
    """Keep the session in the list on the profile page."""
    if request.session.session_key is None:
        request.session.create()
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "user": user,
            "address": client_address(request),
            "browser": request.META.get("HTTP_USER_AGENT", "")[:255],
            "at": timezone.now(),
        },
    )


@receiver(user_logged_out)
def forget_where(request, **kwargs):
    SignIn.objects.filter(session_key=request.session.session_key).delete()


# However a role was taken (staff page, back office, shell), the sessions it opened end with it.
@receiver(m2m_changed, sender=User.groups.through)
def end_sessions_of_the_demoted(action, instance, reverse, pk_set, **kwargs):
    if action == "post_remove":
        people = User.objects.filter(pk__in=pk_set) if reverse else [instance]
    elif action == "pre_clear":
        people = list(instance.user_set.all()) if reverse else [instance]
    else:
        return
    for person in people:
        person.end_sessions()
