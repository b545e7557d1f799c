"""Circuits: properties that must hold for any history."""

from hypothesis import given
from hypothesis import strategies as st

from chimera.gateway.circuit import Breakers, Circuit, CircuitRules, CircuitState

RULES = CircuitRules(failures_in_a_row=3, rest_s=10.0, longest_rest_s=40.0)


def opened() -> Circuit:
    circuit = Circuit(RULES)
    for _ in range(3):
        circuit.failed(0.0)
    return circuit


def test_it_opens_after_failures_in_a_row_and_not_when_a_success_lies_between() -> None:
    circuit = Circuit(RULES)
    for outcome in (circuit.failed, circuit.failed, circuit.succeeded, circuit.failed, circuit.failed):
        outcome(0.0)
    assert circuit.state is CircuitState.CLOSED
    circuit.failed(0.0)
    assert circuit.state is CircuitState.OPEN


def test_exactly_one_probe_passes_a_half_open_circuit() -> None:
    circuit = opened()
    assert not circuit.permit(9.9)
    assert [circuit.permit(10.0) for _ in range(200)].count(True) == 1


def test_a_probe_that_is_not_heard_of_keeps_nobody_from_trying_once_more() -> None:
    circuit = opened()
    assert circuit.permit(10.0)
    assert not circuit.permit(10.0 + RULES.probe_s - 0.1)
    assert [circuit.permit(10.0 + RULES.probe_s) for _ in range(200)].count(True) == 1
    circuit.succeeded(26.0)
    assert circuit.state is CircuitState.CLOSED


def test_by_its_rules_a_target_that_is_well_again_is_asked_again_within_45_seconds() -> None:
    rules = CircuitRules()
    assert rules.longest_rest_s + rules.probe_s < 45


def test_an_abandoned_probe_lets_the_next_one_through() -> None:
    circuit = opened()
    assert circuit.permit(10.0)
    circuit.abandoned(11.0)
    assert circuit.permit(11.0)


def test_every_failed_probe_doubles_the_rest_up_to_the_longest() -> None:
    circuit, now, rests = opened(), 10.0, []
    for _ in range(4):
        assert circuit.permit(now)
        circuit.failed(now)
        rests.append(circuit.open_until - now)
        now = circuit.open_until
    assert rests == [20.0, 40.0, 40.0, 40.0]


def test_half_of_many_calls_failing_opens_it_even_when_never_in_a_row() -> None:
    circuit = Circuit(CircuitRules(failures_in_a_row=100))
    for _ in range(10):
        circuit.succeeded(1.0)
        circuit.failed(1.0)
    assert circuit.state is CircuitState.OPEN


@given(st.lists(st.tuples(st.sampled_from(["permit", "ok", "fail", "leave"]), st.floats(0, 30)), max_size=60))
def test_whatever_happens_it_lets_calls_through_again_in_the_end(history: list[tuple[str, float]]) -> None:
    circuit, now = Circuit(RULES), 0.0
    for event, passed in history:
        now += passed
        match event:
            case "permit":
                circuit.permit(now)
            case "ok":
                circuit.succeeded(now)
            case "fail":
                circuit.failed(now)
            case _:
                circuit.abandoned(now)
    if circuit.state is CircuitState.HALF_OPEN:
        circuit.abandoned(now)
    assert circuit.permit(max(now, circuit.open_until) + RULES.longest_rest_s)


def test_a_target_is_seen_as_the_next_call_would_find_it_and_looking_leaves_no_trace() -> None:
    clock = iter((0.0, 9.9, 10.0, 100.0)).__next__
    breakers = Breakers(RULES, clock=clock)
    assert breakers.seen("never/asked") is CircuitState.CLOSED
    assert not breakers.states()
    for _ in range(3):
        breakers.of("openai/gpt-5").failed(0.0)
    assert [breakers.seen("openai/gpt-5") for _ in range(4)] == [CircuitState.OPEN] * 2 + [CircuitState.HALF_OPEN] * 2
    assert breakers.states() == {"openai/gpt-5": CircuitState.OPEN}
    assert breakers.of("openai/gpt-5").permit(100.0)
    assert breakers.seen("openai/gpt-5") is CircuitState.HALF_OPEN
    breakers.of("openai/gpt-5").succeeded(100.0)
    assert breakers.seen("openai/gpt-5") is CircuitState.CLOSED


def test_names_that_somebody_makes_up_wipe_out_nothing_that_is_known() -> None:
    breakers = Breakers(RULES, clock=lambda: 0.0)
    for _ in range(3):
        breakers.of("openai/gpt-5").failed(0.0)
    for number in range(5_000):
        breakers.of(f"mine/{number}").succeeded(0.0)
    assert breakers.of("openai/gpt-5").state is CircuitState.OPEN
    assert len(breakers.states()) == 1024
    for number in range(5_000):
        for _ in range(3):
            breakers.of(f"ill/{number}").failed(0.0)
    assert len(breakers.states()) == 1024
