"""What a client is told when its answer cannot be kept: not that it is complete."""

import asyncio
from typing import Any

import msgspec
import pytest
from starlette.requests import Request
from starlette.types import Message
from tests.conversations.house import STARTED, STOP, Model, answer, someone, texts

from chimera.compat.exchange import Surface
from chimera.compat.openai.responses.answering import Waiting, answer_stream, answer_whole
from chimera.gateway.call import new_call
from chimera.llm import Forwarded, Started
from chimera.llm import Request as Question
from chimera.store import DatabaseUnavailableError
from chimera.wires.openai_responses import Head

FORWARDED = Started(id="a1", model="m", forwarded=True)


class Client:
    """Stays, and notes what it is sent."""

    def __init__(self) -> None:
        self.sent = b""

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing rings it")

    async def send(self, message: Message) -> None:
        self.sent += message.get("body", b"")

    @property
    def events(self) -> list[str]:
        return [line[7:] for line in self.sent.decode().splitlines() if line.startswith("event: ")]


async def refuse(_response: dict[str, Any]) -> None:
    raise DatabaseUnavailableError("Away.")


def waiting(client: Client, model: Model, keep: Any = refuse) -> Waiting:
    surface = Surface(
        authenticate=None,  # type: ignore[arg-type]  # it was asked before
        gateway=model,
        catalogue=None,  # type: ignore[arg-type]  # nobody asks
        patience_s=20,
        within=None,  # type: ignore[arg-type]  # likewise
    )
    return Waiting(
        surface=surface,
        call=new_call(someone(), Question(model="m", messages=()), patience_s=20),
        request=Request({"type": "http", "headers": []}, client.receive),
        send=client.send,
        head=Head(id="resp_1", created_at=1, model="m"),
        keep=keep,
    )


def frame(kind: str, number: int, status: str) -> Forwarded:
    told = {"type": f"response.{kind}", "sequence_number": number, "response": {"status": status, "output": []}}
    return Forwarded(data=b"event: response.%b\ndata: %b\n\n" % (kind.encode(), msgspec.json.encode(told)))


@pytest.mark.parametrize(
    "steps",
    [
        answer("Good morning"),
        (FORWARDED, frame("created", 0, "in_progress"), frame("completed", 1, "completed"), STOP),
    ],
    ids=["translated", "forwarded"],
)
async def test_a_stream_that_could_not_be_kept_fails(steps: Any) -> None:
    client = Client()
    await answer_stream(waiting(client, Model(*steps)))
    assert client.events[-2:] == ["error", "response.failed"]
    assert "response.completed" not in client.events


async def test_a_whole_answer_that_could_not_be_kept_is_not_sent() -> None:
    client = Client()
    with pytest.raises(DatabaseUnavailableError):
        await answer_whole(waiting(client, Model(*answer("Good morning"))))
    assert client.sent == b""


@pytest.mark.parametrize("steps", [(STARTED, *texts("Half of")), (FORWARDED, frame("created", 0, "in_progress"), STOP)])
async def test_an_answer_without_an_end_fails_and_is_kept_so(steps: Any) -> None:
    client, kept = Client(), []

    async def keep(response: dict[str, Any]) -> None:
        kept.append(response)

    await answer_stream(waiting(client, Model(*steps), keep))
    assert client.events[-2:] == ["error", "response.failed"]
    assert [response["status"] for response in kept] == ["failed"]


async def test_the_end_is_told_only_when_it_was_kept() -> None:
    client = Client()
    told_before: list[list[str]] = []

    async def keep(response: dict[str, Any]) -> None:
        assert response["status"] == "completed"
        told_before.append(client.events)

    await answer_stream(waiting(client, Model(*answer("Good morning")), keep))
    assert len(told_before) == 1
    assert "response.completed" not in told_before[0]
    assert client.events[-1] == "response.completed"
