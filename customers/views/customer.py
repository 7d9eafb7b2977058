"""Opening, correcting and reaching a customer."""

from copy import copy

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from core.editing import EditPage, FormPage, NewPage, operation
from core.visibility import get_visible_or_404
from customers.forms import CustomerForm, NewCustomerForm, ReachForm
from customers.models import Contact, Customer, Phone


class CustomerNew(NewPage):
    """Open a file, usually from the call screen with the caller's number; who has that number already is shown first."""

    form_class = NewCustomerForm
    permission = "customers.add_customer"
    template_name = "customers/customer_new.html"
    title = gettext_lazy("New customer")

    def post(self, request, *args, **kwargs):
        if not NewCustomerForm.is_asked_to_split(request.POST):
            return super().post(request, *args, **kwargs)
        form = NewCustomerForm(user=request.user)
        form.split(request.POST)
        return self.answer(form, op=operation(request))

    def form_options(self):
        options = {"user": self.request.user}
        if self.request.method != "POST":
            options["initial"] = {name: self.request.GET.get(name, "")[:200] for name in ("phone", "name")}
        return options

    def get_context_data(self, form, **context):
        phone = form["phone"].value()
        twins = form.twins or (Customer.objects.by_phone(phone, self.request.user) if phone else None)
        return super().get_context_data(form=form, twins=twins, next=self.next(), **context)

    def create(self, form, **press):
        fields = dict(form.cleaned_data)
        del fields["another_person"], fields["pasted"]
        fields["address"] = fields["address"] or ""
        return Customer.objects.open_file(by=self.request.user, **press, **fields)

    def made(self, op):
        return Customer.made_by(op, self.request.user)

    def next(self):
        """Where to go on, when that is a page of ours: the call screen that sent for a new file."""
        url = self.request.POST.get("next") or self.request.GET.get("next", "")
        return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""

    def get_success_url(self, record):
        return self.next() or record.get_absolute_url()


class CustomerEdit(EditPage):
    """Correct what is known about a customer; of a merged file that is the one it was merged into."""

    queryset = Customer.objects.select_related("region")
    form_class = CustomerForm
    permission = "customers.change_customer"
    template_name = "customers/customer_edit.html"
    title = gettext_lazy("Edit customer")

    def may(self):
        return super().may() and not self.record.erased_at

    def form_options(self):
        return {"user": self.request.user}

    def get(self, request, *args, **kwargs):
        if not self.record.is_live:
            return redirect("customers:edit", self.record.root_id)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if self.record.is_live:
            return super().post(request, *args, **kwargs)
        now = get_visible_or_404(self.get_queryset(), request.user, pk=self.record.root_id)
        form = CustomerForm(request.POST, instance=copy(now), **self.form_options())
        form.is_valid()
        return self.answer(form, 409, record=now, version=now.version, conflict=self.conflict(form, now))


class Reach(FormPage):
    """All numbers and contacts of a customer, and one form to add to them."""

    form_class = ReachForm
    permission = "customers.change_customer"
    template_name = "customers/reach.html"
    title = gettext_lazy("Phones and contacts")

    def find(self):
        files = Customer.objects.with_contact_points()
        self.customer = get_visible_or_404(files, self.request.user, pk=self.kwargs["pk"])

    def may(self):
        return super().may() and not self.customer.erased_at

    def form_options(self):
        return {"customer": self.customer}

    def get_context_data(self, **context):
        contacts = list(self.customer.contacts.all())
        for phone in (phones := list(self.customer.phones.all())):
            phone.people = [contact for contact in contacts if contact.phone_id == phone.pk]
        loose = [contact for contact in contacts if contact.phone_id is None]
        return super().get_context_data(customer=self.customer, phones=phones, loose=loose, **context)

    def get(self, request, *args, **kwargs):
        return self.answer(ReachForm(**self.form_options()))

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        form = ReachForm(request.POST, **self.form_options())
        if not form.is_valid():
            return self.answer(form, 422)
        form.keep(by=request.user)
        messages.success(request, _("Saved."))
        return redirect("customers:reach", pk=self.customer.pk)


class ReachAct(View):
    """A press on one row of that page."""

    http_method_names = ["post", "options"]
    model = Phone

    def post(self, request, pk, row):
        customer = get_visible_or_404(Customer.objects.all(), request.user, pk=pk)
        if not request.user.has_perm("customers.change_customer"):
            raise PermissionDenied
        with transaction.atomic():
            self.act(customer, get_object_or_404(self.model, pk=row, customer=customer), by=request.user)
        return redirect("customers:reach", pk=pk)


class PhonePrefer(ReachAct):
    """Call this number first."""

    def act(self, customer, phone, by):
        customer.prefer(phone, by=by)


class PhoneRemove(ReachAct):
    """The number is not his any more."""

    def act(self, customer, phone, by):
        customer.remove_phone(phone, by=by)


class ContactRemove(ReachAct):
    """Nobody calls for him under this name any more."""

    model = Contact

    def act(self, customer, contact, by):
        customer.remove_contact(contact, by=by)
