"""Phones, names and addresses as the user may see them: whole with the right to personal data, masked without it."""

from django import template
from django.utils import timezone
from django.utils.html import format_html

from core.phones import group
from customers import hours, phones

register = template.Library()


def may_see(context):
    """Whether the page's user may see personal data; nobody signed in may not.

    ``whole`` in the context of one customer's part of a page says that he may see this one (customers.access).
    """
    if context.get("whole"):
        return True
    user = context.get("user")
    return user is not None and phones.sees_whole(user)


@register.simple_tag(takes_context=True)
def phone_link(context, phone):
    """A number to press for a call; masked, and no link, without the right."""
    if not phone:
        return ""
    number = str(phone)
    if not may_see(context):
        return phones.mask_phone(number)
    return format_html('<a class="link nowrap" href="tel:{}">{}</a>', number.replace("x", ","), group(number))


@register.simple_tag(takes_context=True)
def phone_text(context, phone):
    """A number as text alone; masked without the right."""
    if not phone:
        return ""
    return group(str(phone)) if may_see(context) else phones.mask_phone(phone)


@register.simple_tag(takes_context=True)
def person(context, name):
    """A customer's or contact's name."""
    return str(name) if context.get("whole") else phones.name_for(context.get("user"), name)


@register.simple_tag(takes_context=True)
def place(context, customer):
    """Where a customer lives; only the area without the right."""
    return customer.place if context.get("whole") else phones.place_for(context.get("user"), customer)


@register.filter(name="hours")
def hours_in_words(text):
    """Times of day a customer named, in the reader's language."""
    return hours.words(text or "")


@register.inclusion_tag("customers/_warranty_chip.html")
def warranty_chip(card, part=""):
    """In warranty until when, out since when, or why it is not known."""
    return {"warranty": card.warranty(timezone.localdate(), part=part)}
