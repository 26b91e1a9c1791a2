"""Django settings. The database of a shop is added when the shop is opened (:mod:`okaeri.records.database`)."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("OKAERI_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = False
# Links are made with the shop's address, never with what a request calls its host.
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.staticfiles",
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
]
ROOT_URLCONF = "okaeri.config.urls"
SECURE_REFERRER_POLICY = "no-referrer"
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
