"""Every kind of violation as people read it, held against a golden file.

`python -m tests.policies.parity.test_messages` writes the file anew.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from policies.engine.node import UNKNOWN, Secret
from policies.parity.pack import findings
from tests.policies.parity.stacks import changed, judged, reference, resource, with_staging_file

GOLDEN = Path(__file__).with_name("messages.golden.txt")
_DATABASE = "retail-store-orders-instance"
_PAUSED = {"reason": "a restore is rehearsed", "owner": "shop-platform"}


def rendered() -> str:
    """One line for each violation of a staging stack with one mistake of every kind."""
    held = with_staging_file(
        deviations=[
            {**_PAUSED, "expires": "2025-12-31", "resource": "operations/oncall/page:Topic", "property": "name"},
            {**_PAUSED, "expires": "2026-12-31", "path": "services.cart.replicas"},
        ],
    )
    broken = replace(
        changed(changed(resource(_DATABASE), "storageEncrypted", False), "allocatedStorage", 100), protect=False, depends_on=()
    )
    extra = replace(resource("retail-store-operations-oncall-page", "Topic"), urn=f"{resource(_DATABASE).urn}-copy")
    deployment = resource("retail-store-carts-deployment")
    newer = changed(deployment, "spec/template/spec/containers/0/image", "registry.example.com/carts:9.9.9")
    bucket = changed(resource("retail-store-assets", "Bucket"), "bucket", "retail-store-production-assets-111122223333")
    group = changed(resource("retail-store-checkout-group"), "authToken", "in-the-clear")
    vague = changed(resource("retail-store-carts-table"), "streamViewType", UNKNOWN)
    queue = changed(resource("retail-store-order-events-queue", "queue:Queue"), "delaySeconds", Secret("in-the-clear"))
    vpc = changed(resource("retail-store-network-vpc"), "cidrBlock", "10.20.0.0/16")
    assessment = judged(
        broken, extra, newer, bucket, group, vague, queue, vpc, without="retail-store-operations-audit-trail", against=held
    )
    root = reference().own.resources[0].urn
    told = sorted((each.rule, each.urn.rpartition("::")[2], each.text) for each in findings(assessment, root))
    return "".join(f"{rule} {name}: {text}\n" for rule, name, text in told)


def test_messages_say_what_where_both_values_and_what_to_do() -> None:
    assert rendered() == GOLDEN.read_text(encoding="utf-8")


def test_no_message_shows_a_secret() -> None:
    assert "in-the-clear" not in rendered()


if __name__ == "__main__":
    GOLDEN.write_text(rendered(), encoding="utf-8")
