"""Organisations with their users, groups and invitations, put together."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import APIRouter

from chimera.bootstrap.access.signing_in import open_mailer, sign_in_rules
from chimera.bootstrap.settings import Settings
from chimera.kit.mail import Mail
from chimera.policies.service import Policies
from chimera.privacy.holding import check_nothing_is_held
from chimera.store.recording import Recorder
from chimera.tenancy.authenticate import Authenticator
from chimera.tenancy.organisations import endpoints as organisations
from chimera.tenancy.organisations.service import Organisations
from chimera.tenancy.organisations.switching import Switching
from chimera.tenancy.people.accepting import Accepting
from chimera.tenancy.people.directory import Directory
from chimera.tenancy.people.endpoints import groups, invitations, users
from chimera.tenancy.people.invitations import Inviting
from chimera.tenancy.people.posting import posting
from chimera.tenancy.people.teams import Teams
from chimera.tenancy.sessions.passwords import Passwords


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """What organisations do with their people, and operators with organisations."""

    directory: Directory
    teams: Teams
    inviting: Inviting
    accepting: Accepting
    organisations: Organisations
    switching: Switching
    post: Callable[[Mail], Awaitable[None]]


def open_members(
    settings: Settings, policies: Policies, passwords: Passwords, recorder: Recorder, authenticate: Authenticator
) -> Members:
    database, forget, rules = policies.database, authenticate.forget, sign_in_rules(policies)
    inviting = Inviting(database=database, recorder=recorder, link=invitation_link(settings))
    return Members(
        directory=Directory(database=database, recorder=recorder, on_revoked=forget),
        teams=Teams(database=database, recorder=recorder, on_revoked=forget),
        inviting=inviting,
        accepting=Accepting(
            database=database,
            passwords=passwords,
            rules=rules,
            recorder=recorder,
            on_revoked=forget,
        ),
        organisations=Organisations(
            database=database,
            inviting=inviting,
            recorder=recorder,
            may_go=check_nothing_is_held,
            on_revoked=forget,
        ),
        switching=Switching(database=database, rules=rules, recorder=recorder, on_revoked=forget),
        post=posting(open_mailer(settings)),
    )


def invitation_link(settings: Settings) -> Callable[[str], str]:
    """Where the web app takes a token: behind `#`, which no browser sends and no proxy writes down."""
    site = settings.public_url or f"http://{settings.host}:{settings.port}"
    return lambda token: f"{site.rstrip('/')}/invitation#{token}"


def routers(members: Members) -> tuple[APIRouter, ...]:
    return (
        users.router(members.directory),
        groups.router(members.teams),
        invitations.router(members.inviting, members.accepting, members.post),
        organisations.router(members.organisations, members.switching, members.post),
    )
