"""No false alarm: whatever the model and the ratios are, what the program makes of them is at parity."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.parity import Concern
from policies.parity.assessment import assess
from policies.parity.reference import Reference, read_reference
from tests.policies.parity.generated_models import references
from tests.policies.parity.stacks import TODAY, document, judged, told
from tools.mutants.__main__ import hunted

WHOLE = settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
"""A case renders two whole stacks, so there are few, and the same in every run."""
pytestmark = pytest.mark.slow


@WHOLE
@given(references())
def test_a_random_model_is_at_parity(held: Reference) -> None:
    assert told(assess(held.own, held, TODAY)) == []


@WHOLE
@given(
    system=st.sampled_from(("retail-store", "online-boutique")),
    ratios=st.fixed_dictionaries({each.value: st.integers(5, 100).map(lambda percent: percent / 100) for each in Concern}),
)
def test_a_shipped_system_is_at_parity_at_any_ratios(system: str, ratios: dict[str, float]) -> None:
    held = read_reference(document(system, json.dumps({"ratios": ratios})))

    assert told(judged(against=held)) == []


@settings(WHOLE, max_examples=8)
@given(references())
def test_a_mutant_of_a_random_model_is_caught(held: Reference) -> None:
    _, escaped = hunted(held, step=41)

    assert escaped == []
