"""The style guide: every component in every state, on one page, for those who build pages and those who judge them."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from core.clocks import Clock
from core.forms import (
    Combobox,
    DayField,
    FilesField,
    Form,
    LineField,
    MomentField,
    MoneyField,
    PhoneField,
    Segments,
    TextField,
    Ticks,
    forms,
)

KINDS = [
    ("product", _("Product quality")),
    ("fitting", _("Installation")),
    ("size", _("Wrong size")),
    ("late", _("Late")),
]
ROOMS = [("bed", _("Main bedroom")), ("second", _("Second bedroom")), ("bath", _("Bathroom"))]
TOWNS = [("420200", "黄石 Huangshi"), ("420100", "武汉 Wuhan"), ("420500", "宜昌 Yichang"), ("421000", "荆州 Jingzhou")]


WRONG = {"wrong-content": "", "wrong-kind": "x", "wrong-phone": "1380013", "wrong-amount": "1,000"}


class SampleForm(Form):
    """One field of every kind."""

    content = TextField(label=_("What happened"), help_text=_("In the customer's own words."))
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, widget=Segments(alt=1))
    rooms = forms.MultipleChoiceField(label=_("Rooms"), choices=ROOMS, widget=Ticks, required=False)
    phone = PhoneField(label=_("Telephone"))
    amount = MoneyField(label=_("Amount"), help_text=_("In yuan."), required=False)
    promised = MomentField(label=_("Answer promised"), required=False)
    fitted = DayField(label=_("Fitted on"), required=False)
    town = forms.ChoiceField(label=_("Town"), choices=[("", "—"), *TOWNS], widget=Combobox, required=False)
    name = LineField(label=_("Name"), required=False)
    urgent = forms.BooleanField(label=_("Call back today"), required=False)
    photos = FilesField(label=_("Photos"), required=False)


class StyleGuide(FormView):
    """Shows the components; posting its form shows the refusal and the toast."""

    form_class = SampleForm

    def get_template_names(self):
        return ["core/_sample_dialog.html" if "dialog" in self.request.GET else "core/style_guide.html"]

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_staff:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_prefix(self):
        return "plan" if "dialog" in self.request.GET else None  # both forms are on one page then, each with its ids

    def get_initial(self):
        return {
            "content": "门板从锁孔往下裂了一道缝，手指能摸到。",
            "kind": "product",
            "phone": "13800138000",
            "rooms": ["bed"],
        }

    def form_valid(self, form):
        messages.success(self.request, _("The sample was accepted; nothing was stored."))
        return self.render_to_response(self.get_context_data(form=form))

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        now = timezone.now()
        return super().get_context_data(**kwargs) | {
            "now": now,
            "clocks": _clocks(now),
            "lines": _lines(now),
            "wrong": self.form_class(WRONG, prefix="wrong"),
            "ladder": [("一周", 88, "88%"), ("一个月", 91, "91%"), ("三个月", 93, "93%"), ("半年", 94, "94%")],
            "months": [(f"{month}月", value) for month, value in enumerate([31, 44, 28, 52, 61, 40, 37], start=5)],
            "figures": _figures(),
            "phrases": ["门扇", "门套", "锁体", "合页", "开裂", "起泡", "异响", "下垂"],
            "sample_page": {"previous_url": "?after=1", "next_url": "?after=2"},
            "typed": [{"label": _("Note"), "text": "客户说明天下午三点以后方便接电话。"}],
            "conflict_changes": [{"label": _("Severity"), "theirs": _("severe"), "yours": _("minor")}],
        }


def _clocks(now):
    hour = timedelta(hours=1)
    return [
        Clock.of(
            label=_("Plan, 72 hours"), started=now - 30 * hour, due=now + 42 * hour + timedelta(seconds=30), now=now
        ),
        Clock.of(
            label=_("Plan, 72 hours"), started=now - 67 * hour, due=now + 5 * hour + timedelta(minutes=12.5), now=now
        ),
        Clock.of(label=_("Solution"), started=now - 190 * hour, due=now - 25 * hour, now=now),
        Clock.of(
            label=_("First reply"), started=now - hour, due=now + hour, met=now - 48 * timedelta(minutes=1), now=now
        ),
        Clock.of(label=_("First reply"), started=now - 9 * hour, due=now - 7 * hour, met=now - 4 * hour, now=now),
        Clock.of(label=_("Solution"), started=now - hour, paused=True, words=_("waiting for the customer"), now=now),
    ]


def _figures():
    return [
        {"label": _("Calls due"), "value": "1,284", "change": _("1,251 last month"), "url": "#figures"},
        {"label": _("Reached"), "value": "85.8%", "change": _("up 2.1"), "url": "#figures"},
        {"label": _("Satisfied"), "value": "91.4%", "change": _("down 1.8"), "url": "#figures"},
        {"label": _("Became complaints"), "value": "37", "change": _("29 closed"), "url": "#figures"},
        {"label": _("Praise"), "value": "64"},
    ]


def _lines(now):
    said = "门板从锁孔往下裂了一道缝，手指能摸到。今年三月装的，平时没磕碰过。希望换一扇新的。"
    day = timedelta(days=1)
    return [
        {"at": now, "who": "王敏", "what": _("accepted the plan"), "is_new": True},
        {"at": now - day, "who": "周正", "what": _("finished the appraisal"), "photos": _photos()},
        {"at": now - 9 * day, "who": "王敏", "what": _("registered the complaint"), "said": said},
        {
            "at": now - 400 * day,
            "what": _("Three-month call: satisfied"),
            "quiet": True,
            "restricted": _("managers only"),
        },
    ]


def _photos():
    drawing = (
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='400' height='300'%3E%3Crect width='400' "
        "height='300' fill='%23{}'/%3E%3Cpath d='M120 40h160v230H120z' fill='%23{}'/%3E%3C/svg%3E"
    )
    looks = [("b79b78", "8a6b4a"), ("a9b0a2", "6f7a66"), ("c2b9ac", "94715a")]
    pictures = [
        {"url": drawing.format(*look), "thumb_url": drawing.format(*look), "kind": "image", "caption": caption}
        for look, caption in zip(looks, (_("Door leaf"), _("Lock side"), ""), strict=True)
    ]
    return [*pictures, {"url": "#", "kind": "audio", "name": "2026-11-21.m4a"}]
