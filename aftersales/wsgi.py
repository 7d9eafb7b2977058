"""The web application, as granian and other WSGI servers load it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from core.orphans import leave_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersales.settings")

application = get_wsgi_application()

# By name, because models can be imported only now that the applications are loaded.
import_string("core.models.installation.refuse_demo_in_production")(settings.PRODUCTION)

if os.environ.get("LEAVE_WITH_PARENT"):
    leave_with_parent()
