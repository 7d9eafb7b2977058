"""Settings: everything that differs between two installations comes from the environment, nothing else does.

With no environment at all the application runs embedded: SQLite, a broker made of files, local storage.
``DATABASE_URL`` moves it to PostgreSQL and ``REDIS_URL`` to Redis; no other change is needed.
"""

import logging
import sys
from datetime import timedelta
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))

TESTING = "pytest" in sys.modules
DEBUG = env.bool("DEBUG", False)

DEVELOPMENT_SECRET = "embedded-and-known-to-everyone-do-not-use-in-production"
# bin/run writes a secret of this site's own into its folder; only tests and tools run without one.
OWN_SECRET = VAR_DIR / "secret"
SECRET_KEY = env.str("SECRET_KEY", OWN_SECRET.read_text().strip() if OWN_SECRET.exists() else DEVELOPMENT_SECRET)
# PRODUCTION marks a site that strangers can reach: HTTPS only, no start with a secret or with logins that are public.
PRODUCTION = env.bool("PRODUCTION", False)
if PRODUCTION and SECRET_KEY == DEVELOPMENT_SECRET:
    raise ImproperlyConfigured("PRODUCTION is set, so SECRET_KEY must be set to a secret of your own.")

# The password of every invented person of the demo data; such a site never starts under PRODUCTION.
DEMO_PASSWORD = env.str("DEMO_PASSWORD", "door-and-hinge-2026")

# Seals backups, so that only who knows it can make one this site accepts; empty: backups guard against damage only.
BACKUP_KEY = env.str("BACKUP_KEY", "")
# Where it is kept who was erased; empty: beside the data. A restore reads it (customers/erasing/register.py).
ERASURE_REGISTER = env.str("ERASURE_REGISTER", "")
VERSION = "0.1.0"

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Links in messages are built from this, never from the Host header (threats 36).
SITE_URL = env.str("SITE_URL", "http://localhost:{}".format(env.str("PORT", "8000"))).rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "accounts.apps.BackOfficeConfig",  # django.contrib.admin behind our own door
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_filters",
    "django_fsm",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "lucide",
    "simple_history",
    "django_structlog",
    "core",
    "accounts",
    "customers",
    "workflow",
    "payments",
    "knowledge",
    "cases",
    "technicians",
    "compensation",
    "returns",
    "callbacks",
    "notifications",
    "aftersales",
]

MIDDLEWARE = [
    "core.middleware.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.BoundariesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.request_log.RequestLog",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "aftersales.urls"
WSGI_APPLICATION = "aftersales.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.shell",
            ],
            "builtins": ["django.templatetags.i18n", "core.templatetags.ui", "customers.templatetags.personal"],
        },
    },
]
FORM_RENDERER = "core.forms.Renderer"

# --- database -------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'aftersales.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE transactions are SQLite's row lock; with WAL and a long timeout writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
    # Pages ask for a few rows by long statements; to compile those takes PostgreSQL a tenth of a second and gains nothing.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
    # Plans of the longest statements are kept by the server (core.prepared); a pooler that hands out another connection
    # for each transaction loses them, so behind one this must be 0.
    if env.bool("PREPARED_STATEMENTS", True):
        DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "work_number", "phone", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- language and time ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [
    BASE_DIR / "locale",
    *sorted(part for part in (BASE_DIR / "locale").glob("*") if (part / "zh_Hans").is_dir()),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = ["aftersales.formats"]

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
# Files are only ever served by views that check who asks; there is no MEDIA_URL to serve them by name.
MEDIA_URL = ""
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "core.assets.HashedAssets"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 60  # somewhat more than a matter holds, so that the form can say how many that is
# A whole form with its photos and videos; what each file may weigh is said where it is stored.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 250 * 1024 * 1024)
FILE_UPLOAD_PERMISSIONS = 0o600

# --- background work ------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", "")
BROKER_DIR = VAR_DIR / "broker"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "socket_timeout": 5,
        "retry_on_timeout": False,
    }
    CACHES = {"default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": REDIS_URL}}
else:
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "q"),
        "data_folder_out": str(BROKER_DIR / "q"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.5,
    }
    CACHES = {"default": {"BACKEND": "core.cache.SharedFileCache", "LOCATION": VAR_DIR / "cache"}}
# A worker that was away finds the newest of these messages, not one for each minute it missed.
EVERY_MINUTE = {"schedule": timedelta(minutes=1), "options": {"expires": 55}}
CELERY_BEAT_SCHEDULE = {
    "fire what is due": {"task": "workflow.tasks.sweep", **EVERY_MINUTE},
    "deliver what is waiting": {"task": "core.tasks.deliver_waiting", **EVERY_MINUTE},
    "go on with long work": {"task": "core.tasks.run_waiting_jobs", **EVERY_MINUTE},
    "forget ended sessions": {"task": "accounts.tasks.forget_ended_sessions", "schedule": crontab(hour=4, minute=5)},
    "tidy up": {"task": "core.tasks.tidy", "schedule": crontab(hour=4, minute=10)},
    "propose what was kept long enough": {
        "task": "customers.tasks.watch_over_data",
        "schedule": crontab(hour=4, minute=20),
    },
    "show that worker and timetable are alive": {"task": "aftersales.alive", **EVERY_MINUTE},
    "write the morning digest": {"task": "notifications.tasks.write_digests", "schedule": crontab(hour=8, minute=0)},
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
# Group robots are called at these hosts and no others.
ROBOT_HOSTS = env.list("ROBOT_HOSTS", default=["qyapi.weixin.qq.com", "oapi.dingtalk.com"])
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "aftersales@localhost")

# --- browser-side safety --------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # asked by the front server and by monitors on this machine
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = 31536000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# Only a front server named here may tell us the visitor's address and scheme.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

# --- login lock-out (accounts/lockout.py gives the reasons) ----------------------------------------------------------
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_HANDLER = "accounts.lockout.Lockout"
AXES_LOCKOUT_PARAMETERS = "accounts.lockout.lockout_parameters"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "Aftersales"

# The back office has a path of its own per installation; nobody but an administrator sees that it exists.
BACK_OFFICE_PATH = env.str("BACK_OFFICE_PATH", "back-office/").strip("/") + "/"

# --- log ------------------------------------------------------------------------------------------------------------
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line for a request is enough: its end
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
    "loggers": {
        # These repeat at every start, or for every request, what is known or what another line says.
        "axes": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": False},
    },
}
