from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self):
        from core.backups.restore import afterwards
        from core.navigation import MENU, Entry, register
        from customers import erasing, finding, handing_out, retention, tables, tallies, visibility
        from customers.models import OrderLine, Phone, ServiceCard

        visibility.register()
        finding.show()
        tallies.register()
        tables.offer()
        retention.register()
        handing_out.register()
        post_migrate.connect(retention.introduce, sender=self)
        afterwards(erasing.erase_again)
        erasing.keep(OrderLine, "room", "spec")
        erasing.keep(ServiceCard, "room", "spec", "batch", "colour", "measured_size", "installed_by")
        # A number that something points at is made unreadable instead.
        erasing.keep(Phone, "number", "base", "local", "tail")
        right = "customers.view_customer"
        register(Entry("customers", _("Customers"), "customers:list", "contact-round", right, order=50, shortcut="g u"))
        register(Entry("cards", _("Service cards"), "customers:card-list", "id-card", right, order=55, shortcut="g s"))
        register(
            Entry(
                "personal-data",
                _("Personal data"),
                "customers:erasures",
                "shield-check",
                "customers.view_erasure",
                order=60,
                place=MENU,
            )
        )
        register(Entry("prices", _("Prices"), "customers:prices", "tags", "customers.view_priceitem", order=90))
