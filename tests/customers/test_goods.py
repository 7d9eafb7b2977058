"""Orders and service cards."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from customers.models import Order, ServiceCard
from customers.signals import card_registered

from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    ProductFactory,
    ServiceCardFactory,
    WarrantyPlanFactory,
)


@pytest.fixture
def customer(region):
    return CustomerFactory(region=region)


@pytest.fixture
def product(db):
    WarrantyPlanFactory()
    return ProductFactory(model_no="M-203", name="实木复合门")


def card_facts(**changes):
    return {
        "op": str(uuid.uuid4()), "product": "m-203", "room": "主卧", "installed_on": "2026-08-19",
        "accepted_on": "2026-08-20", "bought_on": "", "order": "", "installer": "", "installed_by": "佳美安装队",
        "spec": "", "batch": "B2608", "opening_direction": "left_in", "colour": "", "measured_size": "2100 × 900 × 240",
        "note": "",
    } | changes  # fmt: skip


def line(number, **changes):
    facts = {"product": "", "quantity": "1", "room": "", "spec": "", "id": ""} | changes
    return {f"lines-{number}-{name}": value for name, value in facts.items()}


def order_facts(*lines, initial=0, **changes):
    facts = {
        "op": str(uuid.uuid4()), "number": "", "ordered_on": "2026-06-01", "delivered_on": "", "state": "ordered",
        "dealer": "", "voucher": "FP-001", "service_terms": "旧门清运", "note": "",
        "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": initial,
    }  # fmt: skip
    for one in lines:
        facts |= one
    return facts | changes


def new(kind, customer):
    return reverse(f"customers:{kind}-new", args=[customer.pk])


@pytest.mark.parametrize(("kind", "word"), [("card", "batch"), ("order", "voucher")])
def test_the_same_submission_with_other_words_is_not_taken_for_the_first(signed_in, customer, product, kind, word):
    model, facts = {"card": (ServiceCard, card_facts()), "order": (Order, order_facts())}[kind]
    assert signed_in.post(new(kind, customer), facts).status_code == 302
    answer = signed_in.post(new(kind, customer), facts | {word: "ZZ-OTHER"})
    assert answer.status_code == 409
    assert "ZZ-OTHER" in answer.text
    assert getattr(model.objects.get(), word) == facts[word]
    assert signed_in.post(new(kind, customer), facts).status_code == 302
    assert model.objects.count() == 1


@pytest.mark.req("S0-38", "S3-81")
def test_a_card_is_registered_with_its_room_and_told(signed_in, agent, customer, product):
    told = []
    card_registered.connect(lambda cards, by, **kwargs: told.append((cards, by)), weak=False, dispatch_uid="t")
    data = card_facts()
    assert signed_in.post(new("card", customer), data).url == customer.get_absolute_url()
    signed_in.post(new("card", customer), data)
    card_registered.disconnect(dispatch_uid="t")
    card = ServiceCard.objects.get()
    assert told == [([card], agent)]
    assert card.number.startswith("FW")
    assert (card.customer, card.product, card.room, card.installed_by) == (customer, product, "主卧", "佳美安装队")
    assert card.warranty(date(2026, 11, 22)).ends_on == date(2029, 8, 20)
    page = signed_in.get(card.get_absolute_url()).content.decode()
    for words in ("M-203", "B2608", "2100 × 900 × 240", "左内开", "2029-08-20"):
        assert words in page
    assert "主卧" in signed_in.get(customer.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product", "没有这个型号"), ("product", ""), ("product", "%"), ("accepted_on", "2026-08-18"),
        ("installed_on", "2999-01-01"), ("installed_on", "not a day"), ("order", "999"), ("installer", "999"),
        ("opening_direction", "up"),
    ],
)  # fmt: skip
def test_a_wrong_card_says_so_at_its_field(signed_in, customer, product, field, value):
    answer = signed_in.post(new("card", customer), card_facts(**{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert not ServiceCard.objects.exists()


def test_a_product_is_found_by_any_part_that_only_it_has(signed_in, customer, product):
    ProductFactory(model_no="M-318", name="烤漆门")
    signed_in.post(new("card", customer), card_facts(product="复合"))
    assert ServiceCard.objects.get().product == product
    answer = signed_in.post(new("card", customer), card_facts(product="M-"))
    assert "M-203、M-318" in answer.content.decode()


def test_a_card_takes_orders_and_installers_of_its_own_file_only(signed_in, customer, product, elsewhere, region):
    foreign = OrderFactory(customer=CustomerFactory(region=elsewhere))
    assert signed_in.post(new("card", customer), card_facts(order=foreign.pk)).status_code == 422
    stranger = UserFactory(role="technician", region=elsewhere)
    assert signed_in.post(new("card", customer), card_facts(installer=stranger.pk)).status_code == 422
    fitter = UserFactory(role="technician", region=region)
    order = OrderFactory(customer=customer)
    assert signed_in.post(new("card", customer), card_facts(installer=fitter.pk, order=order.pk)).status_code == 302


def test_a_card_is_corrected_on_its_version(signed_in, customer, product):
    card = ServiceCardFactory(customer=customer, product=product, room="主卧")
    edit = reverse("customers:card-edit", args=[card.pk])
    data = card_facts(version=card.version, room="次卧")
    assert signed_in.post(edit, data).status_code == 302
    assert signed_in.post(edit, data | {"room": "书房"}).status_code == 409
    card.refresh_from_db()
    assert (card.room, card.version) == ("次卧", 2)


@pytest.mark.req("S3-55", "S1-87", "S3-81")
def test_an_order_keeps_its_lines_and_what_was_promised(signed_in, customer, product):
    data = order_facts(line(0, product="M-203", quantity="2", room="主卧", spec="2100×900"), line(1))
    signed_in.post(new("order", customer), data)
    signed_in.post(new("order", customer), data)
    order = Order.objects.get()
    assert order.number.startswith("DD")
    assert (order.service_terms, order.voucher, order.state) == ("旧门清运", "FP-001", "ordered")
    assert [(one.product, one.quantity, one.room) for one in order.lines.all()] == [(product, 2, "主卧")]
    page = signed_in.get(order.get_absolute_url()).content.decode()
    for words in ("旧门清运", "M-203", "FP-001", "已下单"):
        assert words in page


def test_an_order_with_a_number_of_its_own(signed_in, customer, product):
    signed_in.post(new("order", customer), order_facts(number="XS-2026-001"))
    assert Order.objects.get().number == "XS-2026-001"
    again = signed_in.post(new("order", customer), order_facts(number="XS-2026-001"))
    assert (again.status_code, again.context["form"].errors.keys()) == (422, {"number"})


@pytest.mark.parametrize(
    "changes",
    [
        {"delivered_on": "2026-05-31"}, {"ordered_on": "2999-01-01"}, {"lines-0-product": "没有"},
        {"lines-0-quantity": "0"}, {"lines-0-quantity": "-3"}, {"lines-0-quantity": "1e9"}, {"state": "lost"},
        {"lines-TOTAL_FORMS": "x"}, {"lines-TOTAL_FORMS": "5000"},
    ],
)  # fmt: skip
def test_a_wrong_order_is_not_noted(signed_in, customer, product, changes):
    answer = signed_in.post(new("order", customer), order_facts(line(0, product="M-203"), **changes))
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_lines_are_added_changed_and_struck_out(signed_in, customer, product):
    order = OrderFactory(customer=customer)
    kept, struck = OrderLineFactory(order=order, product=product), OrderLineFactory(order=order, product=product)
    data = order_facts(
        line(0, id=kept.pk, product="M-203", quantity="3"),
        line(1, id=struck.pk, product="M-203", DELETE="on"),
        line(2, product="M-203", room="书房"),
        initial=2, version=order.version, number=order.number,
    )  # fmt: skip
    edit = reverse("customers:order-edit", args=[order.pk])
    assert signed_in.post(edit, data).status_code == 302
    assert sorted(order.lines.values_list("quantity", "room")) == [(1, "书房"), (3, "")]
    assert signed_in.post(edit, data).status_code == 409
    assert order.lines.count() == 2


def test_another_orders_lines_are_not_touched(signed_in, customer, product, elsewhere):
    order = OrderFactory(customer=customer)
    foreign = OrderLineFactory(order__customer=CustomerFactory(region=elsewhere), product=product, quantity=1)
    data = order_facts(line(0, id=foreign.pk, product="M-203", quantity="9"), initial=1, version=order.version)
    assert signed_in.post(reverse("customers:order-edit", args=[order.pk]), data).status_code in (302, 422)
    foreign.refresh_from_db()
    assert (foreign.quantity, foreign.order_id == order.pk) == (1, False)


def test_the_file_costs_the_same_for_one_and_for_many_goods(
    signed_in, customer, product, django_assert_max_num_queries
):
    def cost():
        with django_assert_max_num_queries(40) as seen:
            assert signed_in.get(customer.get_absolute_url()).status_code == 200
        return len(seen.captured_queries)

    OrderLineFactory(
        order=ServiceCardFactory(customer=customer, product=product, order=OrderFactory(customer=customer)).order
    )
    cost()  # copies of slow tables are made
    first = cost()
    for _again in range(15):
        order = OrderFactory(customer=customer)
        OrderLineFactory(order=order, product=product)
        ServiceCardFactory(customer=customer, product=ProductFactory(), order=order)
        customer.add_phone(f"139{_again:08}")
    assert cost() == first


def test_look_ups_offer_what_is_typed(signed_in, product):
    page = signed_in.get(reverse("customers:products"), {"q": "复合"}).content.decode()
    assert page == f'<li role="option" data-value="{product.pk}" data-label="M-203">M-203 实木复合门</li>'
    assert "湖北省黄石市下陆区" in signed_in.get(reverse("customers:areas"), {"q": "黄石下陆"}).content.decode()
    for hostile in ("%", "_", "'", "\\", "<script>", "x" * 10_000, ""):
        assert signed_in.get(reverse("customers:areas"), {"q": hostile}).status_code == 200
        assert "<script>" not in signed_in.get(reverse("customers:products"), {"q": hostile}).content.decode()
