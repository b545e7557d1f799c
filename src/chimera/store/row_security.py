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


def _allow(op: _Migration, table: str, *, tenant: str | None, system: bool) -> None:
    for name, condition in conditions(tenant=tenant, system=system):
        op.execute(f"CREATE POLICY {name} ON {table} USING ({condition}) WITH CHECK ({condition})")


def _force(op: _Migration, table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    _grant(op, "SELECT, INSERT, UPDATE, DELETE", f"TABLE {table}")


def _grant(op: _Migration, rights: str, what: str) -> None:
    op.execute(f"""
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION_ROLE}') THEN
    GRANT {rights} ON {what} TO {APPLICATION_ROLE};
  END IF;
END $$""")
