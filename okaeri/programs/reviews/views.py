"""The page to write a review, and the reviews of a product as anybody may see them, inside the shop's own pages too."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from okaeri.lib.plain_text import plain
from okaeri.programs.reviews import actions, links, photos, showing
from okaeri.programs.reviews.forms import LONGEST_TEXT, ReviewForm
from okaeri.programs.reviews.models import Request, Review
from okaeri.records.shopfront import ShopRequest, language_of, page
from okaeri.records.signing import Expired, Forged
from okaeri.schema.errors import RuleRefused

#: Reviews may stand in a frame on any page; else they are as closed as every page here.
WIDGET_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors *"
)
#: Whole requests up to this size are read, so that a photo too large gets a sentence and not a cut line.
MOST_SENT = 60_000_000
LOCAL = ("127.0.0.1", "::1", "")


# A link is the right to write: there is no cookie that another site could abuse.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: ShopRequest, token: str) -> HttpResponse:
    """The form of a review, or the review once it is there."""
    language = language_of(request)
    with translation.override(language):
        try:
            asked = Request.objects.select_related("reward").get(
                pk=links.read(token, request.shop.secret, request.shop.now())
            )
        except (Forged, Request.DoesNotExist):
            return page(request, "okaeri/customer/unknown_link.html", language, status=404)
        except Expired:
            return page(request, "okaeri/customer/expired_link.html", language, status=410)
        held = Review.objects.select_related("reward").filter(key=actions.review_key(asked)).first()
        if held is not None:
            return page(request, "reviews/thanks.html", language, one=showing.shown([held], language)[0])
        if request.method == "POST":
            return _keep(request, asked, language)
        return _form(request, asked, ReviewForm(), language)


def _keep(request: ShopRequest, asked: Request, language: str) -> HttpResponse:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_SENT:
        return HttpResponse(status=413)
    form = ReviewForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, asked, form, language)
    told = form.cleaned_data
    photo = photos.kept(form.photo, request.shop.folder) if form.photo else ""
    written = actions.Written(told["stars"], told["text"], told["author"], photo)
    actions.write(asked, written, language, request.shop.now())
    return HttpResponseRedirect(f"{request.path}?{urlencode({'lang': language})}", status=303)


def _form(request: ShopRequest, asked: Request, form: ReviewForm, language: str) -> HttpResponse:
    reward = asked.reward and (asked.reward.text_ja if language == "ja" else asked.reward.text_en)
    tapped = form.data.get("stars") if form.is_bound else request.GET.get("stars")
    about = {"asked": asked, "form": form, "reward": reward, "stars": tapped, "longest": LONGEST_TEXT}
    return page(request, "reviews/write.html", language, status=422 if form.is_bound else 200, **about)


@require_GET
def product(request: ShopRequest) -> HttpResponse:
    """All reviews of a product, a page at a time."""
    language, product_id = language_of(request), _product(request)
    rating = showing.rating(product_id)
    number = _page_number(request)
    with translation.override(language):
        rows, more = showing.page_of(product_id, number, language)
        name = showing.name_of(product_id)
        embedded = showing.embedded(rating.structured(product_id, name)) if rating else ""
        response = page(
            request, "reviews/product.html", language, product_id=product_id, name=name, rating=rating, rows=rows,
            number=number, more=more, structured=embedded,
        )  # fmt: skip
    response.headers["Content-Security-Policy"] = WIDGET_POLICY
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _product(request: ShopRequest) -> str:
    """The product asked for; without control characters, at which PostgreSQL takes offence."""
    return plain(request.GET.get("product", ""))


def _page_number(request: ShopRequest) -> int:
    told = request.GET.get("page", "1")
    return min(max(int(told), 1), 10_000) if told.isascii() and told.isdigit() and len(told) < 7 else 1


@require_GET
def structured(request: ShopRequest) -> HttpResponse:
    """The rating as JSON-LD, for the shop's own product page."""
    product_id = _product(request)
    rating = showing.rating(product_id)
    if rating is None:
        raise Http404
    told = rating.structured(product_id, showing.name_of(product_id))
    return JsonResponse(told, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"})


@require_GET
def photo(request: ShopRequest, name: str) -> FileResponse:
    """A photo of a review that is not hidden."""
    place = request.shop.folder / photos.FOLDER / name
    if not showing.is_public(name) or not place.is_file():
        raise Http404
    # Short, so that a photo taken from sight is soon gone everywhere.
    return FileResponse(place.open("rb"), content_type="image/jpeg", headers={"Cache-Control": "public, max-age=300"})


# Nobody is logged in, so another site could do no more with this than its visitor can.
@csrf_exempt
@require_POST
def vote(request: ShopRequest) -> HttpResponse:
    """Count a visitor who found a review helpful, once."""
    told = request.POST.get("review", "")
    try:
        number = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
        actions.vote(number, _visitor(request), request.shop.secret, request.shop.now())
        found = actions.review(number)
    except RuleRefused as refused:
        raise Http404 from refused
    query = urlencode({"product": found.product_id, "lang": language_of(request), "page": _page_number(request)})
    return HttpResponseRedirect(f"{reverse('reviews:product')}?{query}#r{number}", status=303)


def _visitor(request: ShopRequest) -> str:
    """What tells one visitor from another: address and browser. The web server before this one names the address."""
    address = request.META.get("REMOTE_ADDR", "")
    if address in LOCAL:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return f"{address} {request.META.get('HTTP_USER_AGENT', '')}"
