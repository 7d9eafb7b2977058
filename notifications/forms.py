from core.forms import ModelForm
from notifications.models import Preference


class PreferenceForm(ModelForm):
    class Meta:
        model = Preference
        fields = ["by_email", "digest_by_email", "quiet_from", "quiet_until"]
