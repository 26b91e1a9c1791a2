"""The surveys' addresses. Short, because they stand in mails."""

from django.urls import path

from okaeri.programs.surveys import views

app_name = "surveys"
urlpatterns = [path("s/<str:token>/", views.answer, name="answer")]
