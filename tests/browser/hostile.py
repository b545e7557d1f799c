"""Names that would be programs if anybody took them for markup, and a house in which everything has one."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
from tests.fakes import Answer, FakeUpstream, Fault, ToolUse
from tests.surfaces.isolation.bodies import BODIES

ELSEWHERE: Final = "//e.invalid"
# Each fits into a name.
PAYLOADS: Final = (
    "<script>harmed=1</script>",
    "<img src=x onerror=harmed=1>",
    "\"'><svg onload=harmed=1>",
    "</title></textarea></script><script>harmed=1</script>",
    "&lt;img src=x onerror=harmed=1&gt;&#60;b&#62;",
    "{{harmed=1}}${harmed=1}$t(palette.title)$&<%=harmed=1%>",
    "javascript:harmed=1//%0aharmed=1",
    f"[x](javascript:harmed=1)![]({ELSEWHERE}/p.png)",
    f"<img src={ELSEWHERE}/p><base href={ELSEWHERE}/>",
    f"red;background:url({ELSEWHERE}/c)}}</style>",
    "\u202ekcab\u2066\u200f<b onclick=harmed=1>",
    "<iframe srcdoc='<script>parent.harmed=1</script>'>",
)
EVERYTHING: Final = " ".join(PAYLOADS)
# Stays as it is where Markdown is read.
MARKUP: Final = " ".join(one for one in PAYLOADS if not {"&", "$", "["} & set(one))
# The id of a model has no blanks.
MODEL: Final = "<img/src=x/onerror=harmed=1>"
# What people write as they like, in the bodies of operations that make something.
_WRITTEN: Final = frozenset({"name", "title", "description", "reason", "statement", "note", "client"})
# By which the web app calls what has no other name; only some signs may stand there.
_MARKED: Final[Mapping[str, Mapping[str, str]]] = {
    "/roles": {"name": "harmed"},
    "/webhooks": {"url": "https://e.invalid/harmed"},
}
# For these a device or a mailed link is needed.
_NOT_HERE: Final = frozenset({"/api/v1/passkeys", "/api/v1/invitations/accept"})

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Names:
    """What is called what; each name begins with the thing that it was given to."""

    given: dict[str, str] = field(default_factory=dict)
    _payloads: Iterator[str] = field(default_factory=lambda: itertools.cycle(PAYLOADS))

    def of(self, thing: str, payload: str = "") -> str:
        assert thing not in self.given, thing
        self.given[thing] = name = f"{thing} {payload or next(self._payloads)}"
        return name

    def found_in(self, text: str) -> set[str]:
        """The things whose names are there, also where one is kept from turning the direction of a sentence."""
        text = _plain(text)
        return {thing for thing, name in self.given.items() if _plain(name) in text}


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where the names are given, by somebody who may do everything: `http` is signed in."""

    http: httpx2.AsyncClient
    fake: FakeUpstream
    names: Names

    async def furnish(self) -> dict[str, str]:
        """Make something of every kind; by their patterns, the addresses of pages that need more than that."""
        made = await self._whatever_has_a_name()
        talk = await self._talk()
        await self._administration(made)
        share = await self._shelves(made, talk)
        panel = await self._panel(made)
        return {
            "/c/$conversationId": f"/c/{talk}",
            "/c/$conversationId/print": f"/c/{talk}/print",
            "/c/$conversationId/panel": f"/c/{panel}",
            "/library/prompts/$id": f"/library/prompts/{made['/prompts']['id']}",
            "/library/personas/$id": f"/library/personas/{made['/personas']['id']}",
            "/shared/$token": share,
            "/search": "/search?q=question",
        }

    async def sent(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
        answer = await self.http.request(method, f"/api/v1{path}", json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        made: Json = answer.json() if answer.content else {}
        return made

    async def _whatever_has_a_name(self) -> dict[str, Json]:
        """One of everything of which people write a name or a sentence, by its address."""
        told: Json = (await self.http.get("/openapi.json")).json()
        made = {}
        for path, operations in told["paths"].items():
            if "post" not in operations or ("post", path) not in BODIES or "{" in path or path in _NOT_HERE:
                continue
            place = path.removeprefix("/api/v1")
            fields = _written(operations["post"], told["components"]["schemas"])
            written = {one: self.names.of(f"{place[1:]}.{one}") for one in fields}
            if written:
                body = {**BODIES["post", path], **_MARKED.get(place, {}), **written}
                made[place] = await self.sent("POST", place, body)
        return made

    async def _talk(self) -> str:
        """A conversation with everything that can stand in one, the refusal of a provider among it."""
        model = f"openai_compatible/{MODEL}"
        body = {"title": self.names.of("talk"), "model": model}
        talk = await self.sent("POST", "/conversations", body | {"system_prompt": self.names.of("told", EVERYTHING)})
        path = f"/conversations/{talk['id']}/messages"
        call = ToolUse(name=self.names.of("tool", MODEL), arguments='{"a": "<img src=x onerror=harmed=1>"}')
        said, thought = self.names.of("answer", MARKUP), self.names.of("thought", MARKUP)
        self.fake.next(Answer(text=said, reasoning=thought, tool_calls=(call,)), Fault.MODEL_NOT_FOUND)
        for number in (1, 2):
            await self.http.post(f"/api/v1{path}", json={"text": self.names.of(f"question-{number}", EVERYTHING)})
        return str(talk["id"])

    async def _administration(self, made: Mapping[str, Json]) -> None:
        session = await self.sent("GET", "/session")
        await self.sent("PATCH", f"/users/{session['user']['id']}", {"name": self.names.of("me")})
        await self.sent("PATCH", f"/tenants/{session['tenant']['id']}", {"name": self.names.of("house")})
        await self.sent("PUT", f"/groups/{made['/groups']['id']}/members/{session['user']['id']}")
        await self.sent("POST", f"/webhooks/{made['/webhooks']['id']}/ping")
        await self.sent("POST", f"/provider-connections/{made['/provider-connections']['id']}/check")
        for policy, body in self._policies().items():
            await self.sent("PUT", f"/policies/{policy}", body)

    def _policies(self) -> dict[str, Json]:
        of = self.names.of
        tried = {"name": "try", "model": of("tried"), "challenger": of("challenger"), "share": 0.5}
        return {
            "branding": {"name": of("brand")},
            "experiments": {"running": [tried]},
            "limits": {"models": [{"model": of("limited"), "requests_per_minute": 1000}]},
            "models": {"allowed": ["*", of("allowed")]},
            "resilience": {"offline_answer": of("offline", EVERYTHING)},
            "sharing": {"audience": "anybody"},
        }

    async def _shelves(self, made: Mapping[str, Json], talk: str) -> str:
        filed = {"conversation_ids": [talk], "folder_id": made["/folders"]["id"], "add_tags": [self.names.of("tag")]}
        await self.sent("PATCH", "/conversations", filed)
        share = await self.sent("POST", f"/conversations/{talk}/shares", {"audience": "anybody", "left_out": []})
        about = {one: self.names.of(one) for one in ("subject", "attribute", "value")} | {"subject_kind": "person"}
        await self.sent("POST", "/memories", {"statement": self.names.of("memory"), "about": about})
        return str(share["path"])

    async def _panel(self, made: Mapping[str, Json]) -> str:
        talk = await self.sent("POST", "/conversations", {"title": self.names.of("panel")})
        persona = {"handle": "Ada", "persona_id": made["/personas"]["id"], "model": "openai/gpt-5", "avatar": "<b>&lt;"}
        other = {"handle": "Bruno", "model": f"openai_compatible/{MODEL}", "persona": self.names.of("part", EVERYTHING)}
        body = {"participants": [persona, other], "policy": {"kind": "round_robin"}, "limits": {"rounds": 1}}
        await self.sent("PUT", f"/conversations/{talk['id']}/panel", body)
        self.fake.next(Answer(text=self.names.of("speech", MARKUP)), Fault.MODEL_NOT_FOUND)
        await self.sent("POST", f"/conversations/{talk['id']}/panel/run", {"text": self.names.of("matter", MARKUP)})
        return str(talk["id"])


def _plain(text: str) -> str:
    return text.translate(dict.fromkeys(range(0x2066, 0x206A)))


def _written(operation: Json, schemas: Json) -> list[str]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    (reference, *_) = [one["$ref"] for one in (body, *body.get("anyOf", ())) if "$ref" in one] or [""]
    properties: Json = schemas.get(reference.rpartition("/")[2], {}).get("properties", {})
    return [name for name, told in properties.items() if name in _WRITTEN and "[a-z]" not in str(told)]
