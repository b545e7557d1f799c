"""Who comes in by which credential, who does not, and what ends a socket."""

import asyncio
import json
from datetime import timedelta

import httpx2
import pytest
from tests.conversations.sockets.client import Socket, socket
from tests.conversations.sockets.conftest import Stage
from tests.fakes.answer import Answer
from tests.serving import OWNER_EMAIL, OWNER_PASSWORD
from tests.surfaces.people import colleague_of, stranger_to
from websockets.exceptions import InvalidStatus

from chimera.conversations.sockets import bounds
from chimera.tenancy.credentials import new_api_key
from chimera.tenancy.live import tickets

pytestmark = pytest.mark.asyncio(loop_scope="module")

MUCH = "0123456789" * 300_000
NOBODYS = "0199c3f4-0000-7000-8000-000000000000"


async def refusal(url: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """The status and code of a handshake that fails."""
    with pytest.raises(InvalidStatus) as caught:
        async with socket(url, path, headers):
            pass
    answer = caught.value.response
    problem = json.loads(answer.body or b"{}")
    assert answer.headers["x-request-id"] == problem["request_id"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer.status_code, problem["code"]


async def signed_in(stage: Stage) -> str:
    async with httpx2.AsyncClient(base_url=stage.url, headers={"origin": stage.url}) as person:
        await person.post("/api/v1/session", json={"email": OWNER_EMAIL, "password": OWNER_PASSWORD})
        return str(person.cookies["chimera_session"])


async def is_in(ours: Socket) -> bool:
    return (await ours.until("ready"))["type"] == "ready"


async def test_a_header_a_cookie_a_first_frame_or_a_ticket_lets_in(stage: Stage) -> None:
    cookie = {"Cookie": f"chimera_session={await signed_in(stage)}"}
    for headers in (stage.headers, {"x-api-key": stage.chimera.key}, cookie, {**cookie, "Origin": stage.url}):
        async with socket(stage.url, "chat", headers) as ours:
            assert await is_in(ours)
    async with socket(stage.url, "chat", {"Origin": stage.url}) as ours:
        await ours.say("auth", token=stage.chimera.key)
        assert await is_in(ours)
    for holder in (stage.headers, {**cookie, "Origin": stage.url}):
        async with httpx2.AsyncClient(base_url=stage.url, headers=holder) as http:
            made = [(await http.post("/api/v1/ws/tickets")).json()["ticket"] for _ in range(2)]
        async with socket(stage.url, f"chat?ticket={made[0]}") as ours:
            assert await is_in(ours)
        assert await refusal(stage.url, f"chat?ticket={made[0]}") == (401, "unauthenticated"), "it is good once"
        async with socket(stage.url, "chat") as ours:
            await ours.say("auth", ticket=made[1])
            assert await is_in(ours)


async def test_nobody_else_comes_in(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"Authorization": f"Bearer {new_api_key()}"}
    cookie = {"Cookie": f"chimera_session={await signed_in(stage)}"}
    foreign = {"Origin": "https://evil.example"}
    assert await refusal(stage.url, "chat", wrong) == (401, "unauthenticated")
    assert await refusal(stage.url, "chat", {"Cookie": "chimera_session=guessed"}) == (401, "unauthenticated")
    assert await refusal(stage.url, "chat", {**cookie, **foreign}) == (403, "cross_site_request")
    assert await refusal(stage.url, "chat", {**cookie, "Sec-Fetch-Site": "cross-site"}) == (403, "cross_site_request")
    assert await refusal(stage.url, "chat", foreign) == (403, "cross_site_request"), "nor with a token in its hands"
    assert await refusal(stage.url, "chat?ticket=forged") == (401, "unauthenticated")
    assert await refusal(stage.url, "/v1/realtime", stage.headers) == (404, "unknown_endpoint")
    assert await refusal(stage.url, "no-id", stage.headers) == (404, "conversation_not_found")
    assert await refusal(stage.url, "chat?turn_id=x&after=1", stage.headers) == (400, "invalid_request")
    assert await refusal(stage.url, f"chat?turn_id={NOBODYS}", stage.headers) == (400, "invalid_request")
    for frame, code in (
        ('{"type":"ping"}', 4401),
        ('{"type":"auth"}', 4401),
        ("{", 4400),
        (json.dumps({"type": "auth", "token": new_api_key()}), 4401),
        (json.dumps({"type": "auth", "ticket": "forged"}), 4401),
    ):
        async with socket(stage.url, "chat") as ours:
            await ours.connection.send(frame)
            assert (await ours.closed())[0] == code, frame
            assert [one["type"] for one in ours.heard] == ["error"]
    monkeypatch.setattr("chimera.conversations.sockets.door.INTRODUCTION_S", 0.05)
    async with socket(stage.url, "chat") as ours:
        assert await ours.closed() == (4401, "unauthenticated"), "who says nothing"
    late = (await stage.http.post("/api/v1/ws/tickets")).json()["ticket"]
    monkeypatch.setattr(tickets, "GOOD_FOR", timedelta(seconds=-1))
    late = (await stage.http.post("/api/v1/ws/tickets")).json()["ticket"]
    assert await refusal(stage.url, f"chat?ticket={late}") == (401, "unauthenticated")


async def test_a_conversation_of_somebody_else_is_as_one_that_is_not_there(stage: Stage) -> None:
    conversation = await stage.conversation()
    told = []
    for key in (await colleague_of(stage.chimera), await stranger_to(stage.chimera)):
        for path in (conversation, NOBODYS, f"{NOBODYS}?turn_id={NOBODYS}&after=0"):
            async with socket(stage.url, path, {"Authorization": f"Bearer {key}"}) as ours:
                assert await ours.closed() == (4404, "conversation_not_found")
                told.append([(one["type"], one.get("problem", {}).get("detail")) for one in ours.heard])
    assert all(one == told[0] for one in told)


async def test_a_key_that_is_revoked_and_a_person_who_is_signed_out_lose_their_sockets(stage: Stage) -> None:
    made = (await stage.http.post("/api/v1/keys", json={"name": "short-lived"})).json()
    cookie = {"Cookie": f"chimera_session={await signed_in(stage)}"}
    async with httpx2.AsyncClient(base_url=stage.url, headers={**cookie, "Origin": stage.url}) as person:
        ticket = (await person.post("/api/v1/ws/tickets")).json()["ticket"]
        async with (
            socket(stage.url, "chat", {"Authorization": f"Bearer {made['key']}"}) as by_header,
            socket(stage.url, "chat") as by_frame,
            socket(stage.url, "chat", cookie) as by_cookie,
            socket(stage.url, f"chat?ticket={ticket}") as by_ticket,
            socket(stage.url, "chat", stage.headers) as other,
        ):
            await by_frame.say("auth", token=made["key"])
            for ours in (by_header, by_frame, by_cookie, by_ticket):
                await is_in(ours)
            await stage.http.delete(f"/api/v1/keys/{made['id']}")
            await person.delete("/api/v1/session")
            async with asyncio.timeout(8):
                for ours in (by_header, by_frame, by_cookie, by_ticket):
                    assert await ours.closed() == (1008, "unauthenticated")
            await other.say("ping", id="here")
            await other.until("pong", id="here")


async def test_one_person_has_so_many_sockets_and_no_more(stage: Stage) -> None:
    open_now = stage.chimera.house.hall.bounds.open
    assert open_now == 0
    opened = [socket(stage.url, "chat", stage.headers) for _ in range(12)]
    held = [await one.__aenter__() for one in opened]
    for ours in held:
        await is_in(ours)
    text = (await stage.http.get("/metrics")).text
    assert "chimera_sockets_open 12.0" in text
    async with socket(stage.url, "chat", stage.headers) as ours:
        assert await ours.closed() == (4429, "too_many_sockets")
    for one in opened:
        await one.__aexit__(None, None, None)


async def test_who_speaks_too_fast_or_too_long_is_cut_off(stage: Stage) -> None:
    async with socket(stage.url, "chat", stage.headers) as ours:
        for _ in range(2 * bounds.BURST):
            await ours.say("ping")
        assert await ours.closed() == (4429, "too_many_frames")
    async with socket(stage.url, "chat", stage.headers) as ours:
        await ours.say("message", text="x" * bounds.FRAME_BYTES)
        assert (await ours.closed())[0] == 1009
    async with socket(stage.url, "chat", stage.headers) as ours:
        await is_in(ours)
        ours.connection.transport.write(b"\x81\x82\0\0\0\0\xff\xff")  # no UTF-8
        assert (await ours.closed())[0] == 1007


async def test_a_reader_that_reads_nothing_is_given_up_and_may_resume(stage: Stage) -> None:
    stage.fake.next(Answer(text=MUCH, chunks=150, delay_s=0.01))
    conversation = await stage.conversation()
    taken = asyncio.create_task(
        stage.http.post(f"/api/v1/conversations/{conversation}/messages", json={"text": "Tell me all"})
    )
    async with socket(stage.url, conversation, stage.headers, max_queue=1, max_size=None) as slow:
        await slow.until("turn.started")
        slow.connection.transport.pause_reading()
        turn = (await taken).json()
        bounds_of = stage.chimera.house.hall.bounds
        async with asyncio.timeout(20):
            while bounds_of.open:  # noqa: ASYNC110  # it is counted, not told
                await asyncio.sleep(0.05)
        slow.connection.transport.resume_reading()
        assert await slow.closed() == (4408, "not_reading")
    last = slow.events[-1]
    async with socket(
        stage.url, f"{conversation}?turn_id={last[0]}&after={last[1]}", stage.headers, max_size=None
    ) as back:
        await back.until("turn.finished")
    assert slow.text + back.text == MUCH
    assert [seq for _, seq, _ in slow.events + back.events] == list(range(1, back.events[-1][1] + 1))
    assert turn["status"] == "completed"
