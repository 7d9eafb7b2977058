from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Notifications")

    def ready(self):
        from core.navigation import Entry, badge
        from notifications import receivers, senders  # noqa: F401 — senders register with the outbox
        from notifications.models import Notice
        from workflow.signals import events_recorded

        events_recorded.connect(receivers.tell_who_should_know)
        badge(
            Entry(
                "bell",
                _("Notices"),
                "notifications:list",
                icon="bell",
                shortcut="g n",
                count=lambda user: Notice.objects.unread().filter(user=user),
            )
        )
