"""Two writers at once on both databases: one wins, the other is told, and nothing is lost or doubled."""

import asyncio

import pytest

from chimera.kit.errors import AppError
from chimera.kit.ids import new_id
from chimera.kit.scope import Scope
from chimera.prompts.bodies import PersonaBody, PromptBody, PromptUse, decode_prompt
from chimera.prompts.labels import Target
from chimera.prompts.service import ItemChange, Library, Profile, Versioning
from chimera.prompts.states import Kind
from chimera.store import Database

WRITERS = 8


def somebody() -> Scope:
    return Scope(tenant_id=new_id(), actor_id=new_id(), permissions=frozenset({"chat"}))


async def test_of_writers_who_know_one_revision_exactly_one_wins(database: Database) -> None:
    ada, library, versioning = somebody(), Library(database=database), Versioning(database=database)
    made = await library.create(ada, Profile(name="a"), PromptBody(text="0"))
    prompt_id, first = made.row.id, made.row.revision

    added = await asyncio.gather(
        *(versioning.add(ada, prompt_id, PromptBody(text=f"{n}"), expected=first) for n in range(WRITERS)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in added) == ["PromptChangedError"] * (WRITERS - 1) + ["tuple"]
    free = await asyncio.gather(*(versioning.add(ada, prompt_id, PromptBody(text=f"{n}")) for n in range(WRITERS)))
    assert sorted(row.number for _, row in free) == list(range(3, WRITERS + 3)), "without one, each adds its own"

    known = (await library.get(ada, Kind.PROMPT, prompt_id)).row.revision
    moved = await asyncio.gather(
        *(
            versioning.label(ada, prompt_id, "production", [Target(version=n)], expected=known)
            for n in range(1, WRITERS)
        ),
        return_exceptions=True,
    )
    (won,) = [number for number, one in enumerate(moved, 1) if not isinstance(one, BaseException)]
    view = await library.get(ada, Kind.PROMPT, prompt_id)
    assert (view.labels["production"], view.row.revision) == ((Target(version=won),), known + 1)
    assert (await library.resolve(ada, PromptUse(id=prompt_id), lot="")).version == won
    kept = await versioning.list(ada, Kind.PROMPT, prompt_id, before=None, limit=99)
    assert [row.number for row in kept] == list(range(WRITERS + 2, 0, -1))
    assert decode_prompt(kept[-1].body).text == "0", "a version never changes"


async def test_personas_go_on_in_versions_too_and_are_no_prompts(database: Database) -> None:
    ada, library = somebody(), Library(database=database)
    prompt = (await library.create(ada, Profile(name="p"), PromptBody(text="Be brief."))).row.id
    fox = await library.create(ada, Profile(name="fox"), PersonaBody(text="Yip.", prompt=PromptUse(id=prompt)))
    changed = await library.change(ada, Kind.PERSONA, fox.row.id, ItemChange(body=PersonaBody(text="Yap.")))
    assert (changed.version.number, changed.row.revision) == (2, 2)
    for act in (
        library.get(ada, Kind.PROMPT, fox.row.id),
        library.create(ada, Profile(name="x"), PersonaBody(prompt=PromptUse(id=fox.row.id))),
        library.get(somebody(), Kind.PERSONA, fox.row.id),
    ):
        with pytest.raises(AppError) as refused:
            await act
        assert refused.value.code in {"prompt_not_found", "persona_not_found"}
