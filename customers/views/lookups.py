"""What the server tells the fields of a form while somebody types: options of a list, a pasted contact taken apart."""

import re

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse, JsonResponse
from django.utils.html import format_html_join
from django.views import View

from core import phones
from core.text import clean
from customers.addresses import suggest
from customers.models import Product
from customers.pasted import spread

MOST = 20


def options(rows):
    """(value, label, shown) as the options the combobox script reads."""
    return HttpResponse(
        format_html_join("", '<li role="option" data-value="{}" data-label="{}">{}</li>', rows),
        headers={"Cache-Control": "private, max-age=300"},
    )


class Areas(View):
    http_method_names = ["get", "head", "options"]

    def get(self, request):
        return options((code, name, name) for code, name in suggest(clean(request.GET.get("q", ""))))


class Products(View):
    http_method_names = ["get", "head", "options"]

    def get(self, request):
        text = clean(request.GET.get("q", ""))[:60].strip()
        products = Product.objects.filter(active=True)
        if text:
            products = products.filter(model_no__icontains=text) | products.filter(name__icontains=text)
        return options((product.pk, product.model_no, str(product)) for product in products[:MOST])


class Contact(PermissionRequiredMixin, View):
    """A pasted contact as the fields of its form, as JSON. Asked by POST: names and numbers stand in no address."""

    http_method_names = ["post", "options"]
    permission_required = "customers.add_customer"
    raise_exception = True
    fields = ("name", "phone", "area", "address", "pasted")

    def post(self, request):
        data = spread(request.POST)
        told = {name: data[name] for name in self.fields if name in data}
        if re.fullmatch(r"\+?[\dx]+", told.get("phone", "")):
            told["phone"] = phones.group(told["phone"])
        return JsonResponse(told, headers={"Cache-Control": "private, no-store"})
