"""Versions and labels of prompts, what changed, and what they say with variables filled in."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, status
from pydantic import WithJsonSchema

from chimera.prompts.bodies import PromptUse, decode_prompt
from chimera.prompts.comparing import difference
from chimera.prompts.endpoints.asked import BAD, CHANGED, Chatter
from chimera.prompts.endpoints.rendering import prompt_of, revision_read, version_read
from chimera.prompts.labels import Target
from chimera.prompts.schemas import (
    LARGEST_INT,
    DiffRead,
    LabelName,
    LabelPut,
    RenderCreate,
    RenderRead,
    RevisionRead,
    VersionCreate,
    VersionList,
    VersionRead,
)
from chimera.prompts.service import Library, Versioning
from chimera.prompts.states import Kind
from chimera.prompts.templating import rendered
from chimera.web.openapi import refusals
from chimera.web.routers import LateRouter

_WHOLE = {"type": "integer", "minimum": 1, "maximum": LARGEST_INT}
Numbered = Annotated[int, Path(ge=1, le=LARGEST_INT)]
Label = Annotated[LabelName, Path()]
Before = Annotated[
    int | None, Query(ge=1, le=LARGEST_INT, description="Only older ones than this."), WithJsonSchema(_WHOLE)
]
Compared = Annotated[int, Query(ge=1, le=LARGEST_INT)]
Known = Annotated[
    int | None,
    Query(ge=1, le=LARGEST_INT, description="Refused unless it is at this revision."),
    WithJsonSchema(_WHOLE),
]


def router(library: Library, versioning: Versioning) -> APIRouter:
    api = LateRouter(prefix="/api/v1/prompts/{prompt_id}", tags=["prompts"])
    _add_versions(api, versioning)
    _add_labels(api, versioning)

    @api.post("/render", responses=refusals(BAD))
    async def render_prompt(caller: Chatter, prompt_id: UUID, body: RenderCreate) -> RenderRead:
        """The prompt's text with its variables filled in. Values are data: a template among them stays as it is."""
        use = PromptUse(id=prompt_id, version=body.version, label=body.label, variables=dict(body.variables))
        found = await library.resolve(caller, use, lot=body.lot)
        text = await asyncio.to_thread(rendered, found.body, found.use.variables)
        return RenderRead(text=text, version=found.version)

    return api


def _add_versions(api: APIRouter, versioning: Versioning) -> None:
    @api.get("/versions")
    async def list_versions(
        caller: Chatter, prompt_id: UUID, limit: Annotated[int, Query(ge=1, le=100)] = 30, before: Before = None
    ) -> VersionList:
        """Its versions, the newest first."""
        rows = await versioning.list(caller, Kind.PROMPT, prompt_id, before=before, limit=limit + 1)
        return VersionList(data=[version_read(row) for row in rows[:limit]], has_more=len(rows) > limit)

    @api.post("/versions", status_code=status.HTTP_201_CREATED, responses=CHANGED)
    async def add_version(caller: Chatter, prompt_id: UUID, body: VersionCreate) -> VersionRead:
        """Let it say something else. Labels stay where they are: `production` is moved when the version is good."""
        expected = body.expected_revision
        _, row = await versioning.add(caller, prompt_id, prompt_of(body), note=body.note, expected=expected)
        return version_read(row)

    @api.get("/versions/{version}")
    async def read_version(caller: Chatter, prompt_id: UUID, version: Numbered) -> VersionRead:
        """One version."""
        (row,) = await versioning.get(caller, Kind.PROMPT, prompt_id, [version])
        return version_read(row)

    @api.get("/diff")
    async def compare_versions(caller: Chatter, prompt_id: UUID, before: Compared, after: Compared) -> DiffRead:
        """What changed from one version to another."""
        rows = await versioning.get(caller, Kind.PROMPT, prompt_id, [before, after])
        old, new = (decode_prompt(row.body) for row in rows)
        names = (f"version {before}", f"version {after}")
        return DiffRead(before=before, after=after, diff=await asyncio.to_thread(difference, old, new, names))


def _add_labels(api: APIRouter, versioning: Versioning) -> None:
    @api.put("/labels/{label}", responses=CHANGED)
    async def put_label(caller: Chatter, prompt_id: UUID, label: Label, body: LabelPut) -> RevisionRead:
        """Move a label, also back: to one version, or to several among which conversations are divided."""
        targets = [Target(version=one.version, weight=one.weight) for one in body.versions]
        return revision_read(await versioning.label(caller, prompt_id, label, targets, expected=body.expected_revision))

    @api.delete("/labels/{label}", responses=CHANGED)
    async def delete_label(
        caller: Chatter, prompt_id: UUID, label: Label, expected_revision: Known = None
    ) -> RevisionRead:
        """Delete a label. Whoever names it is refused from then on."""
        return revision_read(await versioning.unlabel(caller, prompt_id, label, expected=expected_revision))
