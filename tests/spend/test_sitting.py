"""What one transaction of the books says to the database, step by step."""

from collections import Counter
from uuid import uuid4

from tests.spend.desk import claim, entry

from chimera.kit.clock import utc_now
from chimera.kit.scope import Scope
from chimera.spend.cashier.operations import Settle, Shelf
from chimera.spend.cashier.script import Sitting
from chimera.spend.cashier.steps import Lock, Rows, Step, Take, Write
from chimera.spend.claims import Grant


def answered(step: Step) -> Rows:
    """Books that were just opened and hold nothing."""
    match step:
        case Lock(tenants):
            return [(0,) for _ in tenants]
        case Take(ids):
            return [None for _ in ids]
        case _:
            return ()


def test_what_never_had_a_hold_is_looked_up_together_however_much_it_is() -> None:
    ada = Scope(tenant_id=uuid4(), actor_id=uuid4(), permissions=frozenset())
    settled = [Settle(Grant(claim=claim(ada), amount_nusd=None), entry(0)) for _ in range(300)]
    script = Sitting(Shelf(), cashier_id=uuid4(), at=utc_now(), beat=False).script([*settled, settled[0]])
    steps, step = Counter[str](), next(script)
    try:
        while True:
            steps[type(step).__name__] += 1
            if isinstance(step, Write):
                written = len({line.id for line in step.entries}), len(step.entries)
            step = script.send(answered(step))
    except StopIteration:
        pass
    assert steps == {"Lock": 1, "ReadBudgets": 1, "Take": 1, "FindEntries": 1, "Write": 1}
    assert written == (300, 300)
