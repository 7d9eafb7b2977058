"""Whatever stands in the tables is shown as the text it is: pages, papers, the dossier, messages (threats 38)."""

import io
import re
import zipfile

import pytest
from django.apps import apps
from django.db import models

from tests.factories.casefiles import full_complaint
from tests.rights import objects
from tests.rights.cases import complaint
from tests.rights.harness import address
from tests.threats.site import SHOWN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HOSTILE = '<script>alert(38)</script>{{7*7777}}"><img src=x onerror=alert(38)>'
SHORT = '"><b id=x38>'
LIVE = re.compile(r"<script>alert|<img src=x|<b id=x38|54439|(?:href|src|action)=.?javascript:", re.IGNORECASE)
OURS = ("core", "accounts", "customers", "workflow", "knowledge", "cases", "notifications", "payments")
# What the code itself writes and goes by; a person's words never come there.
MADE_BY_US = re.compile(
    r"(code|key|.*_key|.*_hash|sha256|content_type|file|thumbnail|password|number|kind|.*verb|action|username|session.*|"
    r"task|status|language|.*url.*|webhook|query|result|shift|verdict|level|stage|channel|.*_code|secret|address_hash)$"
)


def spoil():
    """Write hostile words into every column that holds a person's words."""
    spoilt = 0
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model._meta.proxy or not model._meta.managed:
            continue
        rules = [rule for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)]
        words, one_each = {}, {name for rule in rules for name in rule.fields}
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.CharField | models.TextField) or field.unique or field.choices:
                continue
            longest = field.max_length or 1000
            if MADE_BY_US.match(field.name) or field.name in one_each or longest < len(SHORT):
                continue
            words[field.name] = HOSTILE if longest >= len(HOSTILE) else SHORT
        if words:
            spoilt += model._base_manager.update(**words)
    return spoilt


def shown(answer):
    """Every text of an answer, that of the files in an archive too."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer["Content-Type"] == "application/zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(archive.read(name) for name in archive.namelist() if name.endswith("html"))
    return content.decode(errors="replace") if answer["Content-Type"].split("/")[0] not in ("image", "video") else ""


def test_whatever_stands_in_the_tables_is_shown_as_text(site):
    """Script, template tags, attributes that break out, links that run: inert on every page of the site."""
    full = full_complaint(2, by=site.everybody, matter__customer__region=site.region)
    pages = [(row, url) for row in SHOWN for url in site.urls(row)]
    pages += [(row, address(row, full)) for row in SHOWN if row.of is complaint]
    pages += [(row, address(row, full.customer)) for row in SHOWN if row.of is objects.customer]
    assert spoil() > 60
    answers = [(url, site.client(row).get(url)) for row, url in pages]
    assert [(url, answer.status_code) for url, answer in answers if answer.status_code >= 500] == []
    texts = {url: shown(answer) for url, answer in answers}
    live = [
        f"{url}: …{text[max(0, found.start() - 120) : found.end() + 60]}…"
        for url, text in texts.items()
        if (found := LIVE.search(text))
    ]
    assert live == []
    assert sum("alert(38)" in text or "x38" in text for text in texts.values()) > 60, "hardly a page shows the words"
