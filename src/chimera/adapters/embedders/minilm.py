"""all-MiniLM-L6-v2 on onnxruntime: English, 384 dimensions, a few milliseconds a question on one thread.

`tools/build_embedder.py` makes its files (`make install`); a wheel carries them.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from chimera.gateway.caching.embedder import EmbedderMissingError

FOLDER = Path(__file__).parent / "weights"
LONGEST_TOKENS = 256
# Before the tokenizer, whose work grows with the text: more characters than 256 tokens of any prose have.
_LONGEST_CHARACTERS = 4096
# Together a text costs half of what it costs alone; beyond that many it gets no cheaper, and others wait longer.
_BATCH = 8

Vectors: TypeAlias = NDArray[np.float32]
Waiting: TypeAlias = tuple[str, "asyncio.Future[Vectors]"]


class MiniLM:
    """Embeds on one thread of its own; what comes while it is busy is embedded together next."""

    id = "all-minilm-l6-v2/int8-1"

    def __init__(self, tokenizer: Tokenizer, session: onnxruntime.InferenceSession) -> None:
        self._tokenizer = tokenizer
        self._session = session
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")
        self._waiting: list[Waiting] = []
        self._busy = False

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text; of a long one its first 256 tokens count."""
        if not texts:
            return np.empty((0, 384), np.float32)
        loop = asyncio.get_running_loop()
        futures = [loop.create_future() for _ in texts]
        self._waiting += zip(texts, futures, strict=True)
        if not self._busy:
            self._next()
        return np.stack(await asyncio.gather(*futures))

    def _next(self) -> None:
        # Whoever stopped waiting needs no vector.
        waiting = [one for one in self._waiting if not one[1].done()]
        batch, self._waiting = waiting[:_BATCH], waiting[_BATCH:]
        self._busy = bool(batch)
        if batch:
            loop = asyncio.get_running_loop()
            work = loop.run_in_executor(self._thread, self._compute, [text for text, _ in batch])
            work.add_done_callback(partial(self._hand_out, [future for _, future in batch]))

    def _hand_out(self, futures: Sequence["asyncio.Future[Vectors]"], work: "asyncio.Future[Vectors]") -> None:
        error = None if work.cancelled() else work.exception()
        for position, future in enumerate(futures):
            if future.done():
                continue
            if work.cancelled():
                future.cancel()
            elif error is not None:
                future.set_exception(error)
            else:
                future.set_result(work.result()[position])
        self._next()

    def _compute(self, texts: Sequence[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch([text[:_LONGEST_CHARACTERS] for text in texts])
        ids = np.zeros((len(encoded), max(len(one.ids) for one in encoded)), np.int64)
        mask = np.zeros_like(ids)
        for row, one in enumerate(encoded):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def connect(folder: Path = FOLDER) -> MiniLM:
    """Load tokenizer and weights. Takes a quarter of a second and 90 MB: call it outside the event loop.

    Raises:
        EmbedderMissingError: if they were not built.
    """
    tokenizer_file, model_file = folder / "tokenizer.json", folder / "model.onnx"
    if not tokenizer_file.is_file() or not model_file.is_file():
        raise EmbedderMissingError(f"The local embedder's files are not in {folder}: run `make install`.")
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST_TOKENS)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep what the longest text ever needed
    session = onnxruntime.InferenceSession(model_file, options, providers=["CPUExecutionProvider"])
    return MiniLM(tokenizer, session)
