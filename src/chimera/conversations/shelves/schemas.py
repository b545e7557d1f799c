"""Shapes of the HTTP API of folders and tags."""

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from chimera.conversations.fields import BLANK, Model, Prompt, storable


def _called(name: str) -> str:
    storable(name)
    if not name.strip():
        raise ValueError("must contain more than white space")
    return name


_NAME = {"pattern": f"^[^\\u0000]*[^\\u0000{BLANK}][^\\u0000]*$"}
FolderName: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=200, examples=["Work"], json_schema_extra=_NAME), AfterValidator(_called)
]
TagName: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=60, examples=["physics"], json_schema_extra=_NAME), AfterValidator(_called)
]
Colour: TypeAlias = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$", examples=["#3366ff"])]
Icon: TypeAlias = Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$", examples=["briefcase"])]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Folder(_Body):
    parent_id: UUID | None = Field(None, description="The folder in which it lies.")
    colour: Colour | None = Field(None, description="As browsers write it.")
    icon: Icon | None = Field(None, description="Name of an icon, which is the client's.")
    model: Model | None = Field(None, description="Asked in its conversations that name none.")
    system_prompt: Prompt | None = Field(None, description="Of its conversations that have none.")


class FolderWrite(_Folder):
    """A new folder."""

    name: FolderName = Field(description="What it is called.")


class FolderPatch(_Folder):
    """What should become of a folder; what is not sent stays, null empties it."""

    name: FolderName = Field("-", description="What it is called.", examples=["Home"])


class FolderRead(_Read):
    """A folder of the caller."""

    id: UUID
    name: str = Field(examples=["Work"])
    parent_id: UUID | None
    colour: str | None = Field(examples=["#3366ff"])
    icon: str | None = Field(examples=["briefcase"])
    model: str | None = Field(examples=["openai/gpt-5"])
    system_prompt: str | None


class FolderList(_Read):
    """All folders of the caller, oldest first."""

    data: list[FolderRead]


class TagWrite(_Body):
    """Another name for a tag."""

    name: TagName = Field(description="What it is called.")


class TagRead(_Read):
    """A tag of the caller."""

    id: UUID
    name: str = Field(examples=["physics"])
    conversations: int = Field(description="How many bear it", examples=[12])


class TagList(_Read):
    """All tags of the caller, oldest first."""

    data: list[TagRead]


class ConversationsArrange(_Body):
    """Where conversations should be put: all of them, or none. What is not sent stays."""

    conversation_ids: tuple[UUID, ...] = Field(
        min_length=1, max_length=100, description="Which.", examples=[["0199c3f4-0000-7000-8000-000000000000"]]
    )
    folder_id: UUID | None = Field(None, description="The folder into which they go; null takes them out of theirs.")
    pinned: StrictBool = Field(default=False, description="Whether they stand above the others.", examples=[True])
    archived: StrictBool = Field(
        default=False, description="Whether they are put away: listed with `archived=true` only.", examples=[False]
    )
    add_tags: tuple[TagName, ...] = Field((), max_length=20, description="New ones are made.", examples=[["physics"]])
    remove_tags: tuple[TagName, ...] = Field((), max_length=20, description="Taken off.", examples=[["chemistry"]])
