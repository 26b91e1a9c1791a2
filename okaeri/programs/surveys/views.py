"""The page behind a personal link: one question at a time, each kept as it is given, without login and script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from okaeri.programs.surveys import actions, links
from okaeri.programs.surveys.actions import Given, Put
from okaeri.programs.surveys.forms import AnswerForm
from okaeri.programs.surveys.models import Invitation
from okaeri.programs.surveys.questions import Question, on_the_way
from okaeri.records.shopfront import ShopRequest, language_of, page
from okaeri.records.signing import Expired, Forged


@dataclass(frozen=True)
class Place:
    """Where on a sheet somebody is: the question put, and those of the way there is from what was given so far."""

    question: Question
    way: Sequence[Question]

    @property
    def number(self) -> int:
        return self.way.index(self.question) + 1

    @property
    def previous(self) -> Question | None:
        return self.way[self.number - 2] if self.number > 1 else None

    @property
    def following(self) -> Question | None:
        return self.way[self.number] if self.number < len(self.way) else None


# A link is the right to answer: there is no cookie that another site could abuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: ShopRequest, token: str) -> HttpResponse:
    """Show the question that is next, or keep what was given to one. Looking changes nothing."""
    language = language_of(request)
    with translation.override(language):
        try:
            ticket = links.read(token, request.shop.secret, request.shop.now())
            asked = actions.put(ticket, language)
        except (Forged, Invitation.DoesNotExist):
            return page(request, "okaeri/customer/unknown_link.html", language, status=404)
        except Expired:
            return page(request, "okaeri/customer/expired_link.html", language, status=410)
        finished, given = actions.answered(asked.sheet)
        if finished:
            return page(request, "surveys/thanks.html", language, told=given)
        place = _place(request, asked.questions, given)
        if request.method == "POST":
            return _keep(request, asked, place, given, language)
        return _question(request, asked, place, given, language)


def _place(request: ShopRequest, questions: Sequence[Question], given: Mapping[str, Given]) -> Place:
    """The question named by the request where it is on the way; else the first not answered, else the last."""
    way = on_the_way(questions, {name: one.choices for name, one in given.items()})
    wanted = request.POST.get("question") or request.GET.get("at")
    named = [question for question in way if question.id == wanted]
    waiting = [question for question in way if question.id not in given]
    return Place((named or waiting or way[-1:])[0], way)


def _keep(request: ShopRequest, asked: Put, place: Place, given: Mapping[str, Given], language: str) -> HttpResponse:
    form = AnswerForm(place.question, request.POST)
    if not form.is_valid():
        return _question(request, asked, place, given, language, form=form)
    told = form.given()
    way = on_the_way(asked.questions, {name: one.choices for name, one in {**given, place.question.id: told}.items()})
    after = Place(place.question, way).following
    actions.record(asked, place.question, told, _instant(request, asked), finishes=after is None)
    goes_on = {"lang": language} | ({"at": after.id} if after else {})
    return HttpResponseRedirect(f"{request.path}?{urlencode(goes_on)}", status=303)


def _instant(request: ShopRequest, asked: Put) -> datetime:
    """Now; for an anonymous sheet only the day, as an instant could be compared with who opened the link when."""
    now = request.shop.now()
    return now if asked.sheet.customer_id else now.replace(hour=12, minute=0, second=0, microsecond=0)


def _question(
    request: ShopRequest, asked: Put, place: Place, given: Mapping[str, Given], language: str,
    form: AnswerForm | None = None,
) -> HttpResponse:  # fmt: skip
    held = given.get(place.question.id, Given())
    score = held.score if held else _tapped(request)
    shown = form or AnswerForm(place.question, initial={"score": score, "choices": held.choices, "words": held.words})
    about = {
        "asked": asked, "place": place, "question": place.question.shown(language), "form": shown,
        "is_anonymous": not asked.sheet.customer_id, "is_last": place.question == asked.questions[-1],
    }  # fmt: skip
    return page(request, "surveys/question.html", language, status=422 if form else 200, **about)


def _tapped(request: ShopRequest) -> str | None:
    """The score tapped in a mail: shown as chosen, kept only when the form is sent, as mail scanners follow links."""
    return request.GET.get("score")
