"""What a change does: what one report has of resources, figures, loads, cost and findings, and another has otherwise."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.report.documents import clean, report, urn
from understudy.change.difference import change

TOLD = {"kind": "revision", "name": "main", "commit": "0" * 40}
Edit = Callable[[dict[str, Any]], Any]


def changed(edit: Edit) -> dict[str, Any]:
    after = report()
    edit(after)
    return change(report(), after, TOLD)


def resources(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["stacks"]["staging"]["resources"]
    return found


def deployment(document: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in resources(document) if each["name"] == "shop-web-deployment")


def renamed(document: dict[str, Any]) -> None:
    it = deployment(document)
    it["aliases"], it["name"] = [it["urn"]], "shop-front-deployment"
    it["urn"] = it["urn"].replace("web", "front")


def test_nothing_changes_between_a_report_and_itself() -> None:
    nothing: dict[str, list[Any]] = {"added": [], "changed": [], "removed": []}

    found = changed(lambda _: None)

    assert found["stacks"] == {"production": nothing, "staging": nothing}
    assert (found["ledger"], found["represented_load"], found["findings"]) == ([], [], {"new": [], "cured": []})


@pytest.mark.parametrize(
    ("edit", "counts"),
    [
        (lambda it: resources(it).append({**deployment(it), "urn": urn("staging", "n"), "name": "n"}), (1, 0, 0)),
        (lambda it: resources(it).remove(deployment(it)), (0, 0, 1)),
        (lambda it: deployment(it)["inputs"].update(replicas=5), (0, 1, 0)),
        (lambda it: deployment(it).update(protect=True), (0, 1, 0)),
        (lambda it: deployment(it).update(dependencies=["urn:pulumi:a"]), (0, 0, 0)),
        (renamed, (0, 1, 0)),
    ],
)
def test_resources_are_added_changed_or_removed(edit: Edit, counts: tuple[int, int, int]) -> None:
    found = changed(edit)["stacks"]["staging"]

    assert (len(found["added"]), len(found["changed"]), len(found["removed"])) == counts


def test_a_resource_under_a_new_name_tells_the_former_one() -> None:
    (found,) = changed(renamed)["stacks"]["staging"]["changed"]

    assert found["was"].endswith("::shop-web-deployment")
    assert found["properties"] == []


def test_a_changed_property_has_both_sides() -> None:
    (found,) = changed(lambda it: deployment(it)["inputs"].update(replicas=5))["stacks"]["staging"]["changed"]

    assert found["properties"] == [{"path": "replicas", "before": 4, "after": 5}]


def test_an_option_stands_apart_from_the_properties() -> None:
    (found,) = changed(lambda it: deployment(it).update(protect=True))["stacks"]["staging"]["changed"]

    assert found["properties"] == [{"path": "options.protect", "before": False, "after": True}]


def test_a_figure_that_moves_has_both_sides_and_one_that_only_its_place_in_a_file_tells_apart_does_not_move() -> None:
    def edit(document: dict[str, Any]) -> None:
        document["ledger"][0]["figure_source"]["line"] += 1
        document["ledger"][1]["result"] = 3
        del document["ledger"][2]

    moved = changed(edit)["ledger"]

    assert [(line["path"], line["after"] and line["after"]["result"]) for line in moved] == [
        ("services.web.replicas", 3),
        ("stores.orders.instance_class", None),
    ]


def test_the_cost_difference_is_exact() -> None:
    found = changed(lambda it: it["cost"]["stacks"]["staging"].update(monthly="512.10"))

    assert found["cost"]["staging"] == {"before": "512.00", "after": "512.10", "difference": "0.10"}


def test_findings_are_new_or_cured_whatever_figures_they_name() -> None:
    def reworded(document: dict[str, Any]) -> None:
        document["stacks"]["staging"]["policies"][1]["message"] = "in other words"

    assert changed(reworded)["findings"] == {"new": [], "cured": []}
    assert [each["policy"] for each in change(report(), clean(), TOLD)["findings"]["cured"]] == ["S3-01"]
    assert [each["policy"] for each in change(clean(), report(), TOLD)["findings"]["new"]] == ["S3-01"]


def test_the_same_finding_twice_is_new_once_more() -> None:
    def doubled(document: dict[str, Any]) -> None:
        document["stacks"]["staging"]["policies"].append(copy.deepcopy(document["stacks"]["staging"]["policies"][1]))

    assert len(changed(doubled)["findings"]["new"]) == 1


def test_a_stack_that_is_new_is_added_as_a_whole() -> None:
    before = report()
    del before["stacks"]["staging"]

    found = change(before, report(), TOLD)["stacks"]["staging"]

    assert (len(found["added"]), found["changed"], found["removed"]) == (9, [], [])


def test_a_base_of_an_older_release_leaves_open_what_it_does_not_tell() -> None:
    before = report()
    del before["cost"], before["components"]

    assert change(before, report(), TOLD)["cost"]["staging"] == {"before": None, "after": "512.00", "difference": None}
