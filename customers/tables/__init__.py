"""The tables this app takes in and gives out; registered when the app is ready."""

from core.tables.resource import register
from customers.tables.cards import CardTable
from customers.tables.orders import OrderTable
from customers.tables.people import CustomerTable
from customers.tables.prices import PriceTable
from customers.tables.products import ProductTable


def offer():
    """Called once, when the app is ready."""
    for table in (CustomerTable, OrderTable, CardTable, ProductTable, PriceTable):
        register(table)
