"""What a pack can be configured with, and every mistake that the engine would let pass."""

from __future__ import annotations

from datetime import date

import pytest

from model.errors import ConfigurationError
from policies.engine.checks import is_at_least
from policies.engine.configuration import Given, configured
from policies.engine.evaluate import evaluate
from policies.engine.node import Parameter
from policies.engine.rule import At, Rule, Severity
from policies.engine.verdict import Verdict
from tests.policies.stacks import Declared, Stack

THING = "test:index:Thing"
DAYS = Parameter("minDays", 7, "How many days at least.", {"type": "integer", "minimum": 1})
RULE = Rule(
    id="R-01",
    title="R",
    severity=Severity.HIGH,
    types=(THING,),
    reads="days",
    rationale="r.",
    fix="f",
    checks=(At("days", is_at_least(DAYS)),),
    parameters=(DAYS,),
)
EXEMPTION = {"rule": "R-01", "resource": "thing", "reason": "a reason", "owner": "platform", "expires": "2030-01-31"}


def _configured(**given: Given) -> object:
    return configured("pack", ["R-01", "pack"], [RULE], {name.replace("_", "-"): entry for name, entry in given.items()})


def _exempting(**changes: object) -> Given:
    entry = {key: value for key, value in {**EXEMPTION, **changes}.items() if value is not None}
    return Given("mandatory", {"exemptions": [entry]})


@pytest.mark.parametrize(("settings", "verdict"), [({}, Verdict.PASS), ({"R-01": {"minDays": 14}}, Verdict.FAIL)])
def test_a_parameter_changes_what_a_rule_demands(settings: dict[str, dict[str, object]], verdict: Verdict) -> None:
    assert evaluate([RULE], Stack({"thing": Declared(THING, {"days": 10})}).snapshot(), settings).verdict is verdict


def test_a_configuration_is_read_by_rule_and_for_the_pack() -> None:
    configuration = configured(
        "pack",
        ["R-01", "pack"],
        [RULE],
        {
            "R-01": Given("advisory", {"minDays": 3, "strict": False}),
            "pack": Given("mandatory", {"strict": True, "date": "2030-01-01"}),
        },
    )
    assert configuration.level(RULE) == "advisory"
    assert configuration.settings == {"R-01": {"minDays": 3}}
    assert (configuration.strict, configuration.is_strict(RULE)) == (True, False)
    assert configuration.today == date(2030, 1, 1)


def test_without_a_configuration_a_rule_has_its_own_level() -> None:
    assert configured("pack", ["R-01", "pack"], [RULE], {}).level(RULE) == "mandatory"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"R_02": Given("advisory")}, "R-02: is no policy of pack pack; did you mean 'R-01'?"),
        ({"R_01": Given("advisory", {"minDay": 3})}, "R-01.minDay: is no property of this policy; did you mean 'minDays'?"),
        ({"pack": Given("mandatory", {"strictt": True})}, "pack.strictt: is no property of this policy; did you mean 'strict'?"),
        ({"pack": Given("mandatory", {"date": "tomorrow"})}, "date: must be a day as YYYY-MM-DD, found 'tomorrow'"),
        ({"pack": Given("mandatory", {"exemptions": "R-01"})}, "pack.exemptions: must be a list, found 'R-01'"),
        ({"pack": Given("mandatory", {"exemptions": [3]})}, "pack.exemptions[0]: must be an object, found 3"),
        ({"pack": _exempting(rule="R-1")}, "exemptions[0].rule: 'R-1' is no rule of this pack; did you mean 'R-01'?"),
        ({"pack": _exempting(reason=" ")}, "exemptions[0].reason: must be a text that says something, found ' '"),
        ({"pack": _exempting(owner=None)}, "exemptions[0].owner: must be a text that says something, found None"),
        ({"pack": _exempting(expires="31.1.2030")}, "exemptions[0].expires: must be a day as YYYY-MM-DD, found '31.1.2030'"),
        ({"pack": _exempting(until="never")}, "exemptions[0].until: is no property of an exemption"),
        ({"pack": _exempting(stack=3)}, "exemptions[0].stack: must be a text, found 3"),
    ],
)
def test_a_mistake_is_named_by_its_place(given: dict[str, Given], says: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _configured(**given)
    assert says in str(caught.value)
