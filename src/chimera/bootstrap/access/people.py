"""Users and groups of organisations, put together."""

from dataclasses import dataclass

from fastapi import APIRouter

from chimera.store import Database
from chimera.store.recording import Recorder
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.people.endpoints import groups, users
from chimera.tenancy.people.teams import Teams


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What an organisation does with its people."""

    directory: Directory
    teams: Teams


def open_members(database: Database, recorder: Recorder, authenticate: Authenticator) -> Members:
    forget = authenticate.forget
    return Members(
        directory=Directory(database=database, recorder=recorder, on_revoked=forget),
        teams=Teams(database=database, recorder=recorder, on_revoked=forget),
    )


def routers(members: Members) -> tuple[APIRouter, ...]:
    return users.router(members.directory), groups.router(members.teams)
