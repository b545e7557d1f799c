"""Rows in the shapes of the API, and bodies as they are kept."""

from typing import Any

import msgspec

from chimera.prompts.bodies import (
    Example,
    PersonaBody,
    PromptBody,
    PromptUse,
    Sections,
    Variable,
    decode_persona,
    decode_prompt,
)
from chimera.prompts.persona_schemas import PersonaBodySetting, PersonaRead, UsedPromptRead
from chimera.prompts.schemas import (
    ItemProfile,
    ItemUpdate,
    LabelRead,
    PromptBodySetting,
    PromptRead,
    PromptUseSetting,
    RevisionRead,
    TargetRead,
    VersionRead,
)
from chimera.prompts.service import ItemChange, ItemView, Profile
from chimera.prompts.service.profiles import decode_tags
from chimera.prompts.states import Sharing
from chimera.prompts.tables import ItemRow, VersionRow


def profile_of(body: ItemProfile) -> Profile:
    return Profile(**{name: getattr(body, name) for name in Profile.__struct_fields__})


def change_of(body: ItemUpdate) -> ItemChange:
    given = {name: getattr(body, name) for name in Profile.__struct_fields__}
    return ItemChange(**{name: value for name, value in given.items() if value is not None})


def prompt_of(body: PromptBodySetting) -> PromptBody:
    said = body.sections
    return PromptBody(
        text=body.text,
        sections=Sections(
            identity=said.identity,
            capabilities=said.capabilities,
            guidelines=said.guidelines,
            format=said.format,
            constraints=said.constraints,
        ),
        examples=tuple(Example(input=one.input, output=one.output) for one in body.examples),
        variables=tuple(
            Variable(
                name=one.name,
                type=one.type,
                required=one.required,
                default=one.default,
                choices=one.choices,
                description=one.description,
            )
            for one in body.variables
        ),
    )


def use_of(body: PromptUseSetting) -> PromptUse:
    return PromptUse(id=body.id, version=body.version, label=body.label, variables=dict(body.variables))


def persona_of(body: PersonaBodySetting) -> PersonaBody:
    return PersonaBody(
        avatar=body.avatar,
        colour=body.colour,
        model=body.model,
        temperature=body.temperature,
        text=body.text,
        prompt=None if body.prompt is None else use_of(body.prompt),
        greeting=body.greeting,
        starters=body.starters,
    )


def prompt_read(view: ItemView) -> PromptRead:
    return PromptRead(
        **_item(view),
        labels=[
            LabelRead(name=name, versions=[TargetRead(version=one.version, weight=one.weight) for one in targets])
            for name, targets in view.labels.items()
        ],
        newest=version_read(view.version),
    )


def persona_read(view: ItemView) -> PersonaRead:
    played = decode_persona(view.version.body)
    return PersonaRead(
        **_item(view),
        version=view.version.number,
        avatar=played.avatar,
        colour=played.colour,
        model=played.model,
        temperature=played.temperature,
        text=played.text,
        prompt=used_prompt(played.prompt),
        greeting=played.greeting,
        starters=list(played.starters),
    )


def version_read(row: VersionRow) -> VersionRead:
    body = decode_prompt(row.body)
    told = {name: msgspec.to_builtins(getattr(body, name)) for name in ("text", "examples")}
    sections = {name: getattr(body.sections, name) for name in Sections.__struct_fields__}
    variables = [{name: getattr(one, name) for name in Variable.__struct_fields__} for one in body.variables]
    own = {"version": row.number, "note": row.note, "made_by": row.made_by, "created_at": row.created_at}
    return VersionRead.model_validate({**own, **told, "sections": sections, "variables": variables})


def revision_read(row: ItemRow) -> RevisionRead:
    return RevisionRead(id=row.id, revision=row.revision, latest=row.latest)


def used_prompt(use: PromptUse | None) -> UsedPromptRead | None:
    if use is None:
        return None
    told = {"id": str(use.id), "version": use.version, "label": use.label, "variables": use.variables}
    return UsedPromptRead.model_validate(told)


def _item(view: ItemView) -> Any:
    """What prompts and personas have in common, for `ItemRead`."""
    row = view.row
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "tags": list(decode_tags(row.tags)),
        "command": row.command,
        "sharing": Sharing(row.sharing),
        "group_ids": list(view.group_ids),
        "owner_id": row.owner_id,
        "editable": view.editable,
        "revision": row.revision,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
