"""Items of the library as the use cases take and hand them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from chimera.kit.scope import Scope
from chimera.prompts.bodies import Body
from chimera.prompts.labels import Target, decode_targets
from chimera.prompts.states import Sharing
from chimera.prompts.tables import ItemRow, LabelRow, ShareRow, VersionRow
from chimera.tenancy.permissions import PROMPTS_MANAGE

_TAGS: Final = msgspec.json.Decoder(tuple[str, ...])


class Profile(Struct, frozen=True, kw_only=True):
    """What an item is called, and with whom it is shared."""

    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    command: str = ""
    sharing: Sharing = Sharing.PRIVATE
    group_ids: tuple[UUID, ...] = ()


class ItemChange(Struct, frozen=True, kw_only=True):
    """What should become of an item; what is unset stays."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    command: str | UnsetType = UNSET
    sharing: Sharing | UnsetType = UNSET
    group_ids: tuple[UUID, ...] | UnsetType = UNSET
    body: Body | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An item with what belongs to it; `version` is its newest one."""

    row: ItemRow
    version: VersionRow
    labels: dict[str, tuple[Target, ...]]
    group_ids: Sequence[UUID]
    editable: bool


def view_of(
    scope: Scope, row: ItemRow, version: VersionRow, labels: Sequence[LabelRow], shares: Sequence[ShareRow]
) -> ItemView:
    return ItemView(
        row=row,
        version=version,
        labels={one.name: decode_targets(one.targets) for one in labels if one.id == row.id},
        group_ids=[one.group_id for one in shares if one.id == row.id],
        editable=may_edit(scope, row),
    )


def may_edit(scope: Scope, row: ItemRow) -> bool:
    """Its owner may; what is the organisation's, whoever manages its library."""
    return PROMPTS_MANAGE in scope.permissions if row.owner_id is None else row.owner_id == scope.actor_id


def encode_tags(tags: Sequence[str]) -> str:
    return msgspec.json.encode(tags).decode()


def decode_tags(kept: str) -> tuple[str, ...]:
    return _TAGS.decode(kept)
