"""What the outbox calls to deliver: people under the bell first, then e-mail and group robots, each its own row."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.utils import timezone, translation

from core.outbox import Message, NotYet, Outbox, Undeliverable, handler
from notifications.channels import dingtalk, wecom
from notifications.models import Notice, Preference, Robot
from notifications.rules import rule_for
from notifications.words import digest_words, event_words
from workflow.models import Event

User = get_user_model()
CHANNELS = {Robot.Kind.WECOM: wecom.send, Robot.Kind.DINGTALK: dingtalk.send}


@handler("notice", transactional=True)
def tell_people(row):
    """Put an event under the bell of everybody it concerns, and write what goes out beyond the page."""
    event = _event(row)
    rule = rule_for(event)
    if rule is None:
        raise Undeliverable("no rule for this event any more")
    now = timezone.now()
    told = {}
    for addressee in rule.addressees:
        for pk in addressee(event):
            told.setdefault(pk, addressee.__name__)
    told.pop(event.by_id, None)
    active = set(User.objects.filter(pk__in=told, is_active=True).values_list("pk", flat=True))
    key = f"event:{event.pk}"
    Notice.objects.bulk_create(
        [Notice(user_id=pk, key=key, event=event, reason=told[pk][:20], at=now) for pk in sorted(active)],
        ignore_conflicts=True,
    )
    messages = []
    if rule.urgent:
        messages += [
            Message("email", str(pk), f"email:{event.pk}:{pk}", {"event": event.pk}) for pk in _by_email(active)
        ]
    if rule.robot:
        messages += [
            Message("robot", str(robot.pk), f"robot:{event.pk}:{robot.pk}", {"event": event.pk})
            for robot in Robot.objects.filter(active=True)
            if robot.region_id in (None, event.matter.region_id)
        ]
    if messages:
        Outbox.objects.write(messages, now)


def _by_email(people):
    refused = set(Preference.objects.filter(user__in=people, by_email=False).values_list("user_id", flat=True))
    mailable = User.objects.filter(pk__in=people - refused).exclude(email="").values_list("pk", flat=True)
    return sorted(mailable)


@handler("email")
def send_email(row):
    """One message to one person, in his language, after his quiet hours."""
    user = User.objects.filter(pk=row.to, is_active=True).first()
    if user is None or not user.email:
        raise Undeliverable("nobody to mail to")
    preference = Preference.objects.filter(user=user).first()
    if preference and (until := preference.quiet_end(timezone.now())):
        raise NotYet(until)
    with translation.override(user.language or settings.LANGUAGE_CODE):
        title, body = _words(row)
    message = EmailMessage(
        title, body, to=[user.email], headers={"Message-ID": f"<{row.key.replace(':', '.')}@aftersales>"}
    )
    message.send()


@handler("robot")
def send_by_robot(row):
    """One alarm into a group: number and clock only, no customer's name."""
    robot = Robot.objects.filter(pk=row.to, active=True).first()
    if robot is None:
        raise Undeliverable("the robot was removed")
    if until := robot.quiet_end(timezone.now()):
        raise NotYet(until)
    with translation.override(settings.LANGUAGE_CODE):
        title, body = _words(row)
    CHANNELS[robot.kind](robot, title, body)


def _words(row):
    if "event" in row.context:
        return event_words(_event(row))
    return digest_words(Notice.objects.get(pk=row.context["notice"]))


def _event(row):
    event = Event.objects.select_related("matter__owner", "by").filter(pk=row.context["event"]).first()
    if event is None or (event.matter is None and event.customer_id is None):
        raise Undeliverable("the event is gone")
    return event
