"""Commands about organisations, people, keys, jobs and conversations: their flags and their help, and no work."""

from typing import Annotated

import typer

from chimera.bootstrap.cli.options import DataDir, Json

tenant = typer.Typer(help="Found organisations, shut them out, put them on tiers.", no_args_is_help=True)
user = typer.Typer(help="List, invite, promote and shut out users.", no_args_is_help=True)
key = typer.Typer(help="List, make and revoke API keys.", no_args_is_help=True)

jobs = typer.Typer(help="See what waits, runs or was given up, and decide on it.", no_args_is_help=True)
conversations = typer.Typer(help="List, show, export, archive and hold conversations.", no_args_is_help=True)

Job = Annotated[str, typer.Argument(metavar="JOB", help="Its id.")]
Conversation = Annotated[str, typer.Argument(metavar="CONVERSATION", help="Its id.")]
Named = Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its id, or its name.")]
Of = Annotated[
    str | None,
    typer.Option("--tenant", help="Its id, or its name; where there are several.", metavar="ORGANISATION"),
]
Email = Annotated[str, typer.Argument(metavar="EMAIL")]


@tenant.command("list")
def list_tenants(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """List all organisations."""
    from chimera.bootstrap.cli.tenants import run_list

    raise typer.Exit(run_list({"data_dir": data_dir}, as_json=as_json))


@tenant.command("create")
def create_tenant(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    *,
    owner: Annotated[str, typer.Option(help="Address of whoever is to own it.", metavar="EMAIL")],
    tier: Annotated[str | None, typer.Option(help="Of its limits; the server's default when left out.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Found an organisation, and print the link with which its owner comes in."""
    from chimera.bootstrap.cli.tenants import run_create

    raise typer.Exit(run_create({"data_dir": data_dir}, name, owner=owner, tier=tier, as_json=as_json))


@tenant.command("suspend")
def suspend_tenant(
    organisation: Named,
    *,
    restore: Annotated[bool, typer.Option("--restore", help="Let it in again.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Shut everybody of an organisation out: on running servers within 5 seconds."""
    from chimera.bootstrap.cli.tenants import run_change

    raise typer.Exit(run_change({"data_dir": data_dir}, organisation, suspended=not restore, as_json=as_json))


@tenant.command("tier")
def tier_tenant(
    organisation: Named,
    tier: Annotated[str, typer.Argument(metavar="TIER", help="free, starter, …; `default` is the server's.")],
    *,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Put an organisation on a tier."""
    from chimera.bootstrap.cli.tenants import run_change

    raise typer.Exit(run_change({"data_dir": data_dir}, organisation, tier=tier, as_json=as_json))


@user.command("list")
def list_users(*, of: Of = None, data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the users of an organisation."""
    from chimera.bootstrap.cli.users import run_list

    raise typer.Exit(run_list({"data_dir": data_dir}, of, as_json=as_json))


@user.command("invite")
def invite_user(
    email: Email,
    *,
    role: Annotated[str, typer.Option(help="What they are to be.", metavar="ROLE")] = "member",
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Invite somebody, and print the link with which they come in."""
    from chimera.bootstrap.cli.users import run_invite

    raise typer.Exit(run_invite({"data_dir": data_dir}, of, email=email, role=role, as_json=as_json))


@user.command("role")
def promote_user(
    email: Email,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Give somebody another role."""
    from chimera.bootstrap.cli.users import run_change

    raise typer.Exit(run_change({"data_dir": data_dir}, of, email, role=role, as_json=as_json))


@user.command("suspend")
def suspend_user(
    email: Email,
    *,
    restore: Annotated[bool, typer.Option("--restore", help="Let them in again.")] = False,
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Shut somebody out of an organisation: on running servers within 5 seconds."""
    from chimera.bootstrap.cli.users import run_change

    raise typer.Exit(run_change({"data_dir": data_dir}, of, email, suspended=not restore, as_json=as_json))


@user.command("reset")
def reset_user(email: Email, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Give somebody a new password, and print it. All their sessions end; second factors stay."""
    from chimera.bootstrap.cli.users import run_reset

    raise typer.Exit(run_reset({"data_dir": data_dir}, email, as_json=as_json))


@key.command("list")
def list_keys(
    *,
    prefix: Annotated[str | None, typer.Option(help="Only keys that begin so.", metavar="TEXT")] = None,
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List the API keys of an organisation."""
    from chimera.bootstrap.cli.keys import run_list

    raise typer.Exit(run_list({"data_dir": data_dir}, of, prefix=prefix, as_json=as_json))


@key.command("create")
def create_key(
    email: Email,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    *,
    permission: Annotated[list[str] | None, typer.Option(help="Of theirs; all when left out.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Which models it may ask, such as openai/*.")] = None,
    of: Of = None,
    data_dir: DataDir = None,
) -> None:
    """Make an API key that acts for somebody, and print it."""
    from chimera.bootstrap.cli.keys import run_create, terms_of

    terms = terms_of(name, permission, model)
    raise typer.Exit(run_create({"data_dir": data_dir}, of, email, terms))


@key.command("revoke")
def revoke_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its id.")], *, of: Of = None, data_dir: DataDir = None
) -> None:
    """Revoke an API key and all that were made with it."""
    from chimera.bootstrap.cli.keys import run_revoke

    raise typer.Exit(run_revoke({"data_dir": data_dir}, of, key))


@jobs.command("list")
def list_jobs(
    *,
    state: Annotated[str | None, typer.Option(help="waiting, running or dead.", metavar="STATE")] = None,
    kind: Annotated[str | None, typer.Option(help="Only this work.", metavar="NAME")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List what is to be done for all organisations, the newest first; what is done is gone."""
    from chimera.bootstrap.cli.jobs import run_list

    raise typer.Exit(run_list({"data_dir": data_dir}, state=state, kind=kind, as_json=as_json))


@jobs.command("show")
def show_job(job: Job, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Tell all of a job."""
    from chimera.bootstrap.cli.jobs import run_show

    raise typer.Exit(run_show({"data_dir": data_dir}, job, as_json=as_json))


@jobs.command("retry")
def retry_job(job: Job, *, data_dir: DataDir = None, as_json: Json = False) -> None:
    """Let a job be done at once, as if it had never been tried."""
    from chimera.bootstrap.cli.jobs import run_retry

    raise typer.Exit(run_retry({"data_dir": data_dir}, job, as_json=as_json))


@jobs.command("cancel")
def cancel_job(job: Job, *, data_dir: DataDir = None) -> None:
    """Let a job not be done; of one that runs nothing more is written."""
    from chimera.bootstrap.cli.jobs import run_cancel

    raise typer.Exit(run_cancel({"data_dir": data_dir}, job))


@jobs.command("schedules")
def list_schedules(*, data_dir: DataDir = None, as_json: Json = False) -> None:
    """List what is done again and again: when next, and how it went last."""
    from chimera.bootstrap.cli.jobs import run_schedules

    raise typer.Exit(run_schedules({"data_dir": data_dir}, as_json=as_json))


@conversations.command("list")
def list_conversations(
    *,
    state: Annotated[str | None, typer.Option(help="active, paused, completed or retired.", metavar="STATE")] = None,
    user: Annotated[str | None, typer.Option(help="Only this user's, by id.", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 100,
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """List conversations of an organisation, newest activity first: never what is said in them."""
    from chimera.bootstrap.cli.conversations import Chosen, run_list

    chosen = Chosen(state=state, user=user, limit=limit)
    raise typer.Exit(run_list({"data_dir": data_dir}, of, chosen, as_json=as_json))


@conversations.command("show")
def show_conversation(
    conversation: Conversation, *, of: Of = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Tell where a conversation stands, whether it is held, and what is left of one that is retired."""
    from chimera.bootstrap.cli.conversations import run_show

    raise typer.Exit(run_show({"data_dir": data_dir}, of, conversation, as_json=as_json))


@conversations.command("export")
def export_conversation(
    conversation: Conversation,
    *,
    format: Annotated[str, typer.Option(help="json, jsonl, markdown or html.", metavar="FORMAT")] = "json",
    of: Of = None,
    data_dir: DataDir = None,
) -> None:
    """Write a conversation to standard output, with all its words. The trail tells of it."""
    from chimera.bootstrap.cli.conversations import run_export

    raise typer.Exit(run_export({"data_dir": data_dir}, of, conversation, format=format))


@conversations.command("archive")
def archive_conversation(
    conversation: Conversation,
    *,
    back: Annotated[bool, typer.Option("--back", help="Into the list again.")] = False,
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Put a conversation out of its owner's list, with all its words; nothing is deleted."""
    from chimera.bootstrap.cli.conversations import run_archive

    raise typer.Exit(run_archive({"data_dir": data_dir}, of, conversation, archived=not back, as_json=as_json))


@conversations.command("hold")
def hold_conversation(
    conversation: Conversation,
    *,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads it later.", metavar="TEXT")],
    of: Of = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Let nothing of a conversation be deleted, by anybody, until the hold is released."""
    from chimera.bootstrap.cli.conversations import run_hold

    raise typer.Exit(run_hold({"data_dir": data_dir}, of, conversation, reason=reason, as_json=as_json))


@conversations.command("release")
def release_conversation(
    conversation: Conversation, *, of: Of = None, data_dir: DataDir = None, as_json: Json = False
) -> None:
    """Release all holds of this one conversation; those of its owner and of the organisation stand."""
    from chimera.bootstrap.cli.conversations import run_release

    raise typer.Exit(run_release({"data_dir": data_dir}, of, conversation, as_json=as_json))
