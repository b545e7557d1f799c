"""Run the fake upstream on its own: `python -m tests.fakes --port 9999 --chunks 20`."""

import argparse
import asyncio
import sys

from tests.fakes import FLAVOURS, Answer, FakeUpstream


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fakes", description="Play every provider on one port.")
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--chunks", type=int, default=0, help="say this many words in as many chunks; 0 echoes")
    parser.add_argument("--text", help="say this")
    parser.add_argument("--delay-ms", type=float, default=0.0, help="pause before each chunk")
    parser.add_argument("--key", action="append", help="accept this key only (may be repeated)")
    parser.add_argument("--retry-after-s", type=float, default=2.0)
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    text = options.text or (" ".join(f"word{number:02d}" for number in range(options.chunks)) or None)
    answer = Answer(text=text, chunks=options.chunks or Answer().chunks, delay_s=options.delay_ms / 1000)
    async with FakeUpstream(
        keys=options.key, answer=answer, retry_after_s=options.retry_after_s, port=options.port
    ) as fake:
        lines = [f"{name:<18}{fake.base_url(name)}" for name in FLAVOURS]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Serve until interrupted, on uvloop where it is installed."""
    try:
        import uvloop  # noqa: PLC0415  # absent on Windows
    except ImportError:
        run = asyncio.run
    else:
        run = uvloop.run
    try:
        run(_run(_parse()))
    except KeyboardInterrupt:
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
