"""What is done about a voice: each verb one transaction, written down, and harmless when repeated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from okaeri.records.audit import note
from okaeri.records.chunks import chunks
from okaeri.records.database import atomic
from okaeri.records.models import Correction, Staff, VoiceCase
from okaeri.schema.errors import RuleRefused

#: The steps in which a score is put right.
SCORES = (-1.0, -0.5, 0.0, 0.5, 1.0)
LONGEST_DRAFT = 4_000


def assign(voice_id: str, name: str, *, actor: str) -> None:
    """Make the voice somebody's, or with an empty name nobody's; raises RuleRefused for one who may not answer."""
    staff = Staff.objects.filter(name=name).first() if name else None
    if name and (staff is None or not staff.may("answer_voices")):
        raise RuleRefused("{name} cannot answer voices", name=name)
    _change(voice_id, actor, "assign voice", assignee=name)


def draft(voice_id: str, text: str, *, actor: str) -> None:
    """Keep the draft of an answer."""
    _change(voice_id, actor, "draft answer", draft=text[:LONGEST_DRAFT].replace("\r\n", "\n"))


def answered(voice_id: str, text: str, at: datetime, *, actor: str) -> None:
    """Note that the voice was answered with ``text``, and close it."""
    _change(voice_id, actor, "answer voice", draft=text, answered_at=at, is_closed=True)


def close(voice_id: str, *, actor: str) -> None:
    """Nothing is left to do about the voice."""
    _change(voice_id, actor, "close voice", is_closed=True)


def reopen(voice_id: str, *, actor: str) -> None:
    """There is something left to do after all."""
    _change(voice_id, actor, "reopen voice", is_closed=False)


def _change(voice_id: str, actor: str, action: str, **told: Any) -> None:
    with atomic():
        now = datetime.now(UTC)
        VoiceCase.objects.get_or_create(voice_id=voice_id, defaults={"changed_at": now})
        case = VoiceCase.objects.select_for_update().get(voice_id=voice_id)
        if all(getattr(case, name) == value for name, value in told.items()):
            return
        VoiceCase.objects.filter(pk=case.pk).update(changed_at=now, **told)
        # What was written is kept with the voice, not twice.
        noted = {name: value for name, value in told.items() if name in ("assignee", "is_closed")}
        note(actor, action, voice=voice_id, **noted)


def change_all(voice_ids: Sequence[str], *, actor: str, assignee: str | None, asked: Mapping[str, Any]) -> int:
    """Close these voices, or make them ``assignee``'s; one entry in the log for all that changed, which are counted.

    Raises RuleRefused for an ``assignee`` who may not answer.
    """
    if assignee is not None and assignee not in who_may_answer():
        raise RuleRefused("{name} cannot answer voices", name=assignee)
    told: dict[str, Any] = {"is_closed": True} if assignee is None else {"assignee": assignee}
    now, changed = datetime.now(UTC), 0
    with atomic():
        for part in chunks(voice_ids):
            rows = [VoiceCase(voice_id=voice_id, changed_at=now) for voice_id in part]
            VoiceCase.objects.bulk_create(rows, ignore_conflicts=True)
            those = VoiceCase.objects.filter(voice_id__in=part).exclude(**told)
            changed += those.update(changed_at=now, **told)
        if changed:
            note(
                actor, "close voices" if assignee is None else "assign voices", count=changed, **told, asked=dict(asked)
            )
    return changed


def correct(voice_id: str, score: float, *, actor: str) -> None:
    """Put the score of a voice right; raises RuleRefused for one that is no step of SCORES."""
    if score not in SCORES:
        raise RuleRefused("A score is one of {scores}", scores=", ".join(str(step) for step in SCORES))
    with atomic():
        held = Correction.objects.filter(voice_id=voice_id).first()
        if held is not None and held.score == score:
            return
        told = {"score": score, "actor": actor, "at": datetime.now(UTC)}
        Correction.objects.update_or_create(voice_id=voice_id, defaults=told)
        note(actor, "correct score", voice=voice_id, score=score, before=held.score if held else None)


def cases(voice_ids: Iterable[str]) -> dict[str, VoiceCase]:
    """The cases there are of these voices."""
    return {case.voice_id: case for case in VoiceCase.objects.filter(voice_id__in=list(voice_ids))}


def corrections(voice_ids: Iterable[str]) -> dict[str, float]:
    """The scores people put right, of these voices."""
    return dict(Correction.objects.filter(voice_id__in=list(voice_ids)).values_list("voice_id", "score"))


def who_may_answer() -> list[str]:
    """Names of those who may answer voices."""
    return [staff.name for staff in Staff.objects.filter(is_active=True).order_by("name") if staff.may("answer_voices")]
