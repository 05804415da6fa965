"""Django settings. What differs between two installations is read from the environment."""

from datetime import timedelta
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from taskengine import logs, tracing
from taskengine.env import ROOT, database, env, is_loopback, secret_key
from taskengine.proxies import TrustedProxies

DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = secret_key()

# The address people type. Links in mail, allowed hosts and cookie security follow from it, never
# from a request's own headers.
PUBLIC_URL: str = env.str("PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname, "localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}", *env.list("TRUSTED_ORIGINS", default=[])]
HTTPS = _public.scheme == "https"

# The proxies that are believed about the client's address and about TLS, by address. None by default. What they say
# has been put in place before anything further in looks (`taskengine.proxies`), so allauth and DRF believe nobody.
TRUSTED_PROXIES = TrustedProxies.parse(env.list("TRUSTED_PROXIES", default=[]))
if env.str("TRUSTED_PROXY_COUNT", default="0") != "0":
    raise ImproperlyConfigured(
        "TRUSTED_PROXY_COUNT believed whoever came. Say in TRUSTED_PROXIES which addresses are proxies."
    )
ALLAUTH_TRUSTED_PROXY_COUNT = 0

# Guests without a password, for the first run on one's own machine and nowhere else.
DEMO = env.bool("DEMO", default=False)
# Whether people come from elsewhere than this machine, by whichever name: what is held against the settings then, see
# `checks`. A name without a dot is one of somebody's network, and so is elsewhere too.
_hosts = [_public.hostname, *ALLOWED_HOSTS, *(urlsplit(each).hostname for each in CSRF_TRUSTED_ORIGINS)]
PUBLIC = not all(is_loopback(host) for host in _hosts)
if DEMO and (not env.bool("EMBEDDED", default=False) or PUBLIC or TRUSTED_PROXIES):
    raise ImproperlyConfigured(
        "DEMO=1 lets anybody in, so it needs the embedded database and this machine alone in PUBLIC_URL,"
        " ALLOWED_HOSTS and TRUSTED_ORIGINS, with no proxy before it. Set DEMO=0."
    )

INSTALLED_APPS = [
    *(["daphne"] if find_spec("daphne") else []),  # first, so that its runserver replaces Django's
    "taskengine.accounts",  # before Django's accounts and allauth's, whose commands and mails it words anew
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.usersessions",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "realtime",
    "taskengine.operations",
    "taskengine.organisation",
    "taskengine.tasks",
    "taskengine.planning",
    "taskengine.engine",
    "taskengine.backups",
    "taskengine.api",
    "taskengine.doctor",
]

MIDDLEWARE = [
    *(["taskengine.tracing.tracing_middleware"] if tracing.is_wanted() else []),
    "taskengine.api.metrics.metrics_middleware",
    "taskengine.api.middleware.request_id_middleware",
    "taskengine.api.middleware.rate_limit_middleware",
    "django.middleware.security.SecurityMiddleware",
    "taskengine.api.middleware.StaticFilesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "taskengine.health.machines_middleware",
    "django.middleware.common.CommonMiddleware",
    "taskengine.api.middleware.query_middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "taskengine.urls"
ASGI_APPLICATION = "taskengine.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]

# --- Database -----------------------------------------------------------------------------------
_URL = env.str("DATABASE_URL", default="")
_DIRECT_URL = env.str("DATABASE_DIRECT_URL", default=_URL)
DATABASES = {
    "default": {
        **database(
            "DATABASE_URL",
            options={
                "pool": {
                    "min_size": 2,
                    "max_size": env.int("DATABASE_POOL_MAX", default=16),
                    "timeout": 1,  # then it is asked again: see `database.base`
                    # After an outage. Left alone the pool doubles its pauses for five minutes.
                    "reconnect_timeout": 1,
                },
                # Our own statements are prepared when a connection asks them again (`DatabaseWrapper.prepared`). Where
                # there is a way past a pooler there is one, and it may give each transaction another connection.
                "prepare_threshold": 1 if _DIRECT_URL == _URL else None,
            },
        ),
        # A cursor that outlives its transaction would be looked for in another session.
        "DISABLE_SERVER_SIDE_CURSORS": _DIRECT_URL != _URL,
    },
    # The engine's own connection: no pool, and past any pooler that stands before the database. A
    # statement that hangs would hold up every deadline, so it is ended after ten seconds. It asks the
    # same few things again and again: prepared and planned once, a claim takes a millisecond less. The plan
    # stays when small tables grow, so it must go by the indexes from the start.
    "engine": {
        **database(
            "DATABASE_DIRECT_URL",
            default=_URL,
            options={
                "options": "-c statement_timeout=10000 -c jit=off"
                " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off",
                "server_side_binding": True,
                "prepare_threshold": 1,
            },
        ),
        "CONN_MAX_AGE": None,
        "TEST": {"MIRROR": "default"},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: doorbell and shared cache; without it both stay inside this process -----------------
REDIS_URL: str = env.str("REDIS_URL", default="")
# `off` keeps the doorbell silent: clients then live on the repair query alone (for tests of promise 3).
DOORBELL: str = env.str("DOORBELL", default="redis" if REDIS_URL else "process")
if DOORBELL == "redis" and not REDIS_URL:
    raise ImproperlyConfigured("DOORBELL=redis needs a REDIS_URL.")
CHANNEL_LAYERS = (
    {
        "doorbell": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            # redis-py 8 gives reads a time-out, which ends a healthy subscription (channels_redis 422).
            "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": "taskengine"},
        }
    }
    if REDIS_URL
    else {}
)
CACHES = {
    "default": {
        "BACKEND": "taskengine.cache.shared",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        # Part of each key. A release that writes values in another way takes the next number, so that the one before
        # it, which still runs during a deploy, does not come upon them.
        "VERSION": 2,
    }
    if REDIS_URL
    # Rate limits are counted in here; Django's default of 300 entries would wash them out.
    else {"BACKEND": "taskengine.cache.ProcessCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}
}

SOCKETS_PER_USER = env.int("SOCKETS_PER_USER", default=20)  # in one process
# Handshakes from one address, before anybody is looked up. An office or a mobile carrier is one address too.
RATE_LIMIT_HANDSHAKE: str = env.str("RATE_LIMIT_HANDSHAKE", default="600/min")
# A server that stops sends its sockets away over so many seconds at most; a few hundred go at once.
SOCKETS_DISMISSED_WITHIN_S = env.int("SOCKETS_DISMISSED_WITHIN_S", default=25)

# Events are kept for so long, and so many of a stream; clients that come later take a snapshot.
EVENTS_MAX_AGE = timedelta(days=env.int("EVENTS_MAX_AGE_DAYS", default=30))
EVENTS_MAX_PER_STREAM = env.int("EVENTS_MAX_PER_STREAM", default=10_000)
if timedelta() >= EVENTS_MAX_AGE or EVENTS_MAX_PER_STREAM < 1:
    raise ImproperlyConfigured("EVENTS_MAX_AGE_DAYS and EVENTS_MAX_PER_STREAM must be 1 or more.")

# Deleted tasks can be restored for so long.
TRASH_MAX_AGE = timedelta(days=env.int("TRASH_MAX_AGE_DAYS", default=30))
# What people did is kept for so long: histories, and what can be undone or answered again, which needs a day.
OPERATIONS_MAX_AGE = timedelta(days=env.int("OPERATIONS_MAX_AGE_DAYS", default=90))
if timedelta() >= TRASH_MAX_AGE or timedelta(days=1) >= OPERATIONS_MAX_AGE:
    raise ImproperlyConfigured("TRASH_MAX_AGE_DAYS must be 1 or more, OPERATIONS_MAX_AGE_DAYS 2 or more.")
# What happened to accounts is kept for so long.
AUDIT_MAX_AGE = timedelta(days=env.int("AUDIT_MAX_AGE_DAYS", default=365))
if timedelta(days=1) > AUDIT_MAX_AGE:
    raise ImproperlyConfigured("AUDIT_MAX_AGE_DAYS must be 1 or more.")

# --- Engine -------------------------------------------------------------------------------------
# Whether this server process fires deadlines too. There is no leader, so any number may.
ENGINE_IN_SERVER = env.bool("ENGINE_IN_SERVER", default=True)

# --- Planning -----------------------------------------------------------------------------------
# Without a key the steps are made by rules, on this server.
GEMINI_API_KEY: str = env.str("GEMINI_API_KEY", default="")
GEMINI_MODEL: str = env.str("GEMINI_MODEL", default="gemini-3.8-flash")
GEMINI_FALLBACK_MODEL: str = env.str("GEMINI_FALLBACK_MODEL", default="gemini-3.5-flash-lite")
GEMINI_BASE_URL: str = env.str("GEMINI_BASE_URL", default="")  # empty: Google's
AI_BUDGET_PER_DAY = env.int("AI_BUDGET_PER_DAY", default=30)  # drafts, regenerations and splits a person
AI_BUDGET_PER_DAY_OF_ALL = env.int("AI_BUDGET_PER_DAY_OF_ALL", default=3_000)
# Whether this server process makes breakdowns too. With a Redis Celery's workers do, unless it says so.
WORKER_IN_SERVER = env.bool("WORKER_IN_SERVER", default=not REDIS_URL)
# A worker that gives no sign of life for so long is taken for dead. It gives one every two seconds.
WORKER_LEASE = timedelta(seconds=env.int("WORKER_LEASE_S", default=30))
if timedelta(seconds=5) > WORKER_LEASE:
    raise ImproperlyConfigured("WORKER_LEASE_S is at least 5: a worker at work would be taken for dead.")
CELERY: dict[str, Any] = {
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": 3,  # seconds
    # A message whose worker is gone comes back after this time; the sweep is quicker anyway. No worker may have one for
    # as long and still be at it: `task_time_limit` is shorter.
    "broker_transport_options": {"visibility_timeout": 300, "socket_timeout": 3, "socket_connect_timeout": 3},
    # Their depths are looked at by these names. Two, which are served in turn: neither waits behind the other.
    "task_default_queue": "celery",
    "task_queues": {"celery": {}, "mail": {}},
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_time_limit": 180,  # seconds
    "task_ignore_result": True,
    # Messages are data: who can write to Redis must not be able to have a worker unpickle, and so carry out, something.
    "task_serializer": "json",
    "accept_content": ["json"],
    "worker_prefetch_multiplier": 1,
    "worker_cancel_long_running_tasks_on_connection_loss": False,  # the row is the truth: it goes on
    "worker_hijack_root_logger": False,
    "worker_send_task_events": False,
}

# --- Monitoring ---------------------------------------------------------------------------------
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")  # without one, /metrics is not there
ALIVE_FILE: str = env.str("ALIVE_FILE", default="")  # touched while the work goes round, for health checks

# --- Accounts -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
DEMO_MAX_GUESTS = env.int("DEMO_MAX_GUESTS", default=200)
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "taskengine.accounts.passwords.SocketsFollow"},
]
MIDDLEWARE += ["taskengine.accounts.middleware.auth_body_middleware"]
ACCOUNT_ADAPTER = "taskengine.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="optional")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a mail about each change of password or address
ACCOUNT_MAX_EMAIL_ADDRESSES = 3
# Another address takes the account over, so a stolen token alone must not be able to add one.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
PASSWORD_RESET_TIMEOUT = 86_400  # seconds
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
ACCOUNT_RATE_LIMITS_WHERE_NONE_ARE_SET = {
    "change_password": "5/m/user",
    "confirm_email": "1/180s/key",
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    # Each is a letter, and its address is anybody's whom a stranger likes to name.
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "signup": "20/m/ip",
}
ACCOUNT_RATE_LIMITS = {
    name: env.str(f"RATE_LIMIT_{name.upper()}", default=default) or None
    for name, default in ACCOUNT_RATE_LIMITS_WHERE_NONE_ARE_SET.items()
}
# Attempts to log in to one account from networks that nobody has logged in to it from, all together.
RATE_LIMIT_LOGIN_UNFAMILIAR: str = env.str("RATE_LIMIT_LOGIN_UNFAMILIAR", default="50/hour")
# Letters of one kind to one address: some of them follow from what anybody may do who names it as theirs.
RATE_LIMIT_LETTER: str = env.str("RATE_LIMIT_LETTER", default="5/hour")
USERSESSIONS_ADAPTER = "taskengine.accounts.adapter.SessionsAdapter"
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app", "browser")
HEADLESS_TOKEN_STRATEGY = "taskengine.accounts.tokens.TokenStrategy"  # noqa: S105 (a dotted path)
HEADLESS_JWT_ALGORITHM = "HS256"  # signed with SECRET_KEY
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = env.int("ACCESS_TOKEN_S", default=300)
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = env.int("REFRESH_TOKEN_S", default=30 * 86_400)
HEADLESS_FRONTEND_URLS = {
    "account_confirm_email": f"{PUBLIC_URL}/account/verify-email/{{key}}",
    "account_reset_password": f"{PUBLIC_URL}/forgot-password",
    "account_reset_password_from_key": f"{PUBLIC_URL}/account/password/reset/{{key}}",
    "account_signup": f"{PUBLIC_URL}/signup",
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 30 * 86_400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# With this prefix browsers take it from this very host and over TLS only, and not from a neighbour's subdomain.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"taskengine <no-reply@{_public.hostname}>")

# --- HTTP ---------------------------------------------------------------------------------------
MAX_BODY_BYTES = 1024 * 1024
MAX_IMPORT_BYTES = 10 * 1024 * 1024  # of a file that is imported: as much as its tasks may take
REQUEST_THREADS = env.int("REQUEST_THREADS", default=4)  # requests that a process answers at once
WRITES_AT_ONCE = env.int(
    "WRITES_AT_ONCE", default=2
)  # of one person in a process: they wait for each other anyway
REQUEST_LINE = env.int("REQUEST_LINE", default=512)  # and how many may wait beside them
CSRF_FAILURE_VIEW = "taskengine.api.errors.csrf_failure"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "taskengine.api.authentication.BearerAuthentication",
        "taskengine.api.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["taskengine.api.scopes.MayAsk"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "taskengine.api.json.JSONNegotiation",
    "DEFAULT_PARSER_CLASSES": ["taskengine.api.json.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["taskengine.api.json.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "taskengine.api.throttles.ReadThrottle",
        "taskengine.api.throttles.WriteThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "read": env.str("RATE_LIMIT_READ", default="1200/min") or None,
        "write": env.str("RATE_LIMIT_WRITE", default="600/min") or None,
        "demo": env.str("RATE_LIMIT_DEMO", default="20/min") or None,
        "ai": env.str("RATE_LIMIT_AI", default="20/min") or None,
        # Each goes through all that somebody has.
        "export": env.str("RATE_LIMIT_EXPORT", default="10/hour") or None,
        "import": env.str("RATE_LIMIT_IMPORT", default="30/hour") or None,
    },
    "NUM_PROXIES": 0,  # see TRUSTED_PROXIES
    "EXCEPTION_HANDLER": "taskengine.api.errors.exception_handler",
    "DEFAULT_METADATA_CLASS": "taskengine.api.metadata.NoMetadata",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "taskengine",
    "VERSION": "1",
    "DESCRIPTION": "Tasks with deadlines: every task is in exactly one bucket, decided by the clock.",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVERS": [{"url": "/", "description": "The server that this document is of."}],
    "TAGS": [
        {"name": name, "description": description}
        for name, description in {
            "about": "What this server is; the demo.",
            "tasks": "Tasks: what has to be done, and by when.",
            "projects": "Projects: a task is in one, or in none.",
            "labels": "Labels: a task carries any number of them.",
            "insights": "What one's tasks come to.",
            "breakdowns": "Drafts of steps for a goal, made by a planner, laid out by the calendar.",
            "trash": "Deleted tasks, for 30 days.",
            "files": "All of one's data as one file, and back.",
            "tokens": "Personal access tokens, for scripts and agents.",
            "staff": "Other people's accounts, for staff alone.",
            "operations": "What was done, and taking it back.",
            "sync": "The stream, page by page, for those who have no socket open.",
            "stream": "The stream itself, a WebSocket (see `/api/v1/asyncapi/`): what it takes to open one.",
            "users": "Accounts.",
        }.items()
    ],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "taskengine.api.document.complete",
    ],
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "string", "format": "uuid"}},
    "ENUM_NAME_OVERRIDES": {
        "AuditActionEnum": "taskengine.accounts.audit.ACTION_CHOICES",
        "BucketEnum": "taskengine.tasks.deadlines.BUCKET_CHOICES",
        "SpanKindEnum": "taskengine.phrases.spans.KIND_CHOICES",
    },
}

# --- Page ---------------------------------------------------------------------------------------
FRONTEND_DIST = ROOT / "frontend" / "dist"
STATIC_URL = "/static/"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
WHITENOISE_USE_FINDERS = True  # serves the built page from where it was built: no collectstatic
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}  # WhiteNoise doesn't know it

# --- What browsers are told: `api.security_headers` says it with every answer, and holds the content policy -------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and env.bool("HSTS_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HSTS_PRELOAD", default=False)
# Only where it is known how a request came: a proxy that ends TLS and is not trusted would be sent round in circles.
_redirect: bool | None = env.bool("HTTPS_REDIRECT", default=None)
SECURE_SSL_REDIRECT = HTTPS and (bool(TRUSTED_PROXIES) if _redirect is None else _redirect)
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]  # asked from within, past the proxy
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # the browsers' own lists take years to leave: HSTS_PRELOAD is its owner's decision
    *(["security.W008"] if _redirect is False else []),  # so is who sends plain HTTP on, where it is said
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# --- Log ----------------------------------------------------------------------------------------
LOG_FORMAT: str = env.str(
    "LOG_FORMAT", default="text" if DEBUG or env.bool("EMBEDDED", default=False) else "json"
)
if LOG_FORMAT not in {"json", "text"}:
    raise ImproperlyConfigured(f"LOG_FORMAT is {LOG_FORMAT!r}, but must be json or text.")
LOGGING = logs.configuration(
    style=LOG_FORMAT,
    level=env.str("LOG_LEVEL", default="INFO"),
    secrets=[
        SECRET_KEY,
        METRICS_TOKEN,
        GEMINI_API_KEY,
        str(vars().get("EMAIL_HOST_PASSWORD") or ""),
        urlsplit(REDIS_URL).password or "",
        *(str(database.get("PASSWORD") or "") for database in DATABASES.values()),
    ],
)
