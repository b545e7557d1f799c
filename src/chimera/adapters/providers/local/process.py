"""One child process: spawned, told what to serve, ended. Blocking calls only; `server.py` calls them where it may.

Not asyncio's subprocesses: one that is cancelled while it starts can wait for ever, and they learn of a death late.
"""

import json
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

_CHILD = Path(__file__).with_name("child.py")
_FAREWELL_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What to serve, and how.

    Attributes:
        output_tokens: Length of an answer where the request does not say.
    """

    model: str
    path: Path
    context_tokens: int
    threads: int
    output_tokens: int = 512


@dataclass(slots=True, kw_only=True)
class Running:
    """A child. It answers at `address`, which is empty until it has loaded the model, to whoever has the key."""

    api_key: str = field(repr=False)
    address: str = ""
    _process: Popen[str]

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        return self._process.poll()

    def answer(self) -> str:
        """Wait for its one answer and return it: its address, why it cannot serve, or nothing if it died."""
        assert self._process.stdout is not None
        with self._process.stdout as answers:
            line = answers.readline()
        if not line:
            self._process.wait(_FAREWELL_S)
            return ""
        answer: dict[str, str] = json.loads(line)
        self.address = answer.get("address", "")
        return self.address or answer["error"]

    def release(self) -> None:
        """Let it end: it reads the end of its input and leaves."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()

    def kill(self) -> None:
        """End it now and wait for that: a killed process is gone in a moment."""
        self.release()
        self._process.kill()
        self._process.wait()

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; `False` if it is still there."""
        try:
            self._process.wait(timeout_s)
        except TimeoutExpired:
            return False
        return True


def spawn(weights: Weights) -> Running:
    """Start a child and tell it what to serve; takes a few milliseconds, the loading is the child's own."""
    process = Popen(  # noqa: S603 (our own interpreter and file, no word of a caller's)
        [sys.executable, "-P", str(_CHILD)],
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env={},  # none of our secrets
        start_new_session=True,  # Ctrl-C is for the server, which ends the child when nobody is served any more
        text=True,
    )
    api_key = token_urlsafe(32)
    order = {
        "model": weights.model,
        "model_path": str(weights.path),
        "context_tokens": weights.context_tokens,
        "output_tokens": weights.output_tokens,
        "threads": weights.threads,
        "api_key": api_key,
    }
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # it died already; `answer` will say so
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
    return Running(api_key=api_key, _process=process)


def end(running: Running) -> None:
    """Wait until a released child has left, and make it leave if it does not."""
    if not running.wait(_FAREWELL_S):
        running.kill()
