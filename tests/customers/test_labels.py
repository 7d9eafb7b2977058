"""Labels of service cards: the square opens the card, whose the goods are stays off, fifty cost what one costs."""

import re
from html import unescape

import pytest
import segno
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, PhoneFactory, ServiceCardFactory, WarrantyPlanFactory

SHEET = "/cards/labels/"


def card_of(region):
    customer = PhoneFactory(number="13800138000", customer=CustomerFactory(region=region, name="欧阳静")).customer
    return ServiceCardFactory(customer=customer)


def label(card):
    return reverse("customers:card-label", args=[card.pk])


def text_of(answer):
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_label_says_what_is_needed_on_the_spot_and_not_whose_it_is(signed_in, region):
    WarrantyPlanFactory()
    card = card_of(region)
    page = text_of(signed_in.get(label(card)))
    for words in (card.number, str(card.product), "2026-08-20", f"{card.warranty_until:%Y-%m-%d}", "0714-628 8888"):
        assert words in page
    for words in ("欧阳", "13800138000", "138 0013 8000", card.customer.number):
        assert words not in page
    assert label(card) in signed_in.get(card.get_absolute_url()).content.decode()


def modules(svg):
    """The dark modules of a drawn QR code: strokes of one unit, each "M x y" or "m dx dy" followed by "h length"."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    strokes = re.search(r'<path [^>]*class="qrline"[^>]* d="([^"]+)"', svg)[1]
    x, y, dark = 0.0, 0.0, set()
    for act, given in re.findall(r"([Mmh])([-\d. ]+)", strokes):
        numbers = [float(number) for number in given.split()]
        if act == "M":
            x, y = numbers
        elif act == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            dark |= {(int(x) + step, int(y)) for step in range(int(numbers[0]))}
            x += numbers[0]
    return size, dark


def test_the_square_is_the_address_of_the_card(signed_in, region, settings):
    settings.SITE_URL = "https://service.example"
    card, other = card_of(region), card_of(region)
    drawn = modules(re.search(r'class="square".*?</svg>', text_of(signed_in.get(label(card))), re.DOTALL)[0])

    def of(url):
        matrix = list(segno.make(url, error="m", micro=False).matrix_iter(border=2))
        return len(matrix), {(x, y) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}

    assert drawn == of(f"https://service.example/cards/{card.pk}/")
    assert drawn != of(f"https://service.example/cards/{other.pk}/")


def test_a_sheet_holds_the_ticked_cards_in_their_order(signed_in, region):
    cards = [card_of(region) for _again in range(3)]
    asked = [cards[2].pk, cards[0].pk, cards[2].pk]
    shown = [card for card, _square in signed_in.get(SHEET, {"card": asked}).context["labels"]]
    assert shown == [cards[2], cards[0]]
    page = signed_in.get(reverse("customers:card-list")).content.decode()
    assert f'action="{SHEET}"' in page
    assert f'name="card" value="{cards[0].pk}"' in page


@pytest.mark.parametrize("keys", [["x"], ["1' or 1=1"], ["9" * 40], ["999999"], ["-1"], [""]])
def test_what_is_no_card_is_not_found(signed_in, keys):
    assert signed_in.get(SHEET, {"card": keys}).status_code == 404


def test_nothing_ticked_says_what_to_do(signed_in):
    assert "勾选" in text_of(signed_in.get(SHEET))


@pytest.mark.req("S0-21")
def test_another_branch_s_card_is_not_printed(client, signed_in, region, elsewhere):
    mine, theirs = card_of(region), card_of(elsewhere)
    assert signed_in.get(label(theirs)).status_code == 404
    assert signed_in.get(SHEET, {"card": [mine.pk, theirs.pk]}).status_code == 404
    client.force_login(UserFactory(role="technician", region=region))
    assert client.get(label(mine)).status_code == 404


def test_fifty_labels_cost_what_one_costs(signed_in, region, django_assert_max_num_queries):
    WarrantyPlanFactory()
    cards = [card_of(region).pk for _again in range(50)]

    def cost(keys):
        with django_assert_max_num_queries(15) as seen:
            assert signed_in.get(SHEET, {"card": keys}).status_code == 200
        return len(seen.captured_queries)

    cost(cards[:1])  # copies of slow tables are made
    assert cost(cards) == cost(cards[:1])
