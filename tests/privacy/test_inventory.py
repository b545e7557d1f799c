"""Nothing is kept of a person that nobody told of: every column that may name one is in the inventory."""

import importlib
from pathlib import Path

from sqlalchemy import Uuid

from chimera.privacy.inventory import INVENTORY
from chimera.store import Table, TenantTable
from chimera.tenancy.personal import OF_PERSONS
from chimera.tenancy.tables import PersonRow

SOURCE = Path(__file__).parents[2] / "src"
for file in sorted(SOURCE.rglob("tables.py")):
    if file.parent.name != "store":
        importlib.import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))

# Columns that name no user. A new column that holds an id belongs here, or its table into the inventory.
NOT_PERSONS = {
    *("memory_id", "replaced_by", "forked_from_id", "forked_at_id"),
    *("id", "tenant_id", "key_id", "made_by_key", "person_id"),  # persons belong to no organisation; they go with users
    *("conversation_id", "parent_id", "turn_id", "leaf_id", "summary_of", "user_message_id", "message_id", "send_id"),
    *("response_id", "previous_id", "file_id", "batch_id", "input_file_id", "output_file_id", "error_file_id"),
    *("job_id", "webhook_id", "event_id", "delivery_id", "budget_id", "call_id", "cashier_id", "adjusts"),
    *("nominated", "skipped"),  # participants of panels are models
    *("item_id", "prompt_id", "persona_id", "folder_id", "tag_id"),
    *("group_id", "provider_id", "family_id", "session_id", "segment_id", "cache_id"),
}

# Tables about somebody that no export tells, and why.
EXCUSED = {
    "invitations": "It is the organisation's offer to an address; who took it is a user, and told as one.",
    "data_requests": "It is the organisation's proof of what it did, and names who asked for it.",
    "legal_holds": "A hold may be kept from whom it is about.",
}


def test_every_table_about_people_themselves_is_told_to_them_or_excused() -> None:
    told = {one.name for one in OF_PERSONS} | {one.name for one in INVENTORY if one.shown}
    naming = {
        mapper.class_.__tablename__
        for mapper in Table.registry.mappers
        for column in mapper.columns
        if column.name in {"person_id", "user_id", "email", "address"} or column.references(PersonRow.__table__.c.id)
    }
    assert naming - told == EXCUSED.keys()
    assert {"people", "passkeys", "totp_secrets", "recovery_codes", "mail_tokens", "sign_in_steps"} <= naming


def test_of_themselves_people_are_told_no_hashes_and_nothing_that_is_sealed() -> None:
    shown = {
        (one.name, name)
        for one in OF_PERSONS
        for name in one.table.__mapper__.column_attrs.keys()  # noqa: SIM118  # it is no mapping
        if name not in one.hidden
    }
    assert [name for name in shown if name[1].endswith(("_hash", "secret"))] == []
    assert [name for one in OF_PERSONS for name in one.table.sealed_columns if (one.name, name) in shown] == []


def test_every_column_that_names_a_user_is_in_the_inventory() -> None:
    told = {
        (one.table.__tablename__, one.table.__mapper__.column_attrs[one.person].columns[0].name) for one in INVENTORY
    }
    found = {
        (mapper.class_.__tablename__, column.name)
        for mapper in Table.registry.mappers
        if issubclass(mapper.class_, TenantTable)
        for column in mapper.columns
        if isinstance(column.type, Uuid) and column.name not in NOT_PERSONS
    }
    assert found <= told
    assert told - found == {("users", "id")}


def test_whatever_is_kept_says_why() -> None:
    assert [one.name for one in INVENTORY if (one.fate == "kept") != bool(one.why)] == []


def test_no_export_tells_hashes_of_secrets_or_what_is_sealed() -> None:
    shown = [one for one in INVENTORY if one.shown]
    hashes = [
        (one.name, name)
        for one in shown
        for name in one.table.__mapper__.column_attrs.keys()  # noqa: SIM118  # it is no mapping
        if name.endswith(("_hash", "secret")) and name != "previous_hash" and name not in one.hidden
    ]
    assert hashes == []
    assert [one.name for one in shown if one.table.sealed_columns] == []
