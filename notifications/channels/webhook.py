"""Posting JSON to a group robot: short time limits, and an answer that says it was taken."""

import json
from urllib.request import Request, urlopen

TIMEOUT = 10  # seconds


class RobotRefused(Exception):
    """The robot's server answered that it did not take the message."""


def post(url, payload):
    """POST ``payload``; raises RobotRefused unless the answer's errcode is 0, OSError when there is no answer."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    request = Request(url, data=body, headers={"Content-Type": "application/json; charset=utf-8"})  # noqa: S310
    with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 — Robot.clean allows two hosts only
        said = json.load(answer)
    if said.get("errcode") != 0:
        raise RobotRefused(f"{said.get('errcode')}: {said.get('errmsg', '')[:200]}")
