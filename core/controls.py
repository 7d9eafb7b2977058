"""Plain controls drawn without a template, as Django's own templates write them but for the space between tags.

Django draws each option of a list through two templates; beside fifty rows that costs more than the rows (performance 1).
"""

from django.utils.safestring import mark_safe

from core.markup import safe_text


def _attributes(attrs):
    return "".join(
        f" {safe_text(name)}" if value is True else f' {safe_text(name)}="{safe_text(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget):
    value = "" if widget["value"] is None else f' value="{safe_text(str(widget["value"]))}"'
    return f'<input type="{widget["type"]}" name="{safe_text(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _textarea(widget):
    value = safe_text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{safe_text(widget["name"])}"{_attributes(widget["attrs"])}>\n{value}</textarea>'


def _select(widget):
    parts = [f'<select name="{safe_text(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{safe_text(group)}">')
        parts.extend(
            f'<option value="{safe_text(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{safe_text(option['label'])}</option>"
            for option in options
        )
        if group:
            parts.append("</optgroup>")
    return "".join([*parts, "</select>"])


DRAWN = {
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/textarea.html": _textarea,
    **{
        f"django/forms/widgets/{name}.html": _input
        for name in ("checkbox", "date", "datetime", "email", "hidden", "input", "number", "password", "text", "time")
    },
}


def draw(template_name, context):
    """The control as safe HTML, or None where it takes a template to draw it."""
    drawn = DRAWN.get(template_name)
    return mark_safe(drawn(context["widget"])) if drawn else None  # noqa: S308 (every part is escaped above)
