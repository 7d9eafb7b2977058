"""Who the customers are, what they bought and what stands in their homes."""

from customers.models.card import ServiceCard
from customers.models.consent import Consent
from customers.models.customer import Customer
from customers.models.dealer import Dealer
from customers.models.merge import Merge, NotTheSame
from customers.models.order import Order, OrderLine
from customers.models.phone import Contact, Phone
from customers.models.price import Price, PriceItem, price_on
from customers.models.product import Product, ProductGroup
from customers.models.warranty import WarrantyCoverage, WarrantyPlan, WarrantyState

__all__ = [
    "Consent",
    "Contact",
    "Customer",
    "Dealer",
    "Merge",
    "NotTheSame",
    "Order",
    "OrderLine",
    "Phone",
    "Price",
    "PriceItem",
    "Product",
    "ProductGroup",
    "ServiceCard",
    "WarrantyCoverage",
    "WarrantyPlan",
    "WarrantyState",
    "price_on",
]
