"""What the look-up fields offer while somebody types: options of a list, nothing more."""

from django.http import HttpResponse
from django.utils.html import format_html_join
from django.views import View

from core.text import clean
from customers.addresses import suggest
from customers.models import Product

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
