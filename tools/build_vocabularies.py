"""Rebuild OpenAI's token vocabularies from the npm package `tiktoken`, so that nothing is fetched at run time.

Run by `make install` after `npm ci` in tools/vocabularies. The files are byte-identical to those that OpenAI publishes;
the hashes are the ones by which the Python package `tiktoken` checks its own downloads.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "tools/vocabularies/node_modules/tiktoken/encoders"
TARGET = ROOT / "src/chimera/gateway/vocabularies"

PUBLISHED = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}


def ranks(packed: str) -> bytes:
    """Unpack `! <first rank> <token> <token> …` lines to one `<token> <rank>` line a token."""
    lines: list[str] = []
    for run in packed.splitlines():
        _, first, *tokens = run.split(" ")
        lines += (f"{token} {rank}\n" for rank, token in enumerate(tokens, int(first)))
    return "".join(lines).encode("ascii")


def build(name: str, published_sha256: str) -> None:
    encoder = json.loads((SOURCE / f"{name}.json").read_text("utf-8"))
    unpacked = ranks(encoder["bpe_ranks"])
    if sha256(unpacked).hexdigest() != published_sha256:
        sys.exit(f"{name}: not the published vocabulary; nothing was written.")
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / f"{name}.pattern").write_text(encoder["pat_str"], "utf-8")
    (TARGET / f"{name}.tiktoken").write_bytes(unpacked)


if __name__ == "__main__":
    for vocabulary, digest in PUBLISHED.items():
        build(vocabulary, digest)
