"""WeCom (企业微信) group robots: a markdown message to the webhook; errcode 0 means it was taken."""

from notifications.channels.webhook import post


def send(robot, title, body):
    post(robot.webhook, {"msgtype": "markdown", "markdown": {"content": f"**{title}**\n{body}"[:4000]}})
