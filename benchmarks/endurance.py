"""Whether Chimera's memory stays flat: `python -m benchmarks.endurance [--requests 200000]`.

Resident memory after each tenth of the requests, with key, limits, a hard budget, ledger and metrics on. The first
tenths fill caches and pools; from the third on it should stay where it is.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import uvloop

from benchmarks.contenders import chimera, start
from benchmarks.jobs import Load, Say, open_worker

PARTS = 10


async def measure(requests: int, *, concurrency: int = 16, words: int = 20) -> list[float]:
    """Megabytes before the first request, and after each tenth of them."""
    with tempfile.TemporaryDirectory(prefix="chimera-bench-") as name:
        folder = Path(name)
        async with open_worker("benchmarks.upstream") as upstream, open_worker("benchmarks.load") as client:
            ours = chimera(upstream.greeting, folder)
            await upstream.do(Say(chunks=words))
            load = Load(
                url=ours.url,
                headers=ours.headers,
                body=ours.road.body(stream=False),
                count=max(1, requests // PARTS // _PORTIONS),
                concurrency=concurrency,
                words=words,
            )
            async with start(ours, folder) as running:
                found = [running.memory_mb()]
                for part in range(PARTS):
                    for _ in range(_PORTIONS):
                        await client.do(load)
                    found.append(running.memory_mb())
                    sys.stderr.write(f"… {(part + 1) * load.count * _PORTIONS} requests: {found[-1]:.1f} MB\n")
                return found


# A worker's answer must come within its patience.
_PORTIONS = 10


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.endurance", description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    found = uvloop.run(measure(parser.parse_args().requests))
    sys.stdout.write(
        f"{' '.join(f'{each:.1f}' for each in found)} MB; since the third tenth {found[-1] - found[3]:+.1f}\n"
    )


if __name__ == "__main__":
    main()
