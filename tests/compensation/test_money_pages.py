"""Finance's pages: what is to be paid, files for bank and ledger program, debts, claims, gifts."""

import io
import uuid
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from payments.forms import month_of
from payments.models import Claim, Debt, Gift, Payment, PayOrder, Receipt, Tier
from payments.models.order import BankBatch

from tests.compensation.conftest import ask, do, money_holds
from tests.factories.cases import ComplaintFactory
from tests.factories.files import upload
from tests.factories.payments import released

pytestmark = pytest.mark.django_db


def send(client, name, *args, **data):
    return client.post(reverse(f"payments:{name}", args=args), {"op": str(uuid.uuid4())} | data)


def page(client, name, *args, query=""):
    return client.get(reverse(f"payments:{name}", args=args) + query)


@pytest.fixture
def to_pay(company):
    bank = {"means": "transfer", "payee_name": "=cmd|x", "payee_account": "6222021234567890123", "payee_bank": "工行"}
    record = ask(company, **bank)
    return do(record, "approve_goodwill", company.supervisor, amount=Decimal(100), words="同意")


@pytest.mark.req("S0-12")
def test_what_was_approved_waits_for_finance_who_alone_sees_the_account(client, company, to_pay):
    client.force_login(company.finance)
    shown = page(client, "to-pay").text
    assert to_pay.number in shown
    assert "6222021234567890123" in shown
    assert reverse("compensation:compensation-pay", args=[to_pay.pk]) in shown
    client.force_login(company.agent)
    shown = page(client, "to-pay").text
    assert to_pay.number in shown
    assert "6222021234567890123" not in shown


def test_ticked_orders_become_one_file_for_the_bank_and_only_once(client, company, to_pay):
    client.force_login(company.finance)
    order = PayOrder.objects.get()
    for wrong in ({}, {"pk": "abc"}, {"pk": "9" * 30}, {"pk": "-1"}, {"pk": "99999"}):
        assert send(client, "batch-new", **wrong).status_code == 302
    assert not BankBatch.objects.exists()
    op = str(uuid.uuid4())
    for _ in range(2):
        client.post(reverse("payments:batch-new"), {"op": op, "pk": order.pk})
    send(client, "batch-new", pk=order.pk)
    batch = BankBatch.objects.get()
    assert batch.number in page(client, "batches").text
    text = b"".join(page(client, "batch-file", batch.pk).streaming_content).decode("utf-8-sig")
    line = text.splitlines()[1]
    assert "'=cmd|x" in line
    assert "100.00" in line
    assert order.number in line


@pytest.mark.req("S2-82")
def test_the_month_goes_to_the_ledger_program_with_account_and_summary(client, company, to_pay):
    do(to_pay, "pay", company.finance, amount=Decimal(100), means="transfer", reference="=1+1")
    refund = released(ComplaintFactory(), 30, company.general_manager, giving="refund")
    line = refund.pay(Decimal(30), means="cash", by=company.finance, now=timezone.now())
    refund.reverse(line, reason="误付", by=company.finance, now=timezone.now())
    client.force_login(company.finance)
    answer = page(client, "month-file", query=f"?month={timezone.localdate():%Y-%m}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 4
    assert [row[4] for row in rows[1:]] == [100, 30, -30]
    assert rows[1][6] == "=1+1"
    assert sheet.cell(2, 7).data_type == "s"
    assert rows[1][7].startswith("6601")
    assert rows[2][7].startswith("6001")
    assert "冲销" in rows[3][9]
    assert company.finance.name in page(client, "payments").text
    for nonsense in ("2026-13", "abc", "1e9", "2026-1", "9999-01"):
        assert page(client, "payments", query=f"?month={nonsense}").status_code == 200
    empty = page(client, "month-file", query="?month=2020-01")
    assert len(list(openpyxl.load_workbook(io.BytesIO(empty.content)).active.iter_rows())) >= 1
    client.force_login(company.agent)
    assert page(client, "month-file").status_code == 403


def test_a_month_has_its_first_and_last_day():
    assert month_of("2028-02", None) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of("2026-12", None) == (date(2026, 12, 1), date(2026, 12, 31))
    assert month_of("２０２６-01", date(2026, 4, 9)) == (date(2026, 4, 1), date(2026, 4, 30))


def test_a_receipt_is_confirmed_once_and_printed(client, company):
    order = released(ComplaintFactory(), 1280, company.general_manager)
    line = order.pay(Decimal(1280), means="cash", by=company.finance, now=timezone.now())
    client.force_login(company.finance)
    assert page(client, "receipt-new", line.pk).status_code == 200
    assert send(client, "receipt-new", line.pk, how="").status_code == 422
    assert "multipart/form-data" in page(client, "receipt-new", line.pk).text
    assert send(client, "receipt-new", line.pk, how="signed", file=upload(b"MZ", "x.exe")).status_code == 422
    answer = send(client, "receipt-new", line.pk, how="signed", file=upload())
    scan = Receipt.objects.get().attachment
    assert (scan.matter, scan.subject) == (line.matter, order.subject)
    assert reverse("workflow:attachment", args=[scan.pk]) in page(client, "payments").text
    assert "壹仟贰佰捌拾元整" in client.get(answer.url).text
    assert send(client, "receipt-new", line.pk, how="signed").status_code == 409
    assert Receipt.objects.count() == 1


def test_a_debt_passes_from_who_enters_it_to_who_confirms_and_who_pays(client, company):
    matter = ComplaintFactory().matter
    client.force_login(company.agent)
    assert send(client, "debt-new", matter.pk, kind="fee", amount="-1", why="x").status_code == 422
    answer = send(client, "debt-new", matter.pk, kind="fee", amount="280", why="垫付安装费", means="cash")
    debt = Debt.objects.get()
    assert answer.url == debt.get_absolute_url()
    assert send(client, "debt-confirm", debt.pk).status_code == 403
    client.force_login(company.supervisor)
    assert send(client, "debt-confirm", debt.pk).status_code == 302
    assert send(client, "debt-confirm", debt.pk).status_code == 409
    client.force_login(company.finance)
    assert debt.number in page(client, "to-pay").text
    assert page(client, "debt-pay", debt.pk).status_code == 200
    pay = {"amount": "280", "means": "wechat", "reference": "W1", "paid_on": f"{timezone.localdate()}"}
    assert send(client, "debt-pay", debt.pk, **(pay | {"amount": "281"})).status_code == 422
    assert send(client, "debt-pay", debt.pk, **(pay | {"reference": ""})).status_code == 422
    op = str(uuid.uuid4())
    for _ in range(2):
        assert send(client, "debt-pay", debt.pk, **pay, op=op).status_code == 302
    assert send(client, "debt-pay", debt.pk, **pay).status_code == 409
    line = Payment.objects.get()
    assert send(client, "debt-reverse", debt.pk, line=line.pk, reason="退回").status_code == 302
    assert page(client, "debts").status_code == page(client, "debt", debt.pk).status_code == 200
    money_holds()


@pytest.mark.req("S2-82")
def test_a_claim_is_entered_answered_and_received_and_summed_by_month(client, company):
    matter = ComplaintFactory().matter
    client.force_login(company.agent)
    form = {"against": "carrier", "party": "安能物流", "what": "门扇断裂", "claimed": "900", "waybill": "AN1"}
    assert send(client, "claim-new", matter.pk, **(form | {"claimed": "0"})).status_code == 422
    send(client, "claim-new", matter.pk, **form)
    claim = Claim.objects.get()
    assert send(client, "claim-answered", claim.pk, agreed="1", answer="x").status_code == 403
    client.force_login(company.finance)
    assert send(client, "claim-answered", claim.pk, agreed="901", answer="x").status_code == 422
    assert send(client, "claim-answered", claim.pk, agreed="700", answer="按保价").status_code == 302
    money = {"amount": "700", "reference": "B1", "received_on": f"{timezone.localdate()}"}
    late = {"received_on": f"{timezone.localdate() + timedelta(days=1)}"}
    assert send(client, "claim-receive", claim.pk, **(money | late)).status_code == 422
    assert send(client, "claim-receive", claim.pk, **money).status_code == 302
    assert send(client, "claim-receive", claim.pk, **(money | {"reference": "B2"})).status_code == 409
    shown = page(client, "claims").text
    assert "¥900.00" in shown
    assert "¥700.00" in shown
    assert page(client, "claim", claim.pk).status_code == 200


@pytest.mark.req("S0-60")
def test_a_gift_is_given_and_handed_over_from_the_register(client, company):
    Tier.objects.create(role="agent", giving="gift", limit=50, since=date(2020, 1, 1))
    matter = ComplaintFactory().matter
    client.force_login(company.agent)
    assert send(client, "gift-new", matter.pk, item="保温杯", value="51", why="致歉").status_code == 403
    assert send(client, "gift-new", matter.pk, item="保温杯", value="30", why="致歉").status_code == 302
    gift = Gift.objects.get()
    assert "保温杯" in page(client, "gifts").text
    assert send(client, "gift-deliver", gift.pk, on=f"{timezone.localdate()}", how="快递").status_code == 302
    assert send(client, "gift-deliver", gift.pk, on=f"{timezone.localdate()}", how="快递").status_code == 409


def test_money_lists_cost_the_same_for_one_row_and_fifty(client, company):
    client.force_login(company.finance)

    def fill(count):
        for _ in range(count):
            order = released(ComplaintFactory(), 10, company.general_manager)
            order.pay(Decimal(5), means="cash", by=company.finance, now=timezone.now())
            Debt.objects.owe(order.matter, "fee", 5, why="垫付", by=company.agent, now=timezone.now())
            Claim.objects.raise_on(
                order.matter, "group", 5, party="集团", what="门", by=company.agent, now=timezone.now()
            )

    def counts():
        found = []
        for name in ("to-pay", "payments", "debts", "claims", "gifts"):
            page(client, name)
            with CaptureQueriesContext(connection) as queries:
                page(client, name)
            found.append(len(queries))
        return found

    fill(1)
    few = counts()
    fill(20)
    assert counts() == few
