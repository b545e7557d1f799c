"""Row-level security in PostgreSQL, written by the migrations. On SQLite there is none and these do nothing.

A policy admits the rows of the tenant that the transaction named, and nothing when it named none. Why two settings, and
a role of its own: docs/adr/0006-tenant-isolation-in-the-database.md.
"""

from collections.abc import Iterator
from typing import Protocol

APPLICATION_ROLE = "chimera_app"
TENANT_SETTING = "chimera.tenant_id"
SYSTEM_SETTING = "chimera.system"

# A transaction-local setting is '' and not NULL once its transaction ended, and ''::uuid raises.
_TENANT = f"NULLIF(current_setting('{TENANT_SETTING}', true), '')::uuid"
# Since PostgreSQL 16 a member may lack the right to become the role; before, 'SET' is not a word it knows.
MAY_BECOME = "CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END"
_REFUSAL = "chimera_refuse_change"
_SYSTEM = f"current_setting('{SYSTEM_SETTING}', true) = 'on'"


class _Migration(Protocol):
    """What we need of `alembic.op`, so that this module does not import Alembic."""

    def execute(self, sqltext: str) -> None: ...


class _Dialect(Protocol):
    name: str


def create_application_role(op: _Migration, dialect: _Dialect) -> None:
    """Make the role as which the program acts, and let this login become it.

    A login that may not create roles goes on without: then it acts itself, bound by FORCE ROW LEVEL SECURITY.
    """
    if dialect.name != "postgresql":
        return
    # Roles belong to the whole cluster: another database's migration may be making the same one.
    op.execute(f"""
DO $$ BEGIN
  CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$""")
    op.execute(f"""
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}')
     AND NOT pg_has_role(current_user, '{APPLICATION_ROLE}', {MAY_BECOME}) THEN
    EXECUTE format('GRANT {APPLICATION_ROLE} TO %I', current_user);
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$""")
    _grant(op, "USAGE", "SCHEMA public")
    _grant(op, "SELECT", "TABLE alembic_version")


def protect(op: _Migration, dialect: _Dialect, table: str, *, tenant: str = "tenant_id", system: bool = False) -> None:
    """Force row-level security on a table that the migration has just made.

    Args:
        op: `alembic.op`.
        dialect: `op.get_context().dialect`.
        table: Its name.
        tenant: The column that holds the tenant's id.
        system: Whether a system transaction sees every tenant's rows; as `TenantTable.system_access`.
    """
    if dialect.name != "postgresql":
        return
    _force(op, table)
    _allow(op, table, tenant=tenant, system=system)


def protect_system_table(op: _Migration, dialect: _Dialect, table: str) -> None:
    """Force row-level security on a table of no tenant: only system transactions see it."""
    if dialect.name != "postgresql":
        return
    _force(op, table)
    _allow(op, table, tenant=None, system=True)


def conditions(*, tenant: str | None, system: bool) -> Iterator[tuple[str, str]]:
    """Names of a table's policies, each with what it admits.

    Args:
        tenant: The column that holds the tenant's id; `None` for a table of no tenant.
        system: Whether a system transaction sees every row.
    """
    if tenant is not None:
        yield "tenant_isolation", f"{tenant} = {_TENANT}"
    if system:
        yield "system_access", _SYSTEM


def close_to_system(op: _Migration, dialect: _Dialect, table: str) -> None:
    """Let system transactions see nothing of a table of tenants any more."""
    if dialect.name == "postgresql":
        op.execute(f"DROP POLICY system_access ON {table}")


def open_to_system(op: _Migration, dialect: _Dialect, table: str) -> None:
    """Let system transactions see every tenant's rows."""
    if dialect.name == "postgresql":
        _allow(op, table, tenant=None, system=True)


def _allow(op: _Migration, table: str, *, tenant: str | None, system: bool) -> None:
    for name, condition in conditions(tenant=tenant, system=system):
        op.execute(f"CREATE POLICY {name} ON {table} USING ({condition}) WITH CHECK ({condition})")


def protect_append_only(op: _Migration, dialect: _Dialect, table: str) -> None:
    """Let rows of a table be added and never changed or removed, by whomever: as `TenantTable.append_only`.

    The owner of the database can take a trigger away; what was done then is for a verifier to find.
    """
    if dialect.name != "postgresql":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
        return
    op.execute(f"""
CREATE OR REPLACE FUNCTION {_REFUSAL}() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$""")
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_REFUSAL}()"
    )
    # Even where a session says that it only replays another server's changes.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")
    _revoke(op, "UPDATE, DELETE", f"TABLE {table}")


def keep_removable_below(op: _Migration, dialect: _Dialect, table: str, cuts: str) -> None:
    """Let rows be added, and removed where another table that is only added to says so by `number`; else nothing.

    Args:
        op: `alembic.op`.
        dialect: `op.get_context().dialect`.
        table: Its name; it must be unprotected.
        cuts: Whose rows say, by tenant, up to which number those of the first may go.
    """
    is_let_go = f"EXISTS (SELECT 1 FROM {cuts} WHERE tenant_id = OLD.tenant_id AND number >= OLD.number)"  # noqa: S608  # constants
    if dialect.name != "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {is_let_go} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        )
        return
    op.execute(f"""
CREATE OR REPLACE FUNCTION {table}_removal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF NOT {is_let_go} THEN
RAISE EXCEPTION '{table} is only ever added to' USING ERRCODE = 'insufficient_privilege';
END IF;
RETURN OLD;
END $$""")
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_REFUSAL}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_removal BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_removal()"
    )
    for trigger in ("append_only", "removal"):
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{trigger}")
    _grant(op, "DELETE", f"TABLE {table}")
    _revoke(op, "UPDATE", f"TABLE {table}")


def forbid_removal(op: _Migration, dialect: _Dialect, table: str) -> None:
    """Take what `keep_removable_below` made of its own back; `unprotect_append_only` takes the rest."""
    if dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_removal ON {table}")
        op.execute(f"DROP FUNCTION {table}_removal()")


def unprotect_append_only(op: _Migration, dialect: _Dialect, table: str) -> None:
    """Take it back. The function that refuses stays as long as any trigger may need it."""
    if dialect.name != "postgresql":
        for act in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER {table}_no_{act.lower()}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    _grant(op, "UPDATE, DELETE", f"TABLE {table}")


def drop_refusal(op: _Migration, dialect: _Dialect) -> None:
    """Take the function that refuses away, after the last of its triggers."""
    if dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {_REFUSAL}()")


def _force(op: _Migration, table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _grant(op, "SELECT, INSERT, UPDATE, DELETE", f"TABLE {table}")


def _grant(op: _Migration, rights: str, what: str) -> None:
    _if_there_is_the_role(op, f"GRANT {rights} ON {what} TO {APPLICATION_ROLE}")


def _revoke(op: _Migration, rights: str, what: str) -> None:
    _if_there_is_the_role(op, f"REVOKE {rights} ON {what} FROM {APPLICATION_ROLE}")


def _if_there_is_the_role(op: _Migration, statement: str) -> None:
    op.execute(f"""
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
    {statement};
  END IF;
END $$""")
