"""What is passed on unread is held and charged for what its endpoint reads and writes; what is free is in no books."""

import json

import pytest
from tests.gateway.metering.books import MemoryBooks
from tests.gateway.metering.rig import CARD, SCOPE, Rig

from chimera.gateway.call import Call, Target, new_call
from chimera.gateway.knowledge import Rates, flat
from chimera.gateway.limits.reserving import input_tokens
from chimera.gateway.metering.extent import bounded
from chimera.llm import Event, Finished, FinishReason, Forwarded, RelayRequest, Started, Usage, UsageReported
from chimera.wires import gemini
from chimera.wires.usage.relayed import RelayedUsage

TARGET = Target(provider="p", model="m", card=CARD)
TEXTS = ["How old is the moon?", "Wie alt ist der Mond?", "月はどのくらい古いですか。"]
HEARD: list[Event] = [
    Started(id="", model="m", forwarded=True),
    Forwarded(data=b"{}"),
    Finished(reason=FinishReason.STOP),
]


def call(request: RelayRequest) -> Call:
    return new_call(SCOPE, request, patience_s=5).to(TARGET)


def relayed(operation: str, **fields: object) -> RelayRequest:
    before, _, after = json.dumps({"model": "MODEL"} | fields).partition("MODEL")
    return RelayRequest(model="m", operation=operation, before=before.encode(), after=after.encode())


def form(**fields: object) -> RelayRequest:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (fields | {"model": "MODEL"}).items()
    )
    before, _, after = f"{parts}--b--\r\n".partition("MODEL")
    kind = "multipart/form-data; boundary=b"
    return RelayRequest(
        model="m", operation="images/edits", before=before.encode(), after=after.encode(), content_type=kind
    )


def embedding(operation: str = gemini.BATCH) -> RelayRequest:
    asked = [{"content": {"parts": [{"text": text}]}, "model": "models/m"} for text in TEXTS]
    body = {"requests": asked} if operation == gemini.BATCH else asked[0]
    return gemini.decode_embedding_request(json.dumps(body).encode(), model="m", operation=operation).relayed


@pytest.mark.parametrize("operation", ["messages/count_tokens", "countTokens"])
async def test_counting_is_in_no_books_and_goes_on_without_a_cent(operation: str) -> None:
    rig = Rig(MemoryBooks(left_nusd=0, left_tokens=0))
    assert await rig.hear(rig.provider(HEARD), call(relayed(operation, input="Hello"))) == HEARD
    assert (rig.books.claims, rig.books.entries) == ([], {})


@pytest.mark.parametrize("operation", [gemini.ONE, gemini.BATCH])
async def test_vectors_cost_what_was_read_where_nobody_tells_how_much_it_was(operation: str) -> None:
    rig = Rig(MemoryBooks(left_nusd=1_000_000), price=flat(Rates(input=1_000_000)))
    asked = embedding(operation)
    await rig.hear(rig.provider(HEARD), call(asked))
    entry, [claim] = rig.books.only, rig.books.claims
    texts = TEXTS if operation == gemini.BATCH else TEXTS[:1]
    assert sum(map(len, texts)) <= entry.usage.input_tokens < len(asked.body) + 20
    assert entry.usage.output_tokens == 0
    assert claim.worst_nusd == entry.cost_nusd == entry.usage.input_tokens
    assert input_tokens(call(asked)) >= sum(map(len, texts)) // 4


async def test_vectors_cost_what_google_says_that_it_read() -> None:
    heard = RelayedUsage("application/json; charset=UTF-8")
    heard.feed(b'{"embeddings":[{"values":[0.5]}],"usageMetadata":{"promptTokenCount":7}}')
    told = heard.close()
    assert told == Usage(input_tokens=7)
    rig = Rig(MemoryBooks(left_nusd=1_000_000), price=flat(Rates(input=1_000_000)))
    await rig.hear(rig.provider([*HEARD[:-1], UsageReported(usage=told), HEARD[-1]]), call(embedding()))
    assert (rig.books.only.measured, rig.books.only.cost_nusd) == ("reported", 7)


async def test_what_nobody_can_price_costs_what_was_held_for_it() -> None:
    rig = Rig(MemoryBooks(left_nusd=1_000_000), price=flat(Rates(input=1_000_000)))
    await rig.hear(rig.provider(HEARD), call(relayed("audio/speech", input="Hello")))
    assert rig.books.only.measured == "worst_case"
    assert rig.books.only.cost_nusd == rig.books.claims[0].worst_nusd > 0


@pytest.mark.parametrize(
    ("asked", "tokens"),
    [
        (relayed("images/generations"), 6240),
        (relayed("images/generations", n=None), 6240),
        (relayed("images/generations", n=10, quality="high", size="1536x1024"), 62_080),
        (relayed("images/generations", n="3", quality="low", size="1024x1024"), 3 * 272),
        (relayed("images/generations", n=2, quality="auto", size="1024x1024"), 2 * 6240),
        (relayed("images/generations", n=2, quality="low", size="4096x4096"), 2 * 6240),
        (relayed("images/generations", n=True, quality=[], size={}), 6240),
        (relayed("images/generations", n=10**30), 1024 * 6240),
        (relayed("images/generations", n=-5), 6240),
        (form(prompt="A cat"), 6240),
        (form(n=4, quality="medium", size="1024x1024"), 4 * 1056),
        (form(n="many"), 6240),
    ],
)
def test_every_picture_is_held_as_large_and_as_fine_as_it_is_asked_for(asked: RelayRequest, tokens: int) -> None:
    found = bounded(asked, TARGET)
    assert found.output_tokens == found.least_output_tokens == tokens


def test_a_number_that_no_reader_of_json_can_hold_is_held_in_full() -> None:
    asked = RelayRequest(model="m", operation="images/generations", before=b'{"model":"', after=b'","n":1e999}')
    assert bounded(asked, TARGET).output_tokens == 1024 * 6240
