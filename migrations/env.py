"""What Alembic runs for every command; `chimera.store.migrate` gives it the connection, already locked."""

from alembic import context

attributes = context.config.attributes

if context.is_offline_mode():
    context.configure(dialect_name=attributes["dialect"], literal_binds=True, transactional_ddl=True)
else:
    context.configure(connection=attributes["connection"], transactional_ddl=True)

with context.begin_transaction():
    context.run_migrations()
