"""PostgreSQL databases that tests hand on: what a test wrote is taken out again, in a fifth of the time of a new copy.

A database whose schema, rights or first rows a test changed, or that has grown, is dropped and not handed on.
"""

from dataclasses import dataclass, field

import asyncpg

# Whatever a migration can make, and a test can change, but for what changes by itself.
_SCHEMA = """
SELECT sum(hashtextextended(said, 0))::text FROM (
  SELECT concat_ws(' ', 'class', c.oid, relname, relkind, relowner, relacl, relrowsecurity, relforcerowsecurity,
    reloptions, relchecks, relhastriggers) AS said FROM pg_class c WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, attisdropped, atthasdef, attacl)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT concat_ws(' ', 'policy', oid, polname, polroles, polpermissive, polcmd, polqual, polwithcheck)
    FROM pg_policy
  UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgname, tgenabled, tgfoid) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', 'constraint', oid, conname, convalidated) FROM pg_constraint
  UNION ALL SELECT concat_ws(' ', 'index', indexrelid, indisvalid) FROM pg_index
  UNION ALL SELECT concat_ws(' ', 'default', oid, adbin) FROM pg_attrdef
  UNION ALL SELECT concat_ws(' ', 'function', oid, proname, proowner, proacl, prosrc) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'schema', nspname, nspowner, nspacl) FROM pg_namespace WHERE nspname !~ '^pg_'
  UNION ALL SELECT concat_ws(' ', 'extension', extname, extversion) FROM pg_extension
  UNION ALL SELECT concat_ws(' ', 'database', datdba, datacl) FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting s
    JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()
) AS everything
"""
_WRITTEN = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY relname
"""
_GROWN = """
SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'i', 't') AND oid >= 16384 AND pg_relation_size(oid) > 262144
"""
_OTHERS = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_RESTART = "SELECT setval(oid, seqstart, false) FROM pg_sequence JOIN pg_class ON seqrelid = pg_class.oid"
_PATIENCE_MS = 2_000


@dataclass(slots=True, kw_only=True)
class Pristine:
    """What a database is like that was just copied from the template.

    Attributes:
        schema: Of the copies, which have each object under the template's number.
        first_rows: Of the tables that are not empty then, by table.
    """

    schema: str
    first_rows: dict[str, str] = field(default_factory=dict[str, str])

    @classmethod
    async def of(cls, connection: "asyncpg.Connection[asyncpg.Record]") -> "Pristine":
        found = cls(schema=await connection.fetchval(_SCHEMA))
        for (table,) in await connection.fetch(_WRITTEN):
            found.first_rows[table] = await connection.fetchval(_rows(table))
        return found

    async def is_again(self, connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
        """Take out what a test wrote, as a superuser. `False` if the database can be handed on to nobody."""
        await connection.execute(f"SET lock_timeout = {_PATIENCE_MS}; SET session_replication_role = replica")
        await connection.execute(_OTHERS)
        if await connection.fetchval(_SCHEMA) != self.schema or await connection.fetchval(_GROWN):
            return False
        for table, rows in self.first_rows.items():
            if await connection.fetchval(_rows(table)) != rows:
                return False
        written = [table for (table,) in await connection.fetch(_WRITTEN) if table not in self.first_rows]
        if written:
            await connection.execute("; ".join(f"DELETE FROM {table}" for table in written))
            await connection.execute(f"VACUUM {', '.join(written)}")
        await connection.execute(_RESTART)
        return True


def _rows(table: str) -> str:
    return f"SELECT md5(string_agg(said, ' ' ORDER BY said)) FROM (SELECT t::text AS said FROM {table} AS t) AS rows"
