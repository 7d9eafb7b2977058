"""Files, the customer's link and his progress to copy, on a complaint's page; the photo archive in the frame."""

import uuid

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.navigation import Entry
from core.navigation import register as enter
from workflow.offers import HEAD, MENU, TIMELINE, Offer, offer


def register():
    enter(Entry("photos", pgettext_lazy("navigation", "Problem photos"), "cases:photo-archive", "images",
                permission="cases.view_complaint", order=75, shortcut="g p"))  # fmt: skip
    offer("cases.Complaint", of_complaint)


def of_complaint(complaint, user):
    progress = reverse("cases:complaint-progress", args=[complaint.pk])
    offers = [
        Offer(_("Copy progress for WeChat"), progress, icon="copy", place=HEAD, copies=True, shortcut="w"),
        Offer(_("Progress as text"), progress),
    ]
    if user.has_perm("workflow.add_customerlink") and not complaint.is_final:
        url = reverse("cases:complaint-issue-link", args=[complaint.pk])
        offers += [
            Offer(_("Copy upload link"), url, icon="link", place=HEAD, op=uuid.uuid4(), shortcut="l"),
            Offer(_("Link for the customer"), url, place=MENU, dialog=True),
        ]
    if user.has_perm("workflow.add_attachment"):
        url = reverse("cases:complaint-attach-files", args=[complaint.pk])
        offers.append(Offer(_("Add files"), url, icon="paperclip", place=TIMELINE, shortcut="f"))
    offers.append(Offer(_("All files"), reverse("cases:complaint-files", args=[complaint.pk]), place=MENU))
    return offers
