"""Django settings. The database of a shop is added when the shop is opened (:mod:`okaeri.records.database`)."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("OKAERI_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = False
# Links are made with the shop's address, never with what a request calls its host.
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "django_htmx",
    "ninja",
    "okaeri.records",
    "okaeri.web",
    "okaeri.programs.surveys",
    "okaeri.programs.reviews",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "okaeri.web.serving.Guarded",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "okaeri.web.serving.ShopInUse",
    "okaeri.web.api.door.Door",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "okaeri.config.urls"
SECURE_REFERRER_POLICY = "no-referrer"

AUTH_USER_MODEL = "records.Staff"
# Django's own groups and permissions stay unused: what a role may do stands in okaeri.records.roles.
MIGRATION_MODULES = {"auth": None, "contenttypes": None}
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "okaeri.records.staff.SignIn"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "console:sign_in"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_NAME = "okaeri_session"
CSRF_COOKIE_NAME = "okaeri_csrf"
CSRF_FAILURE_VIEW = "okaeri.web.sorry.not_from_here"
# After five wrong tries for a name from one address, neither of the two may try again for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
# Nor may an address after so many wrong tries for whatever names.
SIGN_IN_FAILURES_OF_ADDRESS = 30
AXES_USERNAME_FORM_FIELD = "username"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "okaeri.web.console.pages.sign_in.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "CONN_MAX_AGE": None,
    }
}
DATABASE_ROUTERS = ["okaeri.records.database.ShopRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]

TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
