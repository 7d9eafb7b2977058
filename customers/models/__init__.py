"""Who the customers are, what they bought and what stands in their homes."""

from customers.models.access import Access
from customers.models.card import ServiceCard
from customers.models.consent import Consent
from customers.models.customer import Customer
from customers.models.dealer import Dealer
from customers.models.erasure import Erasure
from customers.models.merge import Merge, NotTheSame
from customers.models.order import Order, OrderLine
from customers.models.phone import Contact, Phone
from customers.models.price import Price, PriceItem, price_on
from customers.models.product import Product, ProductGroup
from customers.models.retention import Due, Retention
from customers.models.warranty import WarrantyCoverage, WarrantyPlan, WarrantyState

__all__ = [
    "Access",
    "Consent",
    "Contact",
    "Customer",
    "Dealer",
    "Due",
    "Erasure",
    "Merge",
    "NotTheSame",
    "Order",
    "OrderLine",
    "Phone",
    "Price",
    "PriceItem",
    "Product",
    "ProductGroup",
    "Retention",
    "ServiceCard",
    "WarrantyCoverage",
    "WarrantyPlan",
    "WarrantyState",
    "price_on",
]
