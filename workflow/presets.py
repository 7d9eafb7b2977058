"""Deadline policies per trade. A company chooses one preset at its first start; the rest is data it may edit.

The figures are those of the requirements, "Deadlines and figures", each with its source; only the chosen ones run, so a
new board is not red on its first day.
"""

from django.utils.translation import gettext_lazy as _

from workflow.models import DeadlinePolicy

H, D, M = "hour", "day", "minute"

# (kind, name, value, unit, calendar, scope, source, more)
COMMON = [
    ("plan", "72 小时内提出处理方案", 72, H, "clock", {"type": "complaint"}, "S0-26", {}),
    ("first_reply", "24 小时内初步答复投诉", 24, H, "clock", {"type": "complaint"}, "S3-01 S3-71 S3-106", {}),
    ("first_reply", "一个工作日内答复咨询和建议", 1, D, "working", {"type": "enquiry"}, "S1-07 S3-53", {}),
    ("first_reply", "一个工作日内答复建议", 1, D, "working", {"type": "suggestion"}, "S1-07 S3-53", {}),
    ("question", "需核实的问题 24 小时内答复", 24, H, "clock", {"type": "enquiry"}, "S2-46", {}),
    ("contact", "2 小时内与报修客户取得联系", 2, H, "working", {"type": "repair"}, "S3-26", {}),
    ("contact", "2 小时内联系需要安装帮助的客户", 2, H, "working", {"type": "installation_help"}, "S3-26", {}),
    (
        "resolve",
        "7 个工作日内解决投诉",
        7,
        D,
        "working",
        {"type": "complaint"},
        "S3-103",
        {"pause_in": ["plan_approved"]},
    ),
    ("resolve", "7 个工作日内完成报修", 7, D, "working", {"type": "repair"}, "S3-103", {"pause_in": ["plan_approved"]}),
    ("serious", "严重投诉每半小时跟进", 30, M, "working", {"severity": "serious"}, "S2-31", {"repeats": True}),
    ("check_in", "实施期间每 3 天与客户沟通一次", 3, D, "working", {}, "S1-28 S3-09", {"repeats": True}),
    ("follow_up", "完成后 3 天内回访", 3, D, "day", {}, "S2-164 S2-169", {}),
    ("agree", "派工后 2 小时内与客户约定上门时间", 2, H, "working", {}, "S3-26", {}),
    ("payout", "批准后 2 个工作日内付款", 2, D, "working", {}, "S2-109", {}),
    ("report", "小额处理当日或次日上报财务和主管经理", 1, D, "working", {}, "S0-12", {}),
]
# Returns and exchanges, whatever the trade (S2-64, S2-99, S2-108 … S2-111, X16).
RETURNS = [
    ("return_answer", "退换货 5 分钟内回复", 5, M, "working", {}, "S2-64", {}),
    ("return_tracking", "同意后 7 天内寄回，逾期关闭", 7, D, "day", {}, "S2-108 S2-30", {}),
    ("return_recall", "未发货 1 个工作日内拦截", 1, D, "working", {"return": "unshipped"}, "S2-111", {}),
    ("return_inspect", "收货后 1 个工作日内质检", 1, D, "working", {}, "S3-64", {}),
    ("return_refund", "2 个工作日内退款", 2, D, "working", {}, "S2-109 S2-110 S2-111 S3-65", {}),
    ("return_ship", "3 个工作日内寄出换货", 3, D, "working", {}, "S1-40", {}),
]
# Orders with a date to meet: the look once or twice a week, and the call before the date passes (S2-61, S3-125).
DELIVERIES = [
    ("delivery_check", "缺货、延期订单每 3 天核查一次", 3, D, "day", {}, "S2-61", {"repeats": True}),
    ("delivery_warn", "有延期风险当日（2 小时内）告知客户", 2, H, "working", {}, "S3-125", {}),
]
COMMON = [*COMMON, *RETURNS, *DELIVERIES]
PRESETS = {
    "doors": (_("Doors"), COMMON),
    "furniture": (
        _("Made-to-order furniture"),
        [
            *COMMON,
            (
                "first_reply",
                "48 小时内答复普通投诉",
                48,
                H,
                "clock",
                {"type": "complaint", "severity": "minor"},
                "S3-102",
                {},
            ),
            ("on_site", "接到报修后 2 小时内到达现场", 2, H, "working", {}, "S3-21", {}),
        ],
    ),
    "e-commerce": (
        _("Online shop"),
        [
            *COMMON,
            ("first_reply", "物流问题 5 分钟内响应", 5, M, "working", {"class": "late_delivery"}, "S2-77", {}),
            ("resolve", "物流问题 48 小时内解决", 48, H, "clock", {"class": "late_delivery"}, "S2-77", {}),
        ],
    ),
    "property": (
        _("Property management"),
        [
            *COMMON,
            ("resolve", "当日报修当日完成，否则书面说明", 0, D, "day", {"type": "repair"}, "S2-118", {}),
            ("send", "接到通知单后 15 分钟内派人", 15, M, "clock", {}, "S2-126", {}),
            ("on_site", "接到报修单后 20 分钟内到达现场", 20, M, "clock", {}, "S2-138", {}),
            ("done", "当日维修当日完成，否则书面说明", 0, D, "day", {}, "S2-118", {}),
        ],
    ),
}


def choose_preset(code):
    """Make the policies of one trade the ones in force; policies of the company's own are left alone."""
    DeadlinePolicy.objects.exclude(preset="").delete()
    DeadlinePolicy.objects.bulk_create(
        DeadlinePolicy(
            kind=kind,
            name=name,
            value=value,
            unit=unit,
            calendar=calendar,
            scope=scope,
            cites=cites,
            preset=code,
            **more,
        )
        for kind, name, value, unit, calendar, scope, cites, more in PRESETS[code][1]
    )
