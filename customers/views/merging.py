"""Two files side by side, made one and parted again; and the pairs that only look alike."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.generic import View

from core.editing import FormPage, operation
from core.visibility import get_visible_or_404
from customers import merging
from customers.forms import MergeForm
from customers.models import Customer, Merge
from customers.tallies import tallies_of


class MergePage(FormPage):
    """Which file stays, and of each field which value: whatever else is on either counts for both (S1-74)."""

    form_class = MergeForm
    permission = merging.RIGHT
    template_name = "customers/merge.html"
    title = gettext_lazy("One person, two files")

    def find(self):
        self.pair = [one_of_pair(self.request, self.kwargs[name]) for name in ("pk", "other")]
        if self.pair[0].pk == self.pair[1].pk:
            raise Http404

    def form_options(self):
        return {"pair": self.pair, "user": self.request.user}

    def get_context_data(self, form, **context):
        tallies = tallies_of([file.root_id for file in self.pair], self.request.user)
        here = {"left": self.pair[0], "right": self.pair[1], "tallies": tallies, "two_branches": self.two_branches}
        return super().get_context_data(form=form, **here, **context)

    @property
    def two_branches(self):
        return self.pair[0].region_id != self.pair[1].region_id

    def get(self, request, *args, **kwargs):
        if not all(file.is_live for file in self.pair):
            return redirect("customers:file", self.pair[0].root_id)
        return self.answer(MergeForm(**self.form_options()), op=uuid.uuid4())

    def post(self, request, *args, **kwargs):
        op = operation(request)
        if made := Merge.objects.filter(op=op, by=request.user, undone_at=None).first():
            messages.info(request, _("This form was sent before; it is saved once."))
            return redirect("customers:file", made.kept_id)
        form = MergeForm(request.POST, **self.form_options())
        versions = [read_version(request.POST.get(name)) for name in ("left_version", "right_version")]
        try:
            merging.check(*self.pair, versions)
            if not form.is_valid():
                return self.answer(form, 422, op=op)
            made = self.merge(form, versions, op)
        except merging.MergeRefused as refusal:
            self.find()
            form = MergeForm(request.POST, **self.form_options())
            return self.answer(form, 409, op=uuid.uuid4(), refusal=refusal)
        undo = reverse("customers:merge-undo", args=[made.kept_id, made.pk])
        text = _("%(number)s is merged into this file.") % {"number": made.merged.number}
        messages.success(request, text, extra_tags=undo)
        return redirect("customers:file", made.kept_id)

    def merge(self, form, versions, op):
        """As the form says, whichever of the two is kept."""
        pair = [*zip(self.pair, versions, strict=True)]
        (kept, kept_version), (merged, merged_version) = pair if form.keeps(self.pair[0]) else reversed(pair)
        try:
            return merging.merge(
                kept, merged, chosen=form.chosen, by=self.request.user, op=op,
                kept_version=kept_version, merged_version=merged_version,
            )  # fmt: skip
        except Customer.DoesNotExist:
            raise Http404 from None


class Act(View):
    """A press of somebody who merges files."""

    http_method_names = ["post", "options"]

    def post(self, request, pk, **named):
        customer = one_of_pair(request, pk)
        if not request.user.has_perm(merging.RIGHT):
            raise PermissionDenied
        try:
            self.act(customer, by=request.user, **named)
        except Customer.DoesNotExist:
            raise Http404 from None
        except merging.MergeRefused as refusal:
            messages.error(request, str(refusal))
        return redirect("customers:file", customer.root_id)


class MergeUndo(Act):
    """They are two people after all, or the wrong fields were taken."""

    def act(self, customer, by, row):
        record = get_object_or_404(Merge.objects.select_related("merged"), pk=row, kept__root=customer.root_id)
        stays = merging.undo(record, by=by)
        messages.success(self.request, _("%(number)s is a file of its own again.") % {"number": record.merged.number})
        if stays:
            names = pgettext("between words of a list", ", ").join(
                str(Customer._meta.get_field(name).verbose_name) for name in stays
            )
            messages.warning(
                self.request, _("Changed since the merge and left as it is: %(fields)s.") % {"fields": names}
            )


class KeepApart(Act):
    """These two are not the same person; they are not proposed again."""

    def act(self, customer, by, other):
        merging.keep_apart(customer, one_of_pair(self.request, other), by=by)
        messages.success(self.request, _("Noted: two people. They are not proposed again."))


def one_of_pair(request, pk):
    return get_visible_or_404(Customer.objects.with_contact_points(), request.user, pk=pk)


def read_version(text):
    """The version a form names; 0, which no file ever had, for nonsense."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
