"""Several models in one conversation, through the whole server and over several wires: speakers and money."""

import json
from pathlib import Path
from typing import Any

import httpx2
from tests.fakes import Answer, FakeUpstream
from tests.serving import provider_environment, running

KINDS = ("openai", "anthropic", "gemini", "ollama")
NAMES = ("Ada", "Bob", "Eve", "Kim")
BUDGET_USD = 0.004


def _seats() -> list[dict[str, Any]]:
    return [
        {"handle": name, "model": f"{kind}/some-model", "persona": f"You are persona {name}."}
        for name, kind in zip(NAMES, KINDS, strict=True)
    ]


async def test_a_panel_over_http(fake: FakeUpstream, sqlite_url: str, tmp_path: Path) -> None:
    rates = {"price_input_usd_per_mtok": "1", "price_output_usd_per_mtok": "10"}
    flags = {"data_dir": tmp_path, "models": [{"id": f"{kind}/some-model"} | rates for kind in KINDS]}
    fake.say(Answer(text="I say this and no more.\n⟦Human⟧\nThank you all.", chunks=9))
    async with (
        running(sqlite_url, provider_environment(fake, *KINDS), flags) as server,
        httpx2.AsyncClient(base_url=server.url, headers=server.headers, timeout=30) as http,
    ):
        talk = (await http.post("/api/v1/conversations", json={})).json()["id"]
        path = f"/api/v1/conversations/{talk}/panel"
        missing = await http.get(path)
        assert (missing.status_code, missing.json()["code"]) == (404, "panel_not_found")
        body = {
            "participants": _seats(),
            "policy": {"kind": "round_robin"},
            "limits": {"rounds": 1, "nothing_new": False},
        }
        put = await http.put(path, json=body)
        assert put.status_code == 200, put.text
        assert [one["handle"] for one in put.json()["participants"]] == list(NAMES)

        heard = await http.post(f"{path}/run", json={"text": "Who are you?", "stream": True})
        events = [_event(frame) for frame in heard.text.split("\n\n") if frame.startswith("id:")]
        names = [name for name, _ in events]
        assert (names[0], names[-2], names[-1]) == ("turn.started", "panel.stopped", "turn.finished")
        begun = [data for name, data in events if name == "speech.started"]
        assert [data["handle"] for data in begun] == list(NAMES)
        texts = [data for name, data in events if name == "text.delta"]
        assert {data["message_id"] for data in texts} == {data["message_id"] for data in begun}
        assert not [data for data in texts if "Thank" in data["text"]]
        assert [data["impersonated"] for name, data in events if name == "speech.finished"] == ["Human"] * 4

        said = (await http.get(f"/api/v1/conversations/{talk}/messages")).json()["data"]
        assert [one["speech"]["handle"] for one in said[1:]] == list(NAMES)
        assert said[1]["speech"]["why"] == "It is Ada's turn in round 1."
        assert {one["parts"][0]["text"].strip() for one in said[1:]} == {"I say this and no more."}
        asked = [json.dumps(one.json, ensure_ascii=False) for one in fake.requests if one.method == "POST"]
        for name, others in ((name, [other for other in NAMES if other != name]) for name in NAMES):
            [own] = [text for text in asked if f"You are persona {name}." in text]
            assert not [other for other in others if f"You are persona {other}." in own]
            assert "Thank you all" not in own

        refused = await http.post(f"/api/v1/conversations/{talk}/messages", json={"text": "Hi"})
        assert (refused.status_code, refused.json()["code"]) == (409, "panel_conversation")
        for change in ({"policy": {"kind": "debate"}}, {"policy": {"kind": "debate", "chair": "Nobody"}}):
            wrong = await http.put(path, json=body | change)
            assert (wrong.status_code, wrong.json()["code"]) == (400, "panel_invalid")
        muted = await http.patch(f"{path}/participants/bob", json={"muted": True, "budget_usd": "0.01"})
        assert muted.json()["participants"][1]["muted"] is True
        nobody = await http.patch(f"{path}/participants/zoe", json={"muted": True})
        assert (nobody.status_code, nobody.json()["code"]) == (404, "participant_not_found")

        limits = {"rounds": 9, "turns": 50, "budget_usd": f"{BUDGET_USD}", "nothing_new": False}
        fake.say(Answer(text="word " * 60, chunks=60))
        assert (await http.put(path, json=body | {"limits": limits})).status_code == 200
        for _ in range(3):
            ended = await http.post(f"{path}/run", json={"text": "Go on, at length."})
            assert ended.json()["status"] == "completed", ended.text
        standing = (await http.get(path)).json()
        entries = (await http.get("/api/v1/ledger", params={"limit": 200})).json()["data"]
        charged = sum(float(entry["cost_usd"]) for entry in entries)
        assert 0 < charged <= BUDGET_USD, "nothing that the panel did is above its budget"
        assert abs(float(standing["spent_usd"]) - charged) < 1e-9
        last = (await http.get(f"/api/v1/conversations/{talk}/messages", params={"limit": 1})).json()["data"][0]
        assert last["role"] in {"user", "assistant"}


def _event(frame: str) -> tuple[str, dict[str, Any]]:
    fields = dict(line.split(": ", 1) for line in frame.splitlines())
    return fields["event"], json.loads(fields["data"])
