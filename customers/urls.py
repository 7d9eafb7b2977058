"""Customers, their phones and goods."""

from django.urls import path

from core import converters  # noqa: F401 — registers <id:…>
from customers import views

app_name = "customers"
urlpatterns = [
    path("customers/", views.CustomerList.as_view(), name="list"),
    path("customers/new/", views.CustomerNew.as_view(), name="new"),
    path("customers/<id:pk>/", views.file, name="file"),
    path("customers/<id:pk>/edit/", views.CustomerEdit.as_view(), name="edit"),
    path("customers/<id:pk>/reach/", views.Reach.as_view(), name="reach"),
    path("customers/<id:pk>/reach/<id:row>/prefer/", views.PhonePrefer.as_view(), name="phone-prefer"),
    path("customers/<id:pk>/reach/<id:row>/remove/", views.PhoneRemove.as_view(), name="phone-remove"),
    path("customers/<id:pk>/contacts/<id:row>/remove/", views.ContactRemove.as_view(), name="contact-remove"),
    path("customers/<id:pk>/unmask/", views.Unmask.as_view(), name="unmask"),
    path("customers/<id:pk>/access/", views.AccessLog.as_view(), name="access"),
    path("customers/<id:pk>/hand-out/", views.HandOut.as_view(), name="hand-out"),
    path("customers/<id:pk>/erase/", views.EraseRequest.as_view(), name="erase"),
    path("erasures/", views.Erasures.as_view(), name="erasures"),
    path("data-kept/", views.Dues.as_view(), name="due-list"),
    path("data-kept/<id:pk>/", views.DuePage.as_view(), name="due"),
    path("data-kept/periods/", views.Retentions.as_view(), name="retentions"),
    path("data-kept/periods/<id:pk>/", views.RetentionEdit.as_view(), name="retention"),
    path("erasures/<id:pk>/", views.ErasurePage.as_view(), name="erasure"),
    path("customers/<id:pk>/consents/", views.Consents.as_view(), name="consents"),
    path("customers/<id:pk>/merge/<id:other>/", views.MergePage.as_view(), name="merge"),
    path("customers/<id:pk>/merge/<id:other>/apart/", views.KeepApart.as_view(), name="keep-apart"),
    path("customers/<id:pk>/merges/<id:row>/undo/", views.MergeUndo.as_view(), name="merge-undo"),
    path("customers/<id:pk>/cards/new/", views.CardNew.as_view(), name="card-new"),
    path("customers/<id:pk>/orders/new/", views.OrderNew.as_view(), name="order-new"),
    path("cards/", views.CardList.as_view(), name="card-list"),
    path("cards/labels/", views.Labels.as_view(), name="card-labels"),
    path("cards/<id:pk>/label/", views.Label.as_view(), name="card-label"),
    path("cards/<id:pk>/", views.CardDetail.as_view(), name="card"),
    path("cards/<id:pk>/edit/", views.CardEdit.as_view(), name="card-edit"),
    path("orders/<id:pk>/", views.OrderDetail.as_view(), name="order"),
    path("orders/<id:pk>/edit/", views.OrderEdit.as_view(), name="order-edit"),
    path("prices/", views.Prices.as_view(), name="prices"),
    path("prices/new/", views.PriceItemNew.as_view(), name="price-item-new"),
    path("prices/<id:pk>/", views.PriceHistory.as_view(), name="price"),
    path("prices/<id:pk>/new/", views.PriceNew.as_view(), name="price-new"),
    path("look-up/areas/", views.Areas.as_view(), name="areas"),
    path("look-up/contact/", views.Contact.as_view(), name="contact"),
    path("look-up/products/", views.Products.as_view(), name="products"),
]
