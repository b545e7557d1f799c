"""Checkpoints to the log, which commonly leaves the machine."""

import structlog

from chimera.audit.checkpoints import Checkpoint

log = structlog.get_logger()


class LogSink:
    """The port `CheckpointSink`."""

    async def keep(self, checkpoint: Checkpoint) -> None:
        log.info("audit.checkpoint", text=checkpoint.text, signature=checkpoint.signature, key=checkpoint.public_key)
