"""The provider that every contender calls: the tests' fake upstream, told between rounds what to say."""

from typing import assert_never

import uvloop
from tests.fakes import Answer, FakeUpstream, Fault

from benchmarks.jobs import Ail, Hang, Hold, Job, Load, Outcome, Release, Say, work


def text(words: int) -> str:
    """Return an answer of so many words."""
    return " ".join(f"word{number:03d}" for number in range(words))


async def _run() -> None:
    async with FakeUpstream() as fake:

        async def handle(job: Job) -> Outcome:
            match job:
                case Say():
                    answer = Answer(text=text(job.chunks), chunks=job.chunks, delay_s=job.delay_ms / 1000)
                    fake.say(answer)
                case Hang():
                    fake.next(*[Fault.HANG_MIDWAY] * job.count)
                case Ail(provider=provider, fault=None):
                    fake.recover(provider)
                case Ail(provider=provider, fault=str(fault)):
                    fake.fall_ill(provider, Fault(fault))
                case Load() | Hold() | Release():
                    raise ValueError("not a job of the upstream")
                case _:
                    assert_never(job)
            return Outcome()

        await work(fake.url, handle)


if __name__ == "__main__":
    uvloop.run(_run())
