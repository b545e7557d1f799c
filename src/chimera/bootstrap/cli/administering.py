"""`chimera tenant`, `user` and `key`: their flags and their help. The work is done in the files of their plurals."""

from typing import Annotated

import typer

from chimera.bootstrap.cli.options import DataDir, Json

tenant = typer.Typer(help="Found organisations, shut them out, put them on tiers.", no_args_is_help=True)
user = typer.Typer(help="List, invite, promote and shut out users.", no_args_is_help=True)
key = typer.Typer(help="List, make and revoke API keys.", no_args_is_help=True)

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
