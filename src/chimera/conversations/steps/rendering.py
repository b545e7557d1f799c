"""What is kept of the steps in the shapes of the API, and the other way round."""

from uuid import UUID

import msgspec

from chimera.conversations.steps.noted import decode_noted
from chimera.conversations.steps.recapping import Recap, decode_recap
from chimera.conversations.steps.schemas import ClarificationRead, RecapNoteRead, RecapRead, StepsSetting
from chimera.conversations.steps.settings import OwnSteps, decode_own
from chimera.conversations.tables import ConversationRow, MessageRow


def own_steps(setting: StepsSetting | None) -> OwnSteps:
    return OwnSteps() if setting is None else OwnSteps(**setting.model_dump())


def steps_read(row: ConversationRow) -> StepsSetting:
    own = decode_own(row.steps)
    return StepsSetting(**{name: getattr(own, name) for name in OwnSteps.__struct_fields__})


def clarification_read(row: MessageRow) -> ClarificationRead | None:
    back = decode_noted(row.steps).clarifying
    return None if back is None else ClarificationRead(choices=list(back.choices))


def recap_note(row: MessageRow) -> RecapNoteRead | None:
    recap = decode_recap(row.recap)
    return None if recap is None else RecapNoteRead.model_validate(msgspec.to_builtins(recap))


def recap_read(message_id: UUID, recap: Recap) -> RecapRead:
    return RecapRead(message_id=message_id, text=recap.text, by=recap.by)
