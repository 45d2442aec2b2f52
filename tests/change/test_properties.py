"""What differs between two versions of a resource is told leaf by leaf, whatever the order of lists."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.change.properties import changed_properties

SECRET, UNKNOWN = {"$secret": True}, {"$unknown": True}
WORDS = st.sampled_from(["", "a", "b.c", "name", '{"a": 1}'])
PLAIN = st.recursive(
    st.none() | st.integers(0, 2) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
PROPERTIES = st.dictionaries(WORDS, PLAIN, max_size=3)


@pytest.mark.parametrize(
    ("before", "after", "leaves"),
    [
        ({"size": 1}, {"size": 2}, [{"path": "size", "before": 1, "after": 2}]),
        ({}, {"size": None}, [{"path": "size", "after": None}]),
        ({"size": 1}, {}, [{"path": "size", "before": 1}]),
        ({"tags": {"a": "x", "b": "y"}}, {"tags": {"a": "z", "b": "y"}}, [{"path": "tags.a", "before": "x", "after": "z"}]),
        ({"l": [{"name": "a"}, {"name": "b"}]}, {"l": [{"name": "b"}, {"name": "a"}]}, []),
        (
            {"l": [{"name": "a", "v": 1}]},
            {"l": [{"name": "n", "v": 0}, {"name": "a", "v": 2}]},
            [{"path": "l[a].v", "before": 1, "after": 2}, {"path": "l[n]", "after": {"name": "n", "v": 0}}],
        ),
        ({"l": [1, 2]}, {"l": [1]}, [{"path": "l[1]", "before": 2}]),
        ({"policy": '{"a": [1]}'}, {"policy": '{"a":[2]}'}, [{"path": "policy.a[0]", "before": 1, "after": 2}]),
        ({"policy": '{"a":1}'}, {"policy": '{ "a": 1 }'}, []),
        ({"key": SECRET}, {"key": SECRET}, []),
        ({"key": UNKNOWN}, {"key": "known"}, [{"path": "key", "before": UNKNOWN, "after": "known"}]),
        ({"key": UNKNOWN}, {"key": SECRET}, [{"path": "key", "before": UNKNOWN, "after": SECRET}]),
        ({"a.b": 1}, {"a.b": 2}, [{"path": "a.b", "before": 1, "after": 2}]),
    ],
)
def test_each_leaf_that_differs_is_told_with_both_sides(
    before: dict[str, Any], after: dict[str, Any], leaves: list[dict[str, Any]]
) -> None:
    found = changed_properties(before, after)

    assert [{**leaf, "path": leaf["path"].replace('["', "").replace('"]', "")} for leaf in found] == leaves


@given(PROPERTIES)
def test_nothing_differs_from_itself(properties: dict[str, Any]) -> None:
    assert changed_properties(properties, properties) == []


@given(PROPERTIES, PROPERTIES)
def test_the_way_back_has_the_same_leaves_with_their_sides_exchanged(before: dict[str, Any], after: dict[str, Any]) -> None:
    there, back = changed_properties(before, after), changed_properties(after, before)

    assert [leaf["path"] for leaf in there] == [leaf["path"] for leaf in back]
    assert [leaf.get("before", "absent") for leaf in there] == [leaf.get("after", "absent") for leaf in back]
