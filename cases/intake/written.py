"""From the form of a call to the keyword arguments of the act it comes to."""

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cases.intake.forms import OTHER_ITEMS, SELF, SOMEBODY_ELSE
from cases.intake.kinds import ANSWERED
from cases.intake.newcomer import area_of
from cases.intake.proposal import suggest
from cases.models import choices
from core.moments import exact
from customers.models import Contact, Product
from workflow.models import Promise


class Written:
    """What a valid form holds."""

    def __init__(self, form):
        self.form, self.file = form, form.file
        self.chosen, self.clean = form.chosen, form.cleaned_data

    def details(self):
        """The keyword arguments of ``acts.register`` for this call."""
        fields = {
            "type": self.chosen.value,
            "content": "\n".join([self.clean["content"], *self._unlisted()]),
            "channel": self.clean["channel"],
            "topic": self.clean["topic"] if self.chosen in ANSWERED else "",
            "urgency": self.clean["urgency"],
            "is_risky": self.clean["is_risky"],
        }
        if self.clean["received_at"]:
            fields["received_at"] = self.clean["received_at"]
        return {
            "fields": fields | self._sorted(),
            "items": self._items(),
            "promise": self._promise(),
            "caller": self._caller(),
            "newcomer": self._newcomer(),
            "answer": self._answer(),
            "plan": self.clean["standard_plan"] if self.chosen not in ANSWERED else None,
            "agreed": self.clean["agreed"],
            "files": self.files,
        }

    @property
    def files(self):
        """Pairs of what the files show and the files, as the verb that takes them wants them."""
        return [(self.clean["shows"], prepared) for prepared in self.clean["files"]]

    def _sorted(self):
        """Class, severity, demand and grave as the agent left them, or as the words propose where he left them open."""
        if self.chosen in ANSWERED:
            return {"is_grave": self.clean["is_grave"]}
        said = self.proposal
        return {
            "klass": self.clean["klass"] or said.klass,
            "severity": self.clean["severity"] or said.severity,
            "demand": self.clean["demand"] or said.demand,
            "demand_words": self.clean["demand_words"],
            "is_grave": self.clean["is_grave"] or (said.grave and not self.clean["proposal_seen"]),
        }

    @cached_property
    def proposal(self):
        return suggest(self.clean["content"], self.form.desk.classes)

    def _items(self):
        """One item for every product ticked, and for every other one described."""
        if not self.file:
            return []
        cards = {str(one.card.pk): one.card for one in self.file.cards}
        items = [
            {
                "card": cards[key],
                "product": cards[key].product,
                "room": cards[key].room,
                "part": self.clean[f"part_{key}"],
                "symptom": self.clean[f"symptom_{key}"],
            }
            for key in self.clean["card"]
        ]
        return items + [item for _typed, item in self._others if any(item.values())]

    @cached_property
    def _others(self):
        """(what was typed as the model, the item) of the rows for goods without a card."""
        rows = []
        typed = [self.clean.get(f"model_{index}", "") for index in range(OTHER_ITEMS)]
        models_known = {}
        if any(typed):
            numbers = {name.split(" ")[0] for name in typed if name}
            found = Product.objects.filter(active=True, model_no__in=numbers | {number.upper() for number in numbers})
            models_known = {product.model_no.lower(): product for product in found}
        for index, name in enumerate(typed):
            product = models_known.get(name.split(" ")[0].lower()) if name else None
            item = {
                "product": product,
                "room": self.clean.get(f"room_{index}", ""),
                "part": self.clean.get(f"part_o{index}", ""),
                "symptom": self.clean.get(f"symptom_o{index}", ""),
            }
            rows.append((name, item))
        return rows

    def _unlisted(self):
        """Goods we have no model for are kept in the words, so that nothing typed is lost."""
        return [_("Product: %(name)s") % {"name": name} for name, item in self._others if name and not item["product"]]

    def _answer(self):
        """The answer the customer got at once; for troubles only where he says that it solved them."""
        return self.clean["answer"] if self.chosen in ANSWERED or self.clean["solved"] else ""

    def _promise(self):
        due_at = self.clean["promise_at"]
        if not due_at or self._answer():
            return None
        channel = self.clean["promise_channel"] or Promise.Channel.PHONE
        label = Promise.Channel(channel).label
        what = _("Reply by %(at)s, %(channel)s") % {"at": exact(due_at), "channel": label}
        return {"kind": Promise.Kind.REPLY, "what": what, "due_at": due_at, "channel": channel}

    def _caller(self):
        """Who called: name, relation, number, and whether contact or number are to be kept in the file."""
        if not self.file:
            name = self.clean.get("caller_name") or self.clean.get("name") or ""
            phone = self.clean.get("caller_phone") or self.clean.get("phone") or self.form.number
            relation = self.clean["caller_relation"] if self.clean.get("caller_name") else SELF
            return {"name": name, "relation": relation, "phone": phone, "keep": False}
        if self.clean["caller"] == SOMEBODY_ELSE:
            relation = self.clean["caller_relation"] or Contact.Relation.OTHER
            phone = self.clean["caller_phone"] or self.form.number
            return {"name": self.clean["caller_name"], "relation": relation, "phone": phone, "keep": True}
        contact = next((one for one in self.file.contacts if str(one.pk) == self.clean["caller"]), None)
        if contact:
            phone = self.form.number or (contact.phone.number if contact.phone else "")
            return {"name": contact.name, "relation": contact.relation, "phone": phone, "keep": False}
        keep = self.clean["keep_number"] and not self.file.has_number
        return {"name": self.file.customer.name, "relation": SELF, "phone": self.file.main_number, "keep": keep}

    def _newcomer(self):
        """The fields of the file to open, None where there is one."""
        if self.file or self.form.branch:
            return None
        if self.form.is_anonymous:
            return {"region": self.clean["region"], "name": "", "phone": self.clean.get("phone") or ""}
        area, address = area_of(self.clean["address"])
        source = "wechat" if self.clean["channel"] == choices.Channel.WECHAT else "hotline"
        return {
            "region": self.clean["region"],
            "name": self.clean["name"],
            "phone": self.clean["phone"],
            "area": area,
            "address": address,
            "source": source,
        }
