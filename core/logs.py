"""How a log line looks: one record, one line, nobody's number in it (threats 27, 44).

Our own code logs ids and codes, never names; what slips in through addresses, errors of the database and other people's
packages is masked here, in the one formatter every handler uses.
"""

import re

import structlog


def _mobile(written):
    """A mobile number however it was typed, as its first three and last four digits."""
    digits = "".join(str(int(character)) for character in written if character.isdigit())[-11:]
    return f"{digits[:3]}****{digits[-4:]}"


# Longest first: an identity card holds digits that look like a mobile number.
PRIVATE = (
    (re.compile(r"(?<![\d.])\d{6}(?:19|20)\d{9}[\dXx](?!\d)"), lambda found: f"{found[0][:3]}***{found[0][-2:]}"),
    (
        re.compile(r"(?<![\d.])(?:00)?(?:86)?[1１][3-9３-９]\d(?:[\s-]?\d{4}){2}(?!\d)"),
        lambda found: _mobile(found[0]),
    ),
    (re.compile(r"(?<![\d.])0\d{2,3}[-\s]?\d{7,8}(?!\d)"), lambda found: f"{found[0][:3]}****{found[0][-4:]}"),
    (re.compile(r"[\w.+-]+@(?=[\w-]+\.[\w.-]+)"), lambda found: f"{found[0][0]}***@"),
    # Behind this address stands a customer's link, whole or cut while copying.
    (re.compile(r"(?<=/s/)[^\s/?\"']+"), lambda found: "***"),
    # A database quotes the whole row that broke a rule, names and addresses included.
    (re.compile(r"DETAIL:[^\n]*"), lambda found: "DETAIL: (left out)"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|sessionid|csrftoken|cookie)(['\"]?\s*[=:]\s*['\"]?)[^\s&;,'\"]+"),
     lambda found: f"{found[1]}{found[2]}***"),
)  # fmt: skip
# A customer's link is a password in a path: long, and of mixed case, unlike the words a programmer writes.
LINK = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d|(?<=/))[\w-]{20,}(?![\w-])")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
# Whatever could start a new line, or change how the line is read on a terminal, is shown by its number instead.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def one_line(text: str) -> str:
    """``text`` without anything that could begin another line or hide a part of this one."""
    return CONTROL.sub(lambda found: ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", text)


def mask(text: str) -> str:
    """``text`` with phone and card numbers, mailboxes, passwords and customers' links made unreadable."""
    for pattern, replacement in PRIVATE:
        text = pattern.sub(replacement, text)
    return LINK.sub(lambda found: found[0] if UUID.match(found[0]) else f"{found[0][:3]}***", text)


def render(logger, name, event) -> str:
    """``when LEVEL logger what-happened key=value …``; a traceback follows on the same line."""
    fields = dict(event)
    head = [fields.pop("timestamp", ""), fields.pop("level", name).upper(), fields.pop("logger", "-")]
    happened = fields.pop("event", "")
    trace = fields.pop("exception", None)
    pairs = [f"{key}={_quoted(value)}" for key, value in sorted(fields.items()) if value is not None]
    line = " ".join([*head, str(happened), *pairs, *([f"exception={trace}"] if trace else [])])
    return one_line(mask(line))


def _quoted(value):
    text = str(value)
    return f'"{text}"' if not text or re.search(r"[\s=\"]", text) else text


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def formatter():
    """The formatter named in settings.LOGGING; sets structlog up as well, so that both kinds of logger meet here."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*SHARED, structlog.stdlib.ExtraAdder(allow=["status_code", "task", "pk"])],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            render,
        ],
    )
