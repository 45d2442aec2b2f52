"""On-call routes: the topics that alarms, budgets and backups publish to, and who hears them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.sns as sns

from components.base import Component
from components.policy_document import deny_without_tls, policy_document
from model.environment import Environment
from model.identity import GLOBAL_REGION

FAILED_BACKUPS = {"State": [{"anything-but": ["COMPLETED"]}]}
"""Backup vaults report every finished job; this subscription filter leaves those that went wrong."""


@dataclass(frozen=True)
class OncallArgs:
    """What the on-call routes are made from."""

    environment: Environment
    key_arn: pulumi.Output[str]
    """The operations key."""
    edge_key_arn: pulumi.Output[str]
    """The operations key in the global region, where the CDN's alarms are."""


@dataclass(frozen=True)
class _Publishing:
    """Where a topic stands, what encrypts it, and which AWS services may publish to it."""

    key_arn: pulumi.Output[str]
    publishers: tuple[str, ...]
    region: str | None = None
    filter_policy: dict[str, Any] | None = None


class Oncall(Component):
    """An encrypted topic for each route, with its subscriber; alarms can only publish in their own region."""

    def __init__(self, name: str, args: OncallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Oncall", name, opts)
        self._environment = environment = args.environment
        operations = environment.operations
        self.topics = {
            route: self._topic(route, route, _Publishing(args.key_arn, self._publishers(route))) for route in operations.oncall
        }
        """ARN of each route's topic in the primary region."""
        edge_routes = sorted({alarm.route for alarm in operations.alarms.values() if alarm.scope == "cdn"})
        edge = _Publishing(args.edge_key_arn, ("cloudwatch.amazonaws.com",), region=GLOBAL_REGION)
        self.edge_topics = {route: self._topic(f"{route}-edge", route, edge) for route in edge_routes}
        """ARN of the topic in the global region, for each route that the CDN's alarms take."""
        route = operations.backup.route
        backups = _Publishing(args.key_arn, ("backup.amazonaws.com",), filter_policy=FAILED_BACKUPS)
        self.backup_topic = self._topic(f"{route}-backups", route, backups)
        """ARN of the topic that backup vaults report to."""
        self.register_outputs({"topics": self.topics})

    def _publishers(self, route: str) -> tuple[str, ...]:
        budgets = ("budgets.amazonaws.com",) if route == self._environment.operations.budget.route else ()
        return (*budgets, "cloudwatch.amazonaws.com")

    def _topic(self, suffix: str, route: str, publishing: _Publishing) -> pulumi.Output[str]:
        environment, subscriber = self._environment, self._environment.operations.oncall[route]
        topic_name = f"{environment.name}-{suffix}"
        topic = sns.Topic(
            self.child(suffix),
            name=topic_name,
            kms_master_key_id=publishing.key_arn,
            tags={"Name": topic_name},
            region=publishing.region,
            opts=self.below(),
        )
        region, account = publishing.region or environment.identity.regions.primary, environment.identity.account_id
        # Built from the name, so that the policy can be judged before the topic exists.
        arn = pulumi.Output.concat(f"arn:aws:sns:{region}:{account}:", topic.name)
        sns.TopicPolicy(
            self.child(suffix),
            arn=topic.arn,
            policy=policy_document(deny_without_tls("sns:Publish", arn), _may_publish(arn, publishing.publishers, account)),
            region=publishing.region,
            opts=self.below(),
        )
        sns.TopicSubscription(
            self.child(suffix),
            topic=topic.arn,
            protocol=subscriber.protocol,
            endpoint=subscriber.endpoint,
            filter_policy=None if publishing.filter_policy is None else json.dumps(publishing.filter_policy, sort_keys=True),
            region=publishing.region,
            opts=self.below(),
        )
        return arn


def _may_publish(arn: pulumi.Output[str], services: tuple[str, ...], account: str) -> dict[str, Any]:
    return {
        "Sid": "OwnAccountPublishes",
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sns:Publish",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
