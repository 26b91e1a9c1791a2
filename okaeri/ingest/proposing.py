"""Guesses how a file of no known kind is to be read, and says how sure it is and what it must be told."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from okaeri.ingest import sampling
from okaeri.ingest.columns import loosened, place_named
from okaeri.ingest.guided import GUIDED, Guided
from okaeri.ingest.header_words import NAMES, PARTS, RECEIVER, STATUS
from okaeri.ingest.mapping import Mapping
from okaeri.ingest.parsed import RawFile
from okaeri.ingest.sampling import Seen
from okaeri.ingest.targets import AMOUNT, targets, type_of

#: A name that is exactly a known one; one that only holds it; one whose cells are not of the type.
EXACT, PARTLY, UNFIT = 0.95, 0.6, 0.2
#: A name counts as held within another only from this length.
SHORTEST_PART = 3
#: Guesses below this are not made.
DOUBTFUL = 0.3
#: Order in which kinds of files are tried where several fit equally well.
TRIED = ("line", "customer", "product", "voice", "cost", "event")


@dataclass(frozen=True)
class Guess:
    """What a canonical column is taken to be: names of the file's columns, how sure (0 to 1), what else it may be."""

    target: str
    sources: tuple[str, ...]
    confidence: float
    alternatives: tuple[str, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A mapping to be confirmed. ``unknown_words`` are states without a meaning yet; ``cart`` is the cart recognised."""

    mapping: Mapping
    guesses: tuple[Guess, ...]
    unknown_words: tuple[str, ...] = ()
    cart: str = ""


def propose(raw: RawFile, wanted: str = "") -> Proposal:
    """The likeliest mapping of ``raw`` (of the grain ``wanted``); it may lack columns no guess was found for."""
    seen = sampling.look(raw)
    cart = next((guided for guided in GUIDED.values() if guided.known_by <= set(raw.header)), None)
    cart = None if wanted not in ("", "line") else cart
    grain = wanted or ("line" if cart else _grain(raw, seen))
    guesses = _guided(raw, seen, cart) if cart else _assigned(raw, seen, grain)
    if not wanted and grain == "line" and not _has(guesses, "order_lines.product_id", "products.name"):
        grain, guesses = "order", [guess for guess in guesses if guess.target != "products.brand"]
    columns = {guess.target: guess.sources for guess in guesses}
    words, unknown = _status_words(raw, columns, cart)
    return Proposal(
        Mapping(grain=grain, columns=columns, status_words=words, **_observed(raw, columns)),
        tuple(guesses),
        unknown,
        cart.title if cart else "",
    )


def _has(guesses: Iterable[Guess], *names: str) -> bool:
    return any(guess.target in names for guess in guesses)


def _guided(raw: RawFile, seen: Table[int, Seen], cart: Guided) -> list[Guess]:
    present = {
        name: sources
        for name, sources in cart.columns.items()
        if all(place_named(raw, source) is not None for source in sources)
    }
    return [Guess(name, sources, EXACT, (), _samples(raw, seen, sources)) for name, sources in present.items()]


def _grain(raw: RawFile, seen: Table[int, Seen]) -> str:
    """The kind of file most of whose needs the header meets; of equals the first in TRIED."""

    assigned = {grain: _assigned(raw, seen, grain) for grain in TRIED}

    def fit(grain: str) -> tuple[float, float]:
        guesses = assigned[grain]
        draft = Mapping(grain=grain, columns={guess.target: guess.sources for guess in guesses})
        return -len(draft.lacks()), sum(guess.confidence for guess in guesses)

    whole = [grain for grain in TRIED if fit(grain)[0] == 0]
    numbered = [guess for guess in assigned["line"] if guess.target == "orders.order_id"]
    if "line" in whole or any(guess.confidence > PARTLY for guess in numbered):
        return "line"
    return max(whole or TRIED, key=fit)


def _assigned(raw: RawFile, seen: Table[int, Seen], grain: str) -> list[Guess]:
    """Each column to the target it fits best, each used once; the surest first."""
    scores = _scores(raw, seen, grain)
    parts = {target: sources for target in PARTS if target in targets(grain) if (sources := _parts(raw, target))}
    taken = {place_named(raw, source) for sources in parts.values() for source in sources}
    guesses = [Guess(name, sources, EXACT, (), _samples(raw, seen, sources)) for name, sources in parts.items()]
    done = set(parts)
    for score, target, place in sorted(scores, key=lambda item: (-item[0], _rank(item[1]), item[2])):
        if target in done or place in taken or score < DOUBTFUL:
            continue
        done.add(target)
        taken.add(place)
        others = [
            raw.header[other] for _, name, other in sorted(scores, reverse=True) if name == target and other != place
        ]
        source = (_name_of(raw, place),)
        guesses.append(Guess(target, source, round(score, 2), tuple(others[:3]), seen[place].samples))
    return guesses


def _rank(target: str) -> int:
    return _RANKS.get(target, len(_RANKS))


_RANKS = {target: rank for rank, target in enumerate(NAMES)}


def _scores(raw: RawFile, seen: Table[int, Seen], grain: str) -> list[tuple[float, str, int]]:
    found = []
    for target in targets(grain):
        for place in seen:
            name = raw.header[place]
            if target.startswith("persons.") and any(word in name.lower() for word in RECEIVER):
                continue
            score = _likeness(name, target) * _fitness(seen[place], grain, target)
            if score > 0:
                found.append((score, target, place))
    return found


def _likeness(name: str, target: str) -> float:
    """How much a header's name is like those known for the target; the surest names are listed first."""
    known = [loosened(word) for word in NAMES.get(target, (target.partition(".")[2],))]
    wanted = loosened(name)
    if wanted in known:
        return EXACT - 0.005 * known.index(wanted)
    held = [word for word in known if len(word) >= SHORTEST_PART and word in wanted]
    return PARTLY * len(max(held, key=len)) / len(wanted) if held else 0.0


def _fitness(seen: Seen, grain: str, target: str) -> float:
    """1 where the cells are of the target's type, nearly nothing where they are not; an empty column fits a little."""
    kind = type_of(grain, target)
    if seen.filled == 0:
        return 0.5
    if kind in ("timestamp", "date"):
        return 1.0 if seen.times > 0.8 else UNFIT
    if kind in ("decimal", "int64", "float64"):
        return 1.0 if seen.amounts > 0.8 else UNFIT
    return 1.0


def _parts(raw: RawFile, target: str) -> tuple[str, ...]:
    """The columns a value is split into, where all its parts are there."""
    names = {loosened(name): name for name in reversed(raw.header)}
    for parts in PARTS[target]:
        sources = tuple(
            next((names[loosened(word)] for word in words if loosened(word) in names), "") for words in parts
        )
        if all(sources):
            return sources
    return ()


def _name_of(raw: RawFile, place: int) -> str:
    """How a mapping writes the column: the second of a name as ``name#2``."""
    name = raw.header[place]
    nth = raw.header[: place + 1].count(name)
    return name if nth == 1 else f"{name}#{nth}"


def _samples(raw: RawFile, seen: Table[int, Seen], sources: Iterable[str]) -> tuple[str, ...]:
    place = place_named(raw, next(iter(sources)))
    return seen[place].samples if place is not None and place in seen else ()


def _column(raw: RawFile, columns: Table[str, tuple[str, ...]], *names: str) -> ir.Column | None:
    """The file's column of the first of ``names`` that is mapped."""
    source = next((columns[name][0] for name in names if name in columns), None)
    place = place_named(raw, source) if source is not None else None
    return None if place is None else raw.rows[f"c{place}"]


def _status_words(
    raw: RawFile, columns: dict[str, tuple[str, ...]], cart: Guided | None
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The meaning of each state in the file, and those nobody knows; a column of free text is no state."""
    column = _column(raw, columns, "orders.status")
    words = sampling.words_in(column) if column is not None else []
    if words is None:
        del columns["orders.status"]
        return {}, ()
    known = STATUS | dict(cart.status_words if cart else {})
    meanings = {word: known.get(word, known.get(word.lower(), "")) for word in words}
    return (
        {word: meaning for word, meaning in meanings.items() if meaning},
        tuple(word for word, meaning in meanings.items() if not meaning),
    )


def _observed(raw: RawFile, columns: Table[str, tuple[str, ...]]) -> dict[str, Any]:
    """What only the cells tell: the form of dates, credit notes, stock corrections, lines that are no goods."""
    told: dict[str, Any] = {}
    at = _column(raw, columns, "orders.ordered_at")
    if isinstance(at, ir.StringValue) and len(columns["orders.ordered_at"]) == 1:
        told["date_format"] = sampling.day_first_format(at)
    number, quantity = _column(raw, columns, "orders.order_id"), _column(raw, columns, "order_lines.quantity")
    price = _column(raw, columns, "order_lines.unit_price", AMOUNT)
    if number is not None and quantity is not None:
        told["credit_note_prefix"] = sampling.credit_prefix(raw.rows, number, quantity)
    if quantity is not None and price is not None:
        prefix = str(told.get("credit_note_prefix", ""))
        if sampling.corrects_stock(raw.rows, number, quantity, price, prefix):
            told["negative_quantity"] = "adjustment"
    if any(name.startswith("order_lines.") for name in columns):
        code, name = _column(raw, columns, "order_lines.product_id"), _column(raw, columns, "products.name")
        told["not_goods"] = sampling.not_goods_in(raw.rows, code, name)
    return told


def explain(proposal: Proposal) -> list[str]:
    """A line per canonical column: what it is taken to be, three of its values, how sure, and what else it may be."""
    return [_explained(guess) for guess in proposal.guesses]


def _explained(guess: Guess) -> str:
    line = (
        f"{guess.target} = {' + '.join(guess.sources)} ({guess.confidence:.0%}): {', '.join(guess.samples) or 'empty'}"
    )
    return line + (f"; or {', '.join(guess.alternatives)}" if guess.alternatives else "")


def questions(proposal: Proposal) -> list[str]:
    """What only the shop can answer, each with the key of the mapping that takes the answer."""
    return [*_missing(proposal), *_doubts(proposal)]


def _missing(proposal: Proposal) -> list[str]:
    mapping = proposal.mapping
    asked = [f"columns: which column of the file is {' or '.join(group)}?" for group in mapping.lacks()]
    asked += [f"status_words: what does {word!r} mean?" for word in proposal.unknown_words]
    if mapping.grain in ("line", "order") and not mapping.has("orders.customer_id", "persons.email", "persons.phone"):
        asked.append("columns: which column tells one customer from another (orders.customer_id)?")
    return asked


def _doubts(proposal: Proposal) -> list[str]:
    mapping = proposal.mapping
    asked = [
        f"columns: is {guess.target} really {guess.sources[0]!r}?"
        for guess in proposal.guesses
        if guess.confidence < EXACT - 0.3
    ]
    if mapping.grain not in ("line", "order"):
        return asked
    asked.append("tax: are the prices with consumption tax (included), without (excluded), or is there none?")
    if not mapping.has("orders.status"):
        asked.append("status: the file has no column for cancelled orders; are they left out of it?")
    if mapping.credit_note_prefix:
        asked.append(f"credit_note_prefix: are orders beginning with {mapping.credit_note_prefix!r} credit notes?")
    if mapping.date_format:
        asked.append(f"date_format: are dates written as {mapping.date_format}?")
    for kind, codes in mapping.not_goods.items():
        asked.append(f"not_goods: are these {kind} and no products: {', '.join(codes[:8])}?")
    return asked
