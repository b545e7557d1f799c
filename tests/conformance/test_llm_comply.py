"""Every surface before every kind of provider passes every check that the provider behind it can pass."""

import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio
from tests.conformance.judging import SURFACES, checks, judge, verdict
from tests.fakes import FLAVOURS, FakeUpstream
from tests.serving import HOSTED, Running, provider_environment, running
from tests.surfaces.requirements import requirement

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fake() -> AsyncGenerator[FakeUpstream]:
    async with FakeUpstream(keys={"good-key"}) as upstream:
        yield upstream


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chimera(
    fake: FakeUpstream, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Running]:
    folder = tmp_path_factory.mktemp("conformance")
    shutil.copy(sqlite_template, folder / "chimera.db")
    database = f"sqlite:///{folder / 'chimera.db'}"
    async with running(database, provider_environment(fake), {"data_dir": folder}) as server:
        yield server


@requirement("judges.llm_comply")
# The judge's own use of jsonschema.
@pytest.mark.filterwarnings("ignore:jsonschema.RefResolver is deprecated:DeprecationWarning")
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("kind", HOSTED)
async def test_an_independent_judge_finds_nothing_wrong(
    chimera: Running, fake: FakeUpstream, surface: str, kind: str
) -> None:
    runner = judge(surface, chimera, f"{kind}/{FLAVOURS[kind].models[0]}")
    failed = {}
    for case in checks(surface):
        result = await verdict(case, runner, fake)
        if result.status.value != "passed":
            failed[case.id] = result.errors
    assert failed == {}


@requirement("judges.llm_comply")
def test_the_table_says_so() -> None:
    table = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    rows = {name.strip("` "): cells for _, name, _, *cells, _ in (line.split("|") for line in table)}
    assert rows.keys() == SURFACES.keys()
    for surface, cells in rows.items():
        count = len(checks(surface))
        assert [cell.strip() for cell in cells] == [f"{count} of {count}"] * len(HOSTED)
