"""Pages about customers: files, phones, goods, lists and look-ups."""

from customers.views.access import AccessLog, Unmask
from customers.views.consents import Consents
from customers.views.customer import ContactRemove, CustomerEdit, CustomerNew, PhonePrefer, PhoneRemove, Reach
from customers.views.erasures import EraseRequest, ErasurePage, Erasures
from customers.views.file import file
from customers.views.goods import CardDetail, CardEdit, CardNew, OrderDetail, OrderEdit, OrderNew
from customers.views.handing_out import HandOut
from customers.views.labels import Label, Labels
from customers.views.lists import CardList, CustomerList
from customers.views.lookups import Areas, Contact, Products
from customers.views.merging import KeepApart, MergePage, MergeUndo
from customers.views.prices import PriceHistory, PriceItemNew, PriceNew, Prices
from customers.views.retention import DuePage, Dues, RetentionEdit, Retentions

__all__ = [
    "AccessLog",
    "Areas",
    "CardDetail",
    "CardEdit",
    "CardList",
    "CardNew",
    "Consents",
    "Contact",
    "ContactRemove",
    "CustomerEdit",
    "CustomerList",
    "CustomerNew",
    "DuePage",
    "Dues",
    "EraseRequest",
    "ErasurePage",
    "Erasures",
    "HandOut",
    "KeepApart",
    "Label",
    "Labels",
    "MergePage",
    "MergeUndo",
    "OrderDetail",
    "OrderEdit",
    "OrderNew",
    "PhonePrefer",
    "PhoneRemove",
    "PriceHistory",
    "PriceItemNew",
    "PriceNew",
    "Prices",
    "Products",
    "Reach",
    "RetentionEdit",
    "Retentions",
    "Unmask",
    "file",
]
