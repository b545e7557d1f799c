"""The audit trail put together: who writes it, who signs its ends, and the doors to it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from chimera.adapters.checkpoint_sinks.file import FileSink
from chimera.adapters.checkpoint_sinks.log import LogSink
from chimera.audit import endpoints
from chimera.audit.checkpoints import Checkpointer, CheckpointSink, Notary
from chimera.audit.credentials import WatchedCredentials, Whose
from chimera.audit.cutting import Cutter
from chimera.audit.pens.postgres import PostgresPen
from chimera.audit.pens.sqlite import SqlitePen
from chimera.audit.service import AuditTrail
from chimera.audit.writing import ChainRecorder, NotedTrail, Pen, TrailMetrics
from chimera.bootstrap.places import root_key
from chimera.bootstrap.settings import Settings
from chimera.store import Database
from chimera.web.caller import Authenticate


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The trail, ready to be written and read.

    Attributes:
        recorder: For acts of administration, in the transactions that do them.
        notes: For what happens all the time.
    """

    recorder: ChainRecorder
    notes: NotedTrail
    trail: AuditTrail
    checkpointer: Checkpointer
    cutter: Cutter

    def watched(self, authenticate: Authenticate, whose: Whose) -> WatchedCredentials:
        """The same, with uses and refusals of credentials in the trail."""
        watched = WatchedCredentials(authenticate=authenticate, trail=self.notes, whose=whose)
        self.notes.sources.append(watched.look)
        return watched


@asynccontextmanager
async def open_audit(settings: Settings, database: Database, registry: CollectorRegistry) -> AsyncGenerator[Audit]:
    """Begin to write. Leaving writes what still waits, and states the ends of all chains."""
    metrics = TrailMetrics(registry)
    notes, notary = NotedTrail(pen=pen_of(database), metrics=metrics), Notary(root=root_key(settings))
    sinks = _sinks(settings)
    checkpointer = Checkpointer(database=database, notary=notary, sinks=sinks)
    audit = Audit(
        recorder=ChainRecorder(metrics=metrics),
        notes=notes,
        trail=AuditTrail(database=database, notary=notary, trail=notes),
        checkpointer=checkpointer,
        cutter=Cutter(database=database, notary=notary, sinks=sinks, trail=notes),
    )
    running = [asyncio.create_task(run(), name="audit") for run in (notes.run, checkpointer.run)]
    try:
        yield audit
    finally:
        # Before the rounds are cancelled: one that is under way is waited for, and none of its lots is lost.
        await notes.drain()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await checkpointer.finish()


def routers(audit: Audit) -> tuple[APIRouter, ...]:
    """What the web application includes of this part."""
    return (endpoints.router(audit.trail),)


def pen_of(database: Database) -> Pen:
    return PostgresPen(database) if database.dialect == "postgresql" else SqlitePen(database)


def _sinks(settings: Settings) -> tuple[CheckpointSink, ...]:
    path = settings.audit_checkpoint_file or settings.data_dir / "audit-checkpoints.jsonl"
    return LogSink(), FileSink(path)
