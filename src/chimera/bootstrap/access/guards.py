"""Whether row-level security stands on PostgreSQL as the code says: asked at every start, and by the doctor.

The migrations made it so; what is found here is what somebody changed by hand since.
"""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

import chimera
from chimera.store import Database, RowSecurityError, Table, TenantTable
from chimera.store.row_security import conditions

_PACKAGE: Final = Path(chimera.__file__).parent

_TENANTS: Final = "tenants"
_NOISE: Final = re.compile(r"::text|[()\s]")
_MOST_TOLD: Final = 5
_QUERY: Final = """
SELECT c.relname::text, c.relrowsecurity AND c.relforcerowsecurity, p.polname::text,
       p.polpermissive AND p.polcmd = '*' AND p.polroles = '{0}',
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p')
"""

_Policies = dict[str, str]


async def check_all_guards(database: Database) -> None:
    """Do as `check_guards`, over the tables of the whole program, also of parts that are not loaded."""
    if database.dialect == "postgresql":
        for file in sorted(_PACKAGE.rglob("tables.py")):
            import_module(".".join(("chimera", *file.relative_to(_PACKAGE).with_suffix("").parts)))
        await check_guards(database)


async def check_guards(database: Database) -> None:
    """Make sure that every table of ours has forced policies, and those that the code says. On SQLite there are none.

    Raises:
        RowSecurityError: if one has not; the message names the tables and what is wrong.
        DatabaseUnavailableError: if it cannot be reached.
    """
    if database.dialect != "postgresql":
        return
    forced: dict[str, bool] = {}
    found: dict[str, _Policies] = {}
    async with database.system_reading() as tx:
        rows = (await (await tx.connection()).exec_driver_sql(_QUERY)).all()
        for table, is_forced, policy, is_plain, using, check in map(tuple, rows):
            forced[table] = is_forced
            if policy is not None:
                shape = _bare(using) if is_plain and using == check else "of another kind"
                found.setdefault(table, {})[policy] = shape
    wrong = list(_faults(forced, found))
    if wrong:
        more = f" (and {len(wrong) - _MOST_TOLD} more)" if len(wrong) > _MOST_TOLD else ""
        raise RowSecurityError(
            f"Row-level security is not as the migrations left it: {'; '.join(wrong[:_MOST_TOLD])}{more}. "
            "Nothing is served until it is put back: docs/guides/troubleshooting.md."
        )


def _faults(forced: Mapping[str, bool], found: Mapping[str, _Policies]) -> Iterator[str]:
    for table, expected in sorted(_expected().items()):
        if table not in forced:
            continue  # of a later migration: `check_schema` tells that
        if not forced[table]:
            yield f"{table} has no FORCE ROW LEVEL SECURITY"
        there = found.get(table, {})
        for name in sorted(expected.keys() - there.keys()):
            yield f"{table} lacks the policy {name}"
        for name in sorted(there.keys() - expected.keys()):
            yield f"{table} has the policy {name}, which is none of ours"
        for name in sorted(expected.keys() & there.keys()):
            if there[name] != expected[name]:
                yield f"the policy {name} of {table} says something else"


def _expected() -> dict[str, _Policies]:
    """Policies by table, as the classes of all tables that this program has loaded say."""
    expected: dict[str, _Policies] = {}
    for mapper in Table.registry.mappers:
        table = mapper.local_table.name  # type: ignore[attr-defined]  # each class of ours has one table
        is_tenants = issubclass(mapper.class_, TenantTable)
        tenant = "tenant_id" if is_tenants else "id" if table == _TENANTS else None
        system = not is_tenants or mapper.class_.system_access
        expected[table] = {name: _bare(condition) for name, condition in conditions(tenant=tenant, system=system)}
    return expected


def _bare(condition: str) -> str:
    """A condition without what PostgreSQL adds when it writes it out."""
    return _NOISE.sub("", condition)
