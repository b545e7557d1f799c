"""Panels between the shapes of the API and those that are kept."""

from typing import assert_never

from chimera.conversations.encoding import decode_limits, decode_policy, decode_seats
from chimera.conversations.errors import PanelSettingsError
from chimera.conversations.panel_runs.schemas import (
    EndRead,
    Kind,
    LimitsRead,
    LimitsSetting,
    NextRead,
    PanelRead,
    ParticipantRead,
    ParticipantWrite,
    PolicyRead,
    PolicySetting,
    StagedPanelRead,
)
from chimera.conversations.panel_runs.standing import Stage
from chimera.conversations.panels.limits import Limits
from chimera.conversations.panels.participants import Participant
from chimera.conversations.panels.settings import (
    Council,
    Debate,
    Manual,
    Mention,
    Merge,
    Moderator,
    Policy,
    RoundRobin,
    Volunteer,
    seat_of,
)
from chimera.conversations.tables import PanelRow
from chimera.kit.ids import new_id
from chimera.kit.money import nusd, usd


def participant(body: ParticipantWrite) -> Participant:
    """A participant with an id of its own; whoever knows of an earlier one of that name gives it that one's."""
    return Participant(
        id=new_id(),
        handle=body.handle,
        model=body.model or "",
        persona=body.persona,
        persona_id=body.persona_id,
        muted=body.muted,
        colour=body.colour,
        avatar=body.avatar,
        budget_nusd=None if body.budget_usd is None else nusd(body.budget_usd),
    )


def policy(body: PolicySetting) -> Policy:
    """Raises PanelSettingsError where somebody is needed in the chair."""
    match body.kind:
        case "mention":
            made: Policy = Mention()
        case "round_robin":
            made = RoundRobin()
        case "volunteer":
            made = Volunteer(threshold=body.threshold)
        case "manual":
            made = Manual()
        case "moderator" | "debate" | "council" | "merge" as kind:
            made = _chaired(kind, body.chair)
        case _:
            assert_never(body.kind)
    return made


def _chaired(kind: Kind, chair: str | None) -> Policy:
    if chair is None:
        raise PanelSettingsError("Say in `chair` who of the participants moderates, judges or brings together.")
    match kind:
        case "moderator":
            return Moderator(moderator=chair)
        case "debate":
            return Debate(judge=chair)
        case "council":
            return Council(chair=chair)
        case _:
            return Merge(chair=chair)


def limits(body: LimitsSetting) -> Limits:
    return Limits(
        turns=body.turns,
        rounds=body.rounds,
        budget_nusd=None if body.budget_usd is None else nusd(body.budget_usd),
        tokens=body.tokens,
        seconds=body.seconds,
        consensus=body.consensus,
        nothing_new=body.nothing_new,
        human=body.human,
    )


def panel_read(row: PanelRow) -> PanelRead:
    return PanelRead(
        conversation_id=row.id,
        participants=[_participant_read(one) for one in decode_seats(row.seats)],
        policy=_policy_read(decode_policy(row.policy)),
        limits=_limits_read(decode_limits(row.limits)),
        seed=row.seed,
        spent_usd=usd(row.spent_nusd + row.held_nusd),
        pausing=row.pausing,
    )


def staged_read(stage: Stage) -> StagedPanelRead:
    panel, state = panel_read(stage.panel), stage.state
    handles = {one.id: one.handle for one in state.participants}
    return StagedPanelRead(
        **{name: getattr(panel, name) for name in PanelRead.model_fields},
        turns=len(state.public),
        round=max((speech.round for speech in state.current), default=0),
        tokens=sum(speech.tokens for speech in state.current),
        held_usd=usd(stage.panel.held_nusd),
        coming=[
            NextRead(participant_id=slot.speaker, handle=handles[slot.speaker], role=slot.role, why=slot.why)
            for slot in stage.slots
        ],
        ends=None if stage.end is None else EndRead(reason=stage.end.reason, why=stage.end.why),
    )


def _participant_read(one: Participant) -> ParticipantRead:
    return ParticipantRead(
        id=one.id,
        handle=one.handle,
        model=one.model,
        persona=one.persona,
        persona_id=one.persona_id,
        muted=one.muted,
        colour=one.colour,
        avatar=one.avatar,
        budget_usd=None if one.budget_nusd is None else usd(one.budget_nusd),
    )


def _policy_read(kept: Policy) -> PolicyRead:
    kind: Kind = kept.__struct_config__.tag  # type: ignore[assignment]  # the tags are the kinds
    threshold = kept.threshold if isinstance(kept, Volunteer) else None
    return PolicyRead(kind=kind, chair=seat_of(kept), threshold=threshold)


def _limits_read(kept: Limits) -> LimitsRead:
    return LimitsRead(
        turns=kept.turns,
        rounds=kept.rounds,
        budget_usd=None if kept.budget_nusd is None else usd(kept.budget_nusd),
        tokens=kept.tokens,
        seconds=kept.seconds,
        consensus=kept.consensus,
        nothing_new=kept.nothing_new,
        human=kept.human,
    )
