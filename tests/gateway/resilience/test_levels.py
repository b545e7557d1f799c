"""How much is offered follows health, without flapping, and the word of those who may say so."""

from datetime import UTC, datetime
from uuid import uuid4

from chimera.gateway.resilience.levels import Barometer, Levels
from chimera.gateway.resilience.load import Loads


class Weather:
    """Four targets in use on a clock of their own."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.open: set[str] = set()
        self.loads = Loads(clock=lambda: self.now, is_open=lambda target_id: target_id in self.open)
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        self.levels = Levels(barometer=Barometer(loads=self.loads, now=lambda: moment))
        self.tenant = uuid4()

    def after(self, seconds: float, *, chosen: str = "auto") -> str:
        """The level after so many seconds in which all targets were in use and it was looked at every second."""
        for _ in range(round(seconds)):
            self.now += 1.0
            for name in "abcd":
                self.loads.of(name).used_at = self.now
            level = self.levels.of(self.tenant, chosen).level  # type: ignore[arg-type]  # one of the levels
        return level


def test_all_is_offered_while_all_are_well_or_nobody_was_asked() -> None:
    weather = Weather()
    assert weather.levels.of(weather.tenant, "auto").level == "full"
    assert weather.after(10) == "full"


def test_half_of_the_targets_down_for_some_seconds_is_degraded_and_all_of_them_minimal() -> None:
    weather = Weather()
    weather.open = {"a", "b"}
    assert weather.after(2) == "full"
    assert weather.after(3) == "degraded"
    weather.open = set("abcd")
    assert weather.after(5) == "minimal"
    standing = weather.levels.of(weather.tenant, "auto")
    assert (standing.why, standing.by_hand) == ("4 of 4 models in use do not answer.", False)


def test_it_rises_again_only_when_all_was_well_for_a_while() -> None:
    weather = Weather()
    weather.open = {"a", "b"}
    weather.after(5)
    weather.open = set()
    assert weather.after(20) == "degraded"
    weather.open = {"a", "b"}
    assert weather.after(5) == "degraded"
    weather.open = set()
    assert weather.after(25) == "degraded", "the good time begins anew"
    assert weather.after(10) == "full"


def test_one_target_that_comes_and_goes_at_the_limit_does_not_make_it_flap() -> None:
    weather = Weather()
    weather.open = {"a", "b"}
    weather.after(5)
    seen = set()
    for turn in range(40):
        weather.open = {"a", "b"} if turn % 2 else {"a"}
        seen.add(weather.after(3))
    assert seen == {"degraded", "full"} or seen == {"degraded"}
    weather.open = {"a", "b"}
    weather.after(10)
    levels = [weather.after(2, chosen="auto") for _ in range(10)]
    assert len(set(levels)) == 1


def test_an_owner_s_word_stands_over_health_but_not_over_the_operator_s() -> None:
    weather = Weather()
    weather.open = set("abcd")
    assert weather.after(10, chosen="full") == "full"
    assert weather.after(1, chosen="offline") == "offline"
    weather.levels.installation = "degraded"
    assert weather.after(1, chosen="full") == "degraded"
    assert weather.after(1, chosen="minimal") == "minimal"
    assert weather.levels.of(weather.tenant, "minimal").by_hand


def test_a_word_given_while_health_says_the_same_is_that_word() -> None:
    weather = Weather()
    weather.open = set("abcd")
    assert weather.after(10, chosen="auto") == "minimal"
    assert not weather.levels.of(weather.tenant, "auto").by_hand
    assert weather.levels.of(weather.tenant, "minimal").by_hand
    assert not weather.levels.of(weather.tenant, "auto").by_hand


def test_an_organisation_out_of_budget_is_degraded_for_a_minute_and_alone() -> None:
    weather = Weather()
    weather.levels.out_of_budget(weather.tenant)
    assert weather.after(30) == "degraded"
    assert weather.levels.of(uuid4(), "auto").level == "full"
    assert weather.after(31) == "full"
