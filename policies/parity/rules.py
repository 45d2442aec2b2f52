"""The rules of parity: what each demands, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from policies.engine.rule import Severity


@dataclass(frozen=True)
class ParityRule:
    """A rule over both environments. Its ID is public and permanent."""

    id: str
    title: str
    """The state that keeps the rule, as a sentence."""
    severity: Severity
    rationale: str
    fix: str
    is_mandatory: bool = True


RULES = (
    ParityRule(
        "PAR-01",
        "Every resource has one counterpart",
        Severity.CRITICAL,
        "What staging lacks, it cannot rehearse; what it has alone may be why a release passes there. Resources are matched by "
        "their path of components. Fewer instances are explained by the ledger, and what only staging has by its own file.",
        "Let the component make the resource in both environments.",
    ),
    ParityRule(
        "PAR-02",
        "Properties are equal",
        Severity.CRITICAL,
        "Equal is the default, for every property that nobody mentioned: a difference that nobody thought of is the one that "
        "lets a release pass in staging and fail in production.",
        "Make the property equal in the component, or declare a deviation with a reason, an owner and an end.",
    ),
    ParityRule(
        "PAR-03",
        "Capacity is what the ledger says",
        Severity.HIGH,
        "A figure that scaling touched must be just what the ledger derives from production and the declared ratio: less is an "
        "environment that fails for its own reasons, more is money, and either makes the represented load untrue.",
        "Change the ratio or its override in the staging file, and nothing else.",
    ),
    ParityRule(
        "PAR-04",
        "The ledger follows the declared ratios",
        Severity.CRITICAL,
        "A witness derives from production and the declared ratios alone between which bounds each figure must lie, without the "
        "code that scaled it, so that one mistake cannot hide on both sides.",
        "This is a defect of scaling; report it with the model's path.",
    ),
    ParityRule(
        "PAR-05",
        "Names, ARNs, addresses and hosts are the environment's own",
        Severity.CRITICAL,
        "A resource of staging that names something of production reads or writes production. Identity may only stand where it "
        "is declared to, and must be staging's where production's stands.",
        "Take the value from the environment's identity in the model.",
    ),
    ParityRule(
        "PAR-06",
        "Only a declared candidate is ahead of production",
        Severity.HIGH,
        "Staging rehearses the next release, and no other: the image comes from the same repository, and its tag is production's "
        "or the candidate that the staging file names, which must be newer by the order of versions.",
        "Name the candidate under `releases` in the staging file.",
    ),
    ParityRule(
        "PAR-07",
        "Resources stand alike among the others",
        Severity.HIGH,
        "What a value comes from, what must exist first, what a resource is below, which provider makes it, what protects it and "
        "what is ignored of it shape an update as much as properties do. A value that a first preview cannot know is compared by "
        "the resources that it comes from.",
        "Build both environments by the same component.",
    ),
    ParityRule(
        "PAR-08",
        "Secrets are secret in both environments",
        Severity.HIGH,
        "A value that is encrypted in one state and plain in the other is shown by one of them.",
        "Make the value a secret in both.",
    ),
    ParityRule(
        "PAR-09",
        "Deviations explain a difference, have a reason and an owner, and have not expired",
        Severity.HIGH,
        "An exception that is expired, unused or wider than one property hides the next difference.",
        "Remove the deviation, name one property of one resource, or argue it anew with a later end.",
    ),
    ParityRule(
        "PAR-10",
        "Nothing is shared between the environments",
        Severity.CRITICAL,
        "An account, bucket, domain or address range that both use is the way by which a test reaches customers.",
        "Give staging one of its own through `identity` in the staging file.",
    ),
    ParityRule(
        "PAR-11",
        "Staging is nowhere less secure than production",
        Severity.CRITICAL,
        "Staging may be smaller, never weaker: for every rule of the security pack, a resource of staging does at least as well "
        "as its counterpart.",
        "Do what the security rule says, in the component.",
    ),
    ParityRule(
        "PAR-12",
        "Production runs what the model declares",
        Severity.HIGH,
        "Staging equals the model. Where production as deployed has drifted from the model, or the model is not deployed yet, "
        "staging does not stand for what runs. Checked where an exported stack is given.",
        "Deploy production from the model, or take what runs into the model.",
    ),
    ParityRule(
        "PAR-13",
        "No deviation ends within two weeks",
        Severity.LOW,
        "A deviation that ends blocks every preview from that day on.",
        "Cure the difference, or argue the deviation anew.",
        is_mandatory=False,
    ),
    ParityRule(
        "PAR-14",
        "Everything can be compared",
        Severity.MEDIUM,
        "A value that a first preview does not know, and of which not even the source is known, is counted and told. It is "
        "neither equal nor different.",
        "Run the pack again on the deployed state, which knows every value.",
    ),
    ParityRule(
        "PAR-15",
        "There is a production to compare with",
        Severity.CRITICAL,
        "Without a reference nothing was compared, and that is no pass.",
        "Run the pack where the model is the project's configuration, or give it a reference, see docs/parity.md.",
    ),
)
BY_ID = {rule.id: rule for rule in RULES}
