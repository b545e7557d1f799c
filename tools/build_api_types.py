"""Write the web app's types of the platform's API, `frontend/src/shared/api/schema.d.ts`.

Run by `make api-types` after an endpoint has changed; a test says when that was forgotten. The description is that of a
server which is opened over an empty database in a folder of its own and never listens.
"""

import asyncio
import json
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2

from chimera.bootstrap.house import open_house
from chimera.bootstrap.settings import load
from chimera.bootstrap.web import create_app
from chimera.store.migrate import migrate

ROOT = Path(__file__).parent.parent
TYPES = ROOT / "frontend/src/shared/api/schema.d.ts"
COMMAND = ROOT / "tools/api-types/node_modules/.bin/openapi-typescript"
_REFERENCE = re.compile(r'"#/components/schemas/([^"]+)"')


async def description() -> dict[str, Any]:
    """What `/openapi.json` says of a server as it comes."""
    with TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/chimera.db"
        await migrate(url)
        async with open_house(load({}, {"database_url": url, "local_model": "off"}), {}) as house:
            door = httpx2.ASGITransport(app=create_app(house))
            async with httpx2.AsyncClient(transport=door, base_url="http://127.0.0.1") as http:
                document: dict[str, Any] = (await http.get("/openapi.json")).json()
    return document


def types_of(document: dict[str, Any]) -> str:
    """TypeScript of what the platform's own paths take and give; other people's APIs are left out."""
    own = [operations for path, operations in document["paths"].items() if path.startswith("/api/v1/")]
    schemas = document["components"]["schemas"]
    spoken_of = _reached(own, schemas)
    kept = {name: _untitled(schemas[name]) for name in sorted(spoken_of)}
    bare = {"openapi": document["openapi"], "info": document["info"], "paths": {}, "components": {"schemas": kept}}
    arguments = [
        COMMAND,
        "--alphabetize",
        "--default-non-nullable=false",
        "--root-types",
        "--root-types-no-schema-prefix",
    ]
    made = subprocess.run(arguments, input=json.dumps(bare), capture_output=True, text=True, check=True)
    return made.stdout


def _reached(start: object, schemas: dict[str, Any]) -> set[str]:
    """Names of the schemas that `start` refers to, by however many steps."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        named = set(_REFERENCE.findall(json.dumps(waiting.pop()))) - found
        found |= named
        waiting += (schemas[name] for name in named)
    return found


def _untitled(node: Any) -> Any:
    """A schema without the titles that only repeat its names."""
    if isinstance(node, dict):
        return {key: _untitled(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
    return [_untitled(value) for value in node] if isinstance(node, list) else node


if __name__ == "__main__":
    TYPES.write_text(types_of(asyncio.run(description())), "utf-8")
