"""A small sample of what `make faults` does, so that a change that harms it is noticed at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from tools.faults.at_once import at_once
from tools.faults.bed import Bed, Figure, bed, masked
from tools.faults.canaries import KINDS, canaries, planted, tables
from tools.faults.closure import closure
from tools.faults.drift import drift
from tools.faults.killed import killed_anywhere, server_stopped
from tools.faults.mis_aimed import mis_aimed
from tools.faults.scanner import MAGIC, forms, occurrences
from understudy.data.masking.columns import PlannedColumns

SAMPLES: list[tuple[str, Callable[[Bed], Figure]]] = [
    ("a refresh that is killed leaves whole data", lambda bed: killed_anywhere(bed, 2, 1)),
    ("a server that stops leaves whole data", lambda bed: server_stopped(bed, 1, 1)),
    ("of several refreshes one goes on", lambda bed: at_once(bed, 1, processes=4)),
    ("a changed schema stops a refresh", lambda bed: drift(bed, 6)),
    ("no planted value survives", lambda bed: canaries(bed, 200, 1, deep=False)),
    ("no mis-aimed target is written", mis_aimed),
    ("a subset is the smallest closed set", lambda bed: closure(bed, 4, 1)),
]


@pytest.fixture(scope="module")
def made() -> Iterator[Bed]:
    with bed() as servers:
        yield servers


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("experiment", [sample for _, sample in SAMPLES], ids=[name for name, _ in SAMPLES])
def test_what_happens_to_staging_does_not_harm_it(made: Bed, experiment: Callable[[Bed], Figure]) -> None:
    figure = experiment(made)

    assert figure.holds, (figure.line(), figure.samples)


NUMBERS = {"int8", "numeric", "float8"}


def test_without_masks_the_planted_values_are_found_in_every_column_but_those_of_numbers(
    made: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = made.made(KINDS)
    rules, columns = tables(made, source)
    planted(made, source, rules, columns, 400, random.Random(1))
    monkeypatch.setattr(PlannedColumns, "masks", lambda *_: {})

    result = made.manager(made.target(), source).refresh_staging_data(masked(rules))

    check = result.verification["checks"][-1]
    unmasked = [f"public.{table}.{column}" for table, kind, column in columns if kind not in NUMBERS]
    assert not result.accepted
    assert check["summary"] == f"values of production are in {len(unmasked)} columns"
    assert [found.partition(":")[0] for found in check["findings"][:-1]] == sorted(unmasked)[:20]


@pytest.mark.parametrize(
    "hidden",
    ["a CANARY7 b", "canary7", "Q0FOQVJZNw==", "b64 IENBTkFSWTc=", "43414e41525937", "C\0A\0N\0A\0R\0Y\0" + "7\0", "7YRANAC"],
)
def test_the_scanner_finds_a_text_in_every_form(hidden: str) -> None:
    assert occurrences(hidden.encode(), forms(f"{MAGIC}7"))
    assert not occurrences(b"nothing of the kind", forms(f"{MAGIC}7"))
