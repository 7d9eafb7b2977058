from core.forms import ModelForm, TimeOfDayField
from notifications.models import Preference


class PreferenceForm(ModelForm):
    class Meta:
        model = Preference
        fields = ["by_email", "digest_by_email", "quiet_from", "quiet_until"]
        field_classes = dict.fromkeys(("quiet_from", "quiet_until"), TimeOfDayField)
