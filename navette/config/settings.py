"""The one settings file. All that differs between machines is read from the environment (docs/settings.md)."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from navette.config.environment import demo_address, demo_secret, is_demo, require_server_settings
from navette.config.logs import logging_settings

env = environ.Env()
PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(env.str("NAVETTE_DATA", "var")).resolve()

# ---- what kind of start this is
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
DEMO = is_demo(DATA, asked=env.bool("NAVETTE_DEMO", None), secret=SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
SITE_URL = env.str("SITE_URL", "").rstrip("/")
EMAIL_URL = env.str("EMAIL_URL", "")
DATABASE_URL = env.str("DATABASE_URL", "")

if DEMO:
    SECRET_KEY = SECRET_KEY or demo_secret(DATA)
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
    SITE_URL = SITE_URL or demo_address(DATA, env.int("PORT", None))
    DATABASE_URL = DATABASE_URL or f"sqlite:///{DATA / 'navette.sqlite3'}"
else:
    require_server_settings(
        secret=SECRET_KEY, hosts=ALLOWED_HOSTS, site_url=SITE_URL, email_url=EMAIL_URL, database=DATABASE_URL
    )

# ---- applications
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "allauth.account",  # for `allauth.mfa`, which imports it: none of its pages is mounted (decision 0012)
    "allauth.mfa",
    "navette.core",
    "navette.portal",
    "navette.mail",
    "navette.accounts",
    "navette.libraries",
    "navette.readers",
    "navette.resources",
    "navette.subscriptions",
    "navette.editorial",
    "navette.signon",
    "navette.lifecycle",
    "navette.web",
    "navette.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "navette.web.middleware.BadDatabaseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "navette.web.middleware.IdleLimitMiddleware",
    "navette.web.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "navette.config.urls"
WSGI_APPLICATION = "navette.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "navette.web.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "navette.web.components.templatetags.navette",
            ],
        },
    }
]
FORM_RENDERER = "navette.web.components.forms.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- data
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
_database = DATABASES["default"]
if _database["ENGINE"].endswith("sqlite3"):
    # Tests run on a file too: a database in memory knows neither WAL nor several processes.
    _database["TEST"] = {"NAME": f"{_database['NAME']}.test"}
    _database["CONN_MAX_AGE"] = 60  # seconds: opening one costs more than most queries, as it reads the whole schema
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a transaction takes the write lock at once: no upgrade can fail half-way
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 20}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = DATA / "media"
IMPORTS_FOLDER = DATA / "imports"  # files being taken over; they hold personal data
MEDIA_URL = "media/"
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "navette.web.static_files.Storage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# ---- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "navette.accounts.backends.IdentifierBackend",
    "navette.libraries.backends.MembershipBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "navette.accounts.passwords.PortalRuleValidator"},
    {"NAME": "navette.accounts.passwords.GuessableValidator"},
]
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "navette.accounts.authenticators.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
LOGIN_URL = "site:login"
IDLE_LIMIT = 30 * 60  # seconds without a request after which a session is over (AUTH-03)
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# The last activity is written once a minute at most, so a stored session lives that minute longer.
SESSION_COOKIE_AGE = IDLE_LIMIT + 60
# Messages may name people: in the session, not in a cookie that anybody at the machine can read.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
SECRETS_KEY = env.str("SECRETS_KEY", "") or SECRET_KEY

# ---- security
_https = urlsplit(SITE_URL).scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "navette"
CSRF_FAILURE_VIEW = "navette.web.site.errors.csrf_failure"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", _https)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000 if _https else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _https
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# ---- mails
EMAIL_CONFIG = env.email_url_config(EMAIL_URL) if EMAIL_URL else {}
EMAIL_BACKEND = EMAIL_CONFIG.get("EMAIL_BACKEND", "navette.mail.transport.FolderBackend")
if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "navette.mail.transport.SMTPBackend"
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "localhost")
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
_usual_port = 465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or _usual_port
EMAIL_TIMEOUT = 30
MAILS_FOLDER = DATA / "mails"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "navette@example.org")

# ---- language and time
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_I18N = USE_TZ = True

LOGGING_CONFIG = None
logging_settings(level=env.str("LOG_LEVEL", "INFO"), readable=DEMO or DEBUG)
