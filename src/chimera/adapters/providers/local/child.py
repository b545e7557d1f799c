"""The child process: llama.cpp's own server on a loopback port, for as long as its parent holds our standard input.

Run by its path, so that it imports nothing of ours: `server.py` writes one line of orders and reads one line back.
"""

import json
import os
import sys
from typing import Any

import xllamacpp


def parameters(order: dict[str, Any]) -> xllamacpp.CommonParams:
    params = xllamacpp.CommonParams()
    params.model.path = order["model_path"]
    params.model_alias = {order["model"]}
    params.api_keys = [order["api_key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.cors_origins = ""
    params.ui = params.endpoint_slots = params.endpoint_props = params.offline = False
    params.verbosity = 0
    params.n_parallel = 1
    params.n_ctx = order["context_tokens"]
    params.n_predict = order["output_tokens"]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    # Between two batches a request that nobody waits for any more is dropped: a batch takes under 2 s.
    params.n_batch = params.n_ubatch = 256
    # Conversations that take turns in the one slot need not be read again from their beginning.
    params.cache_ram_mib = 64
    _draw_carefully(params.sampling)
    return params


def _draw_carefully(sampling: Any) -> None:
    """Set what holds where a request says nothing; a small model wanders and repeats itself with the usual values.

    "Don't repeat yourself" sampling took repeated runs of four words from 31 % of long answers to 10 % and left short
    ones as right as they were: https://github.com/oobabooga/text-generation-webui/pull/5677
    """
    sampling.temp = 0.1
    sampling.dry_multiplier = 0.8
    sampling.dry_base = 1.75
    sampling.dry_allowed_length = 3
    sampling.dry_penalty_last_n = 256


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else is printed is not an answer
    order = json.loads(sys.stdin.readline())
    try:
        server = xllamacpp.Server(parameters(order))
        answer = {"address": server.listening_address}
    except (RuntimeError, ValueError, OSError) as error:
        answer = {"error": str(error)}
    with answers:
        answers.write(json.dumps(answer) + "\n")
    sys.stdin.read()  # ends when the parent closes it or dies, however it dies
    os._exit(0)


if __name__ == "__main__":
    main()
