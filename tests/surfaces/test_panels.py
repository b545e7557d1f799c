"""Several models in one conversation, through the whole server and over several wires: speakers and money."""

import json
from pathlib import Path
from typing import Any

import httpx2
from tests.fakes import Answer, FakeUpstream
from tests.serving import provider_environment, running
from tests.surfaces.requirements import requirement

KINDS = ("openai", "anthropic", "gemini", "ollama")
NAMES = ("Ada", "Bob", "Eve", "Kim")
BUDGET_USD = 0.004


def _seats() -> list[dict[str, Any]]:
    return [
        {"handle": name, "model": f"{kind}/some-model", "persona": f"You are persona {name}."}
        for name, kind in zip(NAMES, KINDS, strict=True)
    ]


BODY = {"participants": _seats(), "policy": {"kind": "round_robin"}, "limits": {"rounds": 1, "nothing_new": False}}


@requirement("panels.served")
async def test_a_panel_over_http(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> None:
    rates = {"price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "10"}
    flags = {"data_dir": tmp_path, "models": [{"id": f"{kind}/some-model"} | rates for kind in KINDS]}
    async with (
        running(sqlite_url, provider_environment(fake, *KINDS), flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=30) as http,
    ):
        talk = (await http.post("/api/v1/conversations", json={})).json()["id"]
        path = f"/api/v1/conversations/{talk}"
        missing = await http.get(f"{path}/panel")
        assert (missing.status_code, missing.json()["code"]) == (404, "panel_not_found")
        put = await http.put(f"{path}/panel", json=BODY)
        assert put.status_code == 200, put.text
        assert [one["handle"] for one in put.json()["participants"]] == list(NAMES)
        await _speaks_as_itself(http, fake, path)
        await _refuses(http, path)
        await _keeps_within_its_budget(http, fake, path)


async def _speaks_as_itself(http: httpx2.AsyncClient, fake: FakeUpstream, path: str) -> None:
    fake.say(Answer(text="I say this and no more.\n⟦Human⟧\nThank you all.", chunks=9))
    heard = await http.post(f"{path}/panel/run", json={"text": "Who are you?", "stream": True})
    events = [_event(frame) for frame in heard.text.split("\n\n") if frame.startswith("id:")]
    names = [name for name, _ in events]
    assert (names[0], names[-2], names[-1]) == ("turn.started", "panel.stopped", "turn.finished")
    begun = [data for name, data in events if name == "speech.started"]
    assert [data["handle"] for data in begun] == list(NAMES)
    texts = [data for name, data in events if name == "text.delta"]
    assert {data["message_id"] for data in texts} == {data["message_id"] for data in begun}
    assert not [data for data in texts if "Thank" in data["text"]]
    assert [data["impersonated"] for name, data in events if name == "speech.finished"] == ["Human"] * 4

    said = (await http.get(f"{path}/messages")).json()["data"]
    assert [one["speech"]["handle"] for one in said[1:]] == list(NAMES)
    assert said[1]["speech"]["why"] == "It is Ada's turn in round 1."
    assert {one["parts"][0]["text"].strip() for one in said[1:]} == {"I say this and no more."}
    asked = [json.dumps(one.json, ensure_ascii=False) for one in fake.requests if one.method == "POST"]
    for name in NAMES:
        [own] = [text for text in asked if f"You are persona {name}." in text]
        assert not [other for other in NAMES if other != name and f"You are persona {other}." in own]
        assert "Thank you all" not in own


async def _refuses(http: httpx2.AsyncClient, path: str) -> None:
    refused = await http.post(f"{path}/messages", json={"text": "Hi"})
    assert (refused.status_code, refused.json()["code"]) == (409, "panel_conversation")
    for policy in ({"kind": "debate"}, {"kind": "debate", "chair": "Nobody"}):
        wrong = await http.put(f"{path}/panel", json=BODY | {"policy": policy})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "panel_invalid")
    muted = await http.patch(f"{path}/panel/participants/bob", json={"muted": True, "budget_usd": "0.01"})
    assert muted.json()["participants"][1]["muted"] is True
    nobody = await http.patch(f"{path}/panel/participants/zoe", json={"muted": True})
    assert (nobody.status_code, nobody.json()["code"]) == (404, "participant_not_found")


async def _keeps_within_its_budget(http: httpx2.AsyncClient, fake: FakeUpstream, path: str) -> None:
    fake.say(Answer(text="word " * 60, chunks=60))
    limits = {"rounds": 9, "turns": 50, "budget_usd": f"{BUDGET_USD}", "nothing_new": False}
    assert (await http.put(f"{path}/panel", json=BODY | {"limits": limits})).status_code == 200
    for _ in range(3):
        ended = await http.post(f"{path}/panel/run", json={"text": "Go on, at length."})
        assert ended.json()["status"] == "completed", ended.text
    standing = (await http.get(f"{path}/panel")).json()
    entries = (await http.get("/api/v1/ledger", params={"limit": 200})).json()["data"]
    charged = sum(float(entry["cost_usd"]) for entry in entries)
    assert BUDGET_USD / 2 < charged <= BUDGET_USD, "what the panel did is not above its budget"
    assert abs(float(standing["spent_usd"]) - charged) < 1e-9


def _event(frame: str) -> tuple[str, dict[str, Any]]:
    fields = dict(line.split(": ", 1) for line in frame.splitlines())
    return fields["event"], json.loads(fields["data"])
