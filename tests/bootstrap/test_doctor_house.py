"""The doctor looks at settings, disk, database, Redis, address and embedded model, and touches none of them."""

import socket
import sqlite3
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.bootstrap.terminal import Ended, at, started, typed
from tests.fakes import FakeUpstream
from tests.serving import ROOT_KEY, running

Environment = dict[str, str]


def check(ended: Ended, name: str) -> dict[str, Any]:
    return next(one for one in ended.json["checks"] if one["name"] == name)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def state(name: str, env: Environment) -> tuple[str, str, int]:
    """Level and status of a check, and the exit code."""
    ended = await typed("doctor", "--json", env=env)
    return check(ended, name)["level"], check(ended, name)["status"], ended.code


async def test_the_shape_that_scripts_rely_on(small_house: Environment) -> None:
    told = (await typed("doctor", "--json", env=small_house)).json
    assert set(told) == {"version", "healthy", "checks", "providers"}
    assert [one["name"] for one in told["checks"]] == [
        "settings",
        "data_folder",
        "database",
        "root_key",
        "redis",
        "address",
        "local_model",
        "embedder",
    ]
    assert all(set(one) == {"name", "level", "status", "detail"} for one in told["checks"])
    fields = {"name", "kind", "level", "status", "detail", "address", "variables", "models", "limits"}
    assert all(set(one) == fields for one in told["providers"])


async def test_nothing_is_made(small_house: Environment, tmp_path: Path) -> None:
    ended = await typed("doctor", env=small_house)
    assert ended.code == 0
    assert names(tmp_path) == []


async def test_every_fault_of_the_settings_is_told_and_providers_are_asked_nevertheless(
    small_house: Environment, fake: FakeUpstream
) -> None:
    wrong = {"CHIMERA_PORT": "99999", "CHIMERA_HSOT": "x", "ANTHROPIC_BASE_URL": "nonsense"}
    ended = await typed("doctor", "--json", env=small_house | at(fake, "openai") | wrong)
    detail = check(ended, "settings")["detail"]
    assert ended.code == 1
    assert all(name in detail for name in wrong)
    assert [one["name"] for one in ended.json["checks"]] == ["settings"]
    assert next(one for one in ended.json["providers"] if one["name"] == "openai")["status"] == "ok"


async def test_a_folder_that_cannot_be_written_is_a_fault(small_house: Environment) -> None:
    env = small_house | {"CHIMERA_DATA_DIR": "/proc/sys/chimera"}
    assert await state("data_folder", env) == ("fault", "not_writable", 1)


async def test_a_file_in_the_folders_place_is_a_fault(small_house: Environment, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert await state("data_folder", small_house) == ("fault", "not_a_folder", 1)


async def test_free_space_is_told(small_house: Environment, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    ended = await typed("doctor", "--json", env=small_house)
    assert "free" in check(ended, "data_folder")["detail"]


async def test_a_database_before_the_first_start_is_no_fault(small_house: Environment) -> None:
    assert await state("database", small_house) == ("note", "empty", 0)


async def test_a_damaged_database_asks_for_a_backup(small_house: Environment, tmp_path: Path) -> None:
    (tmp_path / "none.db").write_bytes(b"no database" * 1000)
    env = small_house | {"CHIMERA_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}
    ended = await typed("doctor", "--json", env=env)
    assert (check(ended, "database")["status"], ended.code) == ("unreadable", 1)
    for told in (check(ended, "database")["detail"], (await started("serve", env=env)).err):
        assert "bring a backup back" in told


async def test_a_root_key_is_held_against_what_the_database_was_sealed_with(
    small_house: Environment, sqlite_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    env = small_house | {"CHIMERA_DATABASE_URL": sqlite_url}
    assert await state("root_key", env) == ("note", "absent", 0)
    async with running(sqlite_url, {}, {"data_dir": folder, "root_key": None}):
        assert await state("root_key", env) == ("ok", "ok", 0)
    kept = (folder / "root.key").rename(folder / "elsewhere")
    assert await state("root_key", env) == ("fault", "missing", 1)
    assert not (folder / "root.key").exists()
    assert await state("root_key", env | {"CHIMERA_ROOT_KEY": "A" * 43 + "="}) == ("fault", "wrong", 1)
    (folder / "root.key").write_text("no key")
    assert await state("root_key", env) == ("fault", "unreadable", 1)
    assert await state("root_key", env | {"CHIMERA_ROOT_KEY": kept.read_text().strip()}) == ("ok", "ok", 0)


async def test_a_migrated_database_is_well(small_house: Environment, database_url: str) -> None:
    env = small_house | {"CHIMERA_DATABASE_URL": database_url}
    assert await state("database", env) == ("ok", "ok", 0)


async def test_an_empty_server_asks_to_be_migrated(small_house: Environment, unmigrated_url: str) -> None:
    assert await state("database", small_house | {"CHIMERA_DATABASE_URL": unmigrated_url}) == ("note", "empty", 0)


async def test_looking_at_a_file_leaves_it_as_it_was(small_house: Environment, sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "chimera.db"
    before, was = file.read_bytes(), file.stat()
    await typed("doctor", env=small_house | {"CHIMERA_DATABASE_URL": sqlite_url})
    assert file.read_bytes() == before
    assert file.stat().st_mtime_ns == was.st_mtime_ns
    assert names(tmp_path) == ["chimera.db"]


@pytest.mark.parametrize(("revision", "status"), [("0001", "behind"), ("9999", "ahead")])
async def test_another_schema_is_a_fault(
    revision: str, status: str, small_house: Environment, sqlite_url: str, tmp_path: Path
) -> None:
    with sqlite3.connect(tmp_path / "chimera.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    env = small_house | {"CHIMERA_DATABASE_URL": sqlite_url}
    assert await state("database", env) == ("fault", status, 1)


async def test_a_file_that_is_no_database_is_a_fault(small_house: Environment, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "chimera.db").write_text("These are not the bytes of a database.\n" * 100)
    assert await state("database", small_house) == ("fault", "unreadable", 1)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("postgresql://chimera:hidden-word@127.0.0.1:1/chimera", "database_unavailable"),
        ("sqlite:///:memory:", "database_url_invalid"),
    ],
)
async def test_a_database_that_cannot_be_reached_is_a_fault(url: str, status: str, small_house: Environment) -> None:
    ended = await typed("doctor", "--json", env=small_house | {"CHIMERA_DATABASE_URL": url})
    assert check(ended, "database")["status"] == status
    assert ended.code == 1
    assert "hidden-word" not in ended.out


async def test_a_login_without_rights_is_told_which_role_it_needs(
    small_house: Environment, postgres_server: Any, postgres_template: str
) -> None:
    login = f"stranger_{uuid4().hex}"
    await postgres_server.execute(f"CREATE ROLE {login} LOGIN NOSUPERUSER")
    env = small_house | {"CHIMERA_DATABASE_URL": postgres_server.url(postgres_template, login=login)}
    ended = await typed("doctor", "--json", env=env)
    assert (check(ended, "database")["status"], ended.code) == ("unreadable", 1)
    assert "GRANT chimera_app TO" in check(ended, "database")["detail"]
    assert "GRANT chimera_app TO" in (await typed("spend", "reconcile", env=env)).err


async def test_migrating_a_database_that_is_not_there_says_so(small_house: Environment, tmp_path: Path) -> None:
    env = small_house | {"CHIMERA_DATABASE_URL": f"postgresql://chimera@/chimera?host={tmp_path}"}
    ended = await typed("migrate", env=env)
    assert (ended.code, "database cannot be reached" in ended.err) == (1, True)


async def test_a_database_that_does_not_exist_is_a_fault(small_house: Environment, postgres_server: Any) -> None:
    env = small_house | {"CHIMERA_DATABASE_URL": postgres_server.url("nowhere")}
    ended = await typed("doctor", "--json", env=env)
    assert (check(ended, "database")["level"], ended.code) == ("fault", 1)
    assert "CHIMERA_DATABASE_URL" in check(ended, "database")["detail"]


async def test_redis_is_asked_where_it_is_configured(small_house: Environment, redis_url: str) -> None:
    assert await state("redis", small_house) == ("off", "off", 0)
    assert await state("redis", small_house | {"CHIMERA_REDIS_URL": redis_url}) == ("ok", "ok", 0)


async def test_a_redis_that_is_away_is_a_fault(small_house: Environment, fake: FakeUpstream) -> None:
    url = fake.unreachable_url.replace("http://", "redis://:hidden-word@")
    ended = await typed("doctor", "--json", env=small_house | {"CHIMERA_REDIS_URL": url})
    assert (check(ended, "redis")["status"], ended.code) == ("unreachable", 1)
    assert "hidden-word" not in ended.out


async def test_a_redis_that_refuses_the_login_is_told_apart(small_house: Environment, redis_url: str) -> None:
    separator = "&" if "?" in redis_url else "?"
    env = small_house | {"CHIMERA_REDIS_URL": f"{redis_url}{separator}username=nobody&password=wrong"}
    assert await state("redis", env) == ("fault", "refused", 1)


async def test_an_address_that_another_program_has_is_a_fault(small_house: Environment, fake: FakeUpstream) -> None:
    env = small_house | {"CHIMERA_PORT": fake.url.rpartition(":")[2]}
    assert await state("address", env) == ("fault", "taken", 1)


async def test_a_free_address_stays_free(small_house: Environment) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
    env = small_house | {"CHIMERA_PORT": str(port)}
    assert await state("address", env) == ("ok", "free", 0)
    assert await state("address", env) == ("ok", "free", 0)


async def test_an_address_that_this_machine_has_not_is_a_fault(small_house: Environment) -> None:
    assert await state("address", small_house | {"CHIMERA_HOST": "203.0.113.1"}) == ("fault", "unusable", 1)


async def test_it_works_beside_a_running_server(
    small_house: Environment, database_url: str, tmp_path: Path, fake: FakeUpstream
) -> None:
    async with running(database_url, at(fake, "openai"), {"data_dir": tmp_path}) as server:
        beside = {
            "CHIMERA_PORT": server.url.rpartition(":")[2],
            "CHIMERA_DATABASE_URL": database_url,
            "CHIMERA_ROOT_KEY": ROOT_KEY,
        }
        ended = await typed("doctor", "--json", env=small_house | beside | at(fake, "openai"))
    assert check(ended, "root_key")["status"] == "ok"
    assert check(ended, "address")["status"] == "serving"
    assert check(ended, "database")["status"] == "ok"
    assert ended.code == 0


async def test_the_embedded_model_is_looked_at_and_not_started(small_house: Environment, tmp_path: Path) -> None:
    assert await state("local_model", small_house) == ("off", "off", 0)
    weights = tmp_path / "mine.gguf"
    weights.write_bytes(b"GGUF")
    assert await state("local_model", small_house | {"CHIMERA_LOCAL_MODEL": str(weights)}) == ("ok", "ok", 0)


async def test_a_model_file_that_is_not_there_is_a_fault(small_house: Environment, tmp_path: Path) -> None:
    env = small_house | {"CHIMERA_LOCAL_MODEL": str(tmp_path / "nowhere.gguf")}
    assert (await state("settings", env))[1:] == ("invalid", 1)


async def test_a_pipe_gets_no_colours_and_whole_lines(small_house: Environment) -> None:
    ended = await typed("doctor", env=small_house)
    assert "\x1b" not in ended.out
    assert not any(line.endswith(" ") for line in ended.out.splitlines())
