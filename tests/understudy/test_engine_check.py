"""What the engine's events, and the packs' accounts, make of a report: nothing but success is a pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from model.errors import ConfigurationError
from policies.engine.account import Account, Diagnostic, statements
from policies.engine.evaluate import Outcome
from policies.engine.finding import Finding
from policies.engine.session import Session
from policies.engine.verdict import Verdict
from policies.security.pack import RULES
from understudy.engine import request
from understudy.engine.account import read_accounts
from understudy.engine.judgement import findings, unjudged
from understudy.engine.request import Request, read_request
from understudy.engine.resources import changes, planned
from understudy.report.document import _verdict

STACK = "urn:pulumi:staging::shop::pulumi:pulumi:Stack::shop-staging"
BUCKET = "urn:pulumi:staging::shop::aws:s3/bucket:Bucket::logs"
SUCCESS: dict[str, Any] = {"result": "succeeded", "undecided": []}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
FIRST = RULES[0]


def step(urn: str, operation: str = "create", **state: Any) -> dict[str, Any]:
    new = {"urn": urn, "type": urn.split("::")[2], "custom": True, "parent": STACK, "inputs": {}, **state}
    metadata = {"urn": urn, "op": operation, "new": None if operation == "delete" else new, "detailedDiff": None}
    return {"resourcePreEvent": {"metadata": metadata}}


def said(pack: str, policy: str, message: str, level: str = "mandatory", urn: str = BUCKET) -> dict[str, Any]:
    return {
        "policyEvent": {
            "policyPackName": pack,
            "policyName": policy,
            "message": f"<{{%fg 13%}}>{message}<{{%reset%}}>\n",
            "enforcementLevel": level,
            "resourceUrn": urn,
        }
    }


def summary(*packs: str) -> dict[str, Any]:
    return {"summaryEvent": {"PolicyPacks": {f"{pack}|local|/packs/{pack}": "1" for pack in packs}, "result": "succeeded"}}


def judged(pack: str) -> dict[str, Any]:
    return {"policyAnalyzeStackSummaryEvent": {"policyPackName": pack, "passed": ["a"]}}


@pytest.mark.parametrize(
    ("findings_", "engine", "verdict"),
    [
        ([], SUCCESS, "clean"),
        ([{"inconclusive": True, "rule_level": "advisory"}], SUCCESS, "clean"),
        ([{"inconclusive": True, "rule_level": "mandatory"}], SUCCESS, "inconclusive"),
        ([{"inconclusive": True, "rule_level": None}], SUCCESS, "inconclusive"),
        ([], {**SUCCESS, "undecided": ["no policy pack ran"]}, "inconclusive"),
        ([], {**SUCCESS, "result": "failed"}, "failed"),
    ],
)
def test_nothing_but_success_without_a_doubt_about_an_enforced_rule_is_clean(
    findings_: list[dict[str, Any]], engine: dict[str, Any], verdict: str
) -> None:
    assert _verdict({"staging": {"policies": findings_}}, engine, is_violated=False) == verdict


def test_a_violation_outweighs_a_failure() -> None:
    assert _verdict({}, {**SUCCESS, "result": "failed"}, is_violated=True) == "violation"


@pytest.mark.parametrize(
    ("events", "reasons"),
    [
        ([summary("house"), judged("house")], []),
        ([summary("house")], ["policy pack house judged nothing"]),
        ([summary()], ["no policy pack ran"]),
        ([], ["no policy pack ran"]),
    ],
)
def test_a_run_without_a_judgement_proves_nothing(events: list[dict[str, Any]], reasons: list[str]) -> None:
    assert unjudged(["packs/house"], events, {}) == reasons


def test_a_pack_that_was_asked_for_and_did_not_run_is_missed() -> None:
    events = [summary("house"), judged("house")]

    assert unjudged(["packs/house", "packs/other"], events, {}) == ["1 of the policy packs that were asked for did not run"]


def test_a_pack_without_an_account_is_told_in_its_own_words_and_without_colours() -> None:
    (found,) = findings([said("house", "owner", "Owners.\n`tags`: there is none")], {}, planned([step(BUCKET)], {}))

    assert (found.policy, found.message, found.property) == ("owner", "Owners.\n`tags`: there is none", "tags")


def test_what_a_pack_cannot_tell_leaves_its_level_open() -> None:
    message = "can't run policy 'owner' from policy pack 'house@v1' during preview: unknown"
    (found,) = findings([said("house", "owner", message, "advisory")], {}, planned([step(BUCKET)], {}))

    assert (found.inconclusive, found.rule_level) == (True, "")


def test_what_is_about_no_resource_is_about_the_stack() -> None:
    resources = planned([step(STACK, custom=False, parent="")], {})

    (found,) = findings([said("house", "owner", "Owners.", urn="")], {}, resources)

    assert found.urn == STACK


def account(folder: Path, verdict: Verdict = Verdict.FAIL) -> Session:
    """A pack that judged a bucket, and wrote its account of it."""
    session = Session("house", RULES)
    session.start()
    finding = Finding(BUCKET, FIRST.id, "acl", verdict, "is open", "close it")
    kept = session.account([Outcome(FIRST, 1, 2, (finding,), (BUCKET,))])
    session.tell(kept, FIRST.id)
    level = "advisory" if verdict is Verdict.INCONCLUSIVE else "mandatory"
    told = Diagnostic(FIRST.id, BUCKET, "what the engine carries", "", level, "high")
    kept_by = Account("house", 3, session, folder)
    kept_by.note(BUCKET, [told])
    session.start()
    kept_by.note("", [], [{"urn": BUCKET, "dependencies": [STACK]}])
    return session


def test_an_account_tells_the_finding_behind_the_words(tmp_path: Path) -> None:
    account(tmp_path)
    event = said("house", FIRST.id, "what the engine carries")

    (found,) = findings([event], read_accounts(tmp_path), planned([step(BUCKET)], {}))

    assert (found.policy, found.property, found.level, found.rule_level) == (FIRST.id, "acl", "mandatory", "mandatory")
    assert "is open" in found.message


def test_an_account_tells_of_a_doubt_that_its_rule_is_enforced(tmp_path: Path) -> None:
    account(tmp_path, Verdict.INCONCLUSIVE)

    (told,) = read_accounts(tmp_path)["house"].told.values()

    assert [(each.level, each.inconclusive, each.rule_level) for each in told] == [("advisory", True, "mandatory")]


def test_an_account_tells_what_each_rule_examined_even_where_its_last_line_is_torn(tmp_path: Path) -> None:
    account(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text(encoding="utf-8") + '{"urn": "torn', encoding="utf-8")

    read = read_accounts(tmp_path)["house"]

    examined = {entry.rule.id: entry for entry in read.examined}
    assert (examined[FIRST.id].verdict, examined[FIRST.id].judged, examined[FIRST.id].properties) == ("fail", {BUCKET: "fail"}, 2)
    assert examined[RULES[1].id].verdict == "not applicable"
    assert read.relations[BUCKET]["dependencies"] == [STACK]


def test_all_doubts_of_a_policy_are_carried_by_its_last_diagnostic() -> None:
    session = Session("house", RULES)
    verdicts = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE)
    findings_ = [Finding(BUCKET, FIRST.id, f"p{index}", verdict, "m", "f") for index, verdict in enumerate(verdicts)]
    session.tell(findings_, "relations")
    diagnostics = [Diagnostic("relations", BUCKET, text, "", "mandatory", "") for text in ("violation", "doubts")]

    carried = [(carrier.message, told["property"]) for carrier, told in statements(diagnostics, session.told)]

    assert carried == [("violation", "p0"), ("doubts", "p1"), ("doubts", "p2")]


def test_resources_are_those_that_the_stack_has_after_the_run_with_unknowns_and_secrets_marked() -> None:
    events = [step(BUCKET, inputs={"arn": UNKNOWN, "key": SECRET, "__defaults": []}), step(STACK, "delete")]

    (found,) = planned(events, {BUCKET: {"dependencies": [STACK], "ignore_changes": ["acl"]}}).values()

    assert found.inputs == {"arn": {"$unknown": True}, "key": {"$secret": True}}
    assert (list(found.request.dependencies), list(found.request.ignoreChanges)) == ([STACK], ["acl"])


def test_a_change_names_its_properties_and_what_replaces() -> None:
    event = step(BUCKET, "replace")
    event["resourcePreEvent"]["metadata"]["detailedDiff"] = {
        "acl": {"diffKind": "update"},
        "bucket": {"diffKind": "update-replace"},
    }

    (found,) = changes([event, step(STACK, "same")])

    assert (found.operation, found.properties, found.replaced_by) == ("replace", ("acl", "bucket"), ("bucket",))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    executable = tmp_path / "pulumi"
    monkeypatch.setattr(request, "find_engine", lambda: executable)
    return executable


@pytest.mark.parametrize(
    ("words", "operation", "stack"),
    [
        (["preview", "--stack", "staging"], "preview", "staging"),
        (["up", "--yes", "-s", "staging"], "up", "staging"),
        (["--cwd", "shop", "pre", "--stack=staging"], "preview", "staging"),
        (["policy", "analyze"], "policy analyze", ""),
    ],
)
def test_a_command_is_read(engine: Path, words: list[str], operation: str, stack: str) -> None:
    read = read_request(["pulumi", *words])

    assert (read.executable, read.operation, read.stack) == (engine, operation, stack)


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ([], "is missing"),
        (["pulumi", "perview"], "did you mean 'preview'?"),
        (["pulumi", "destroy", "--yes"], "can be checked"),
        (["pulumi", "policy", "ls"], "`analyze` alone can be checked"),
        (["no-such-engine", "preview"], "is no Pulumi engine"),
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_command_that_tells_nothing_to_check_is_refused(command: list[str], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem.replace("?", r"\?")):
        read_request(command)


def test_packs_are_added_with_their_configuration(tmp_path: Path) -> None:
    read = Request(tmp_path, ("preview",), "preview").under(
        [tmp_path / "a", tmp_path / "b"], [tmp_path / "a.json", tmp_path / "b.json"]
    )

    assert read.packs == (str(tmp_path / "a"), str(tmp_path / "b"))
    assert list(read.values("--policy-pack-config")) == [str(tmp_path / "a.json"), str(tmp_path / "b.json")]


def test_an_account_holds_no_value_of_a_property(tmp_path: Path) -> None:
    account(tmp_path)
    (file,) = tmp_path.iterdir()

    keys = {key for line in file.read_text(encoding="utf-8").splitlines() for key in json.loads(line)}

    assert keys == {"pack", "policies", "rules", "urn", "told", "examined", "relations", "sections"}
