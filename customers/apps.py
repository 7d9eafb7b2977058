from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self):
        from core.navigation import Entry, register
        from customers import finding, tables, tallies, visibility

        visibility.register()
        finding.show()
        tallies.register()
        tables.offer()
        right = "customers.view_customer"
        register(Entry("customers", _("Customers"), "customers:list", "contact-round", right, order=50, shortcut="g u"))
        register(Entry("cards", _("Service cards"), "customers:card-list", "id-card", right, order=55, shortcut="g s"))
        register(Entry("prices", _("Prices"), "customers:prices", "tags", "customers.view_priceitem", order=90))
