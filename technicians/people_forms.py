"""Forms about technicians themselves: skills, certificates, leave."""

from django import forms
from django.utils.translation import pgettext_lazy

from accounts.models import Region, User
from core.forms import DayField, Form, LineField, ModelForm, Ticks, TimeOfDayField
from technicians.models import Certificate, Technician, choices


class TechnicianForm(ModelForm):
    """What decides where and when he is sent."""

    skills = forms.MultipleChoiceField(
        label=pgettext_lazy("technician", "Skills"), choices=choices.Skill.choices, widget=Ticks, required=False
    )
    begins_at = TimeOfDayField(label=pgettext_lazy("technician", "Begins work"))
    ends_at = TimeOfDayField(label=pgettext_lazy("technician", "Ends work"))

    class Meta:
        model = Technician
        fields = ["home", "skills", "begins_at", "ends_at", "capacity", "active"]

    def __init__(self, *args, regions=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["home"].queryset = Region.objects.filter(pk__in=regions)


class NewTechnicianForm(TechnicianForm):
    """Which member of staff with the technician's role is sent out from now on."""

    class Meta(TechnicianForm.Meta):
        fields = ["user", *TechnicianForm.Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, groups__name="technician", technician__isnull=True)
        regions = self.fields["home"].queryset.values("pk")
        self.fields["user"].queryset = staff.filter(pk__in=User.objects.filter(regions__in=regions)).order_by("name")


class CertificateForm(ModelForm):
    obtained_on = DayField(label=pgettext_lazy("certificate", "Obtained on"))
    valid_until = DayField(label=pgettext_lazy("certificate", "Valid until"), required=False)

    class Meta:
        model = Certificate
        fields = ["kind", "name", "obtained_on", "valid_until", "result"]


class LeaveForm(Form):
    first_on = DayField(label=pgettext_lazy("leave", "First day"))
    last_on = DayField(label=pgettext_lazy("leave", "Last day"))
    reason = LineField(label=pgettext_lazy("leave", "Reason"), max_length=100)
