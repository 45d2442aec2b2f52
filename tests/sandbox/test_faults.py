"""Faults strike at the call that they name, and a plan with a mistake is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from model.errors import ConfigurationError
from understudy.sandbox.faults import ATTEMPTS, Fault, Faults, HalfDoneError, ProviderFaultError, read_faults


def calls(faults: Faults, count: int, method: str = "create", type_: str = "aws:sqs/queue:Queue") -> list[str]:
    ended = []
    for _ in range(count):
        try:
            ended.append(faults.carried_out("aws", method, type_, lambda: "done"))
        except (ProviderFaultError, HalfDoneError) as error:
            ended.append(type(error).__name__)
    return ended


def test_the_nth_call_fails_and_no_other() -> None:
    assert calls(Faults([Fault("fail", "create", nth=2)]), 3) == ["done", "ProviderFaultError", "done"]


def test_other_methods_packages_and_types_are_not_counted() -> None:
    faults = Faults([Fault("fail", "create", package="aws", type="aws:s3/bucket:Bucket")])

    assert calls(faults, 2) == ["done", "done"]
    assert calls(faults, 1, "update", "aws:s3/bucket:Bucket") == ["done"]
    assert calls(faults, 1, "create", "aws:s3/bucket:Bucket") == ["ProviderFaultError"]


def test_a_half_done_call_has_done_its_work() -> None:
    done: list[str] = []

    with pytest.raises(HalfDoneError):
        Faults([Fault("half-done", "create")]).carried_out("aws", "create", "t", lambda: done.append("made"))
    assert done == ["made"]


@pytest.mark.parametrize(("times", "end"), [(ATTEMPTS, "done"), (ATTEMPTS + 1, "ProviderFaultError")])
def test_a_throttled_call_is_repeated_as_often_as_the_real_provider_does(times: int, end: str) -> None:
    waited: list[float] = []

    assert calls(Faults([Fault("throttle", "create", times=times)], waited.append), 1) == [end]
    assert len(waited) == (times if end == "done" else 0)


def test_a_call_that_times_out_has_waited_first() -> None:
    waited: list[float] = []

    assert calls(Faults([Fault("time-out", "create", seconds=7)], waited.append), 1) == ["ProviderFaultError"]
    assert waited == [7]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"kind": "fail"}, "must hold a list"),
        (["x"], "[0]: must be an object"),
        ([{"kind": "explode", "method": "create"}], "[0].kind: found 'explode'"),
        ([{"kind": "fail", "method": "creat"}], "did you mean 'create'?"),
        ([{"kind": "fail", "method": "create", "n": 3}], "[0].n: is no part of a fault"),
        ([{"kind": "fail", "method": "create", "nth": "3"}], "[0].nth: found '3'"),
    ],
)
def test_a_mistake_in_a_plan_is_named(tmp_path: Path, content: Any, words: str) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps(content), encoding="utf-8")

    with pytest.raises(ConfigurationError) as refused:
        read_faults(file)
    assert words in str(refused.value)


def test_no_plan_is_no_fault() -> None:
    assert calls(read_faults(None), 2) == ["done", "done"]
