"""DingTalk (钉钉) group robots: the address is signed with the robot's secret and the present millisecond."""

import base64
import hashlib
import hmac
from urllib.parse import quote_plus

from django.utils import timezone

from notifications.channels.webhook import post


def signed(url, secret, milliseconds):
    """The webhook with timestamp and signature (HMAC-SHA256 over both) that DingTalk checks."""
    text = f"{milliseconds}\n{secret}".encode()
    sign = quote_plus(base64.b64encode(hmac.new(secret.encode(), text, hashlib.sha256).digest()))
    return f"{url}&timestamp={milliseconds}&sign={sign}"


def send(robot, title, body):
    url = robot.webhook
    if robot.secret:
        url = signed(url, robot.secret, int(timezone.now().timestamp() * 1000))
    post(url, {"msgtype": "markdown", "markdown": {"title": title, "text": f"### {title}\n\n{body}"[:4000]}})
