"""A service: everything that one stateless deployment needs, from its identity to the edge's way in."""

from __future__ import annotations

import pulumi
import pulumi_kubernetes.core.v1 as core
from pulumi_kubernetes.apiextensions import CustomResource

from components.availability import autoscaler, disruption_budget
from components.base import Component
from components.deployment import deployment
from components.network_policy import network_policy
from components.service_args import PORT_NAME, ServiceArgs
from components.service_configuration import checksum, config_map, external_secret, plain_variables
from components.service_role import service_account, service_identity

__all__ = ["Service", "ServiceArgs"]


class Service(Component):
    """A deployment behind a cluster-internal name, with what its pods need made before they start."""

    def __init__(self, name: str, args: ServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:services:Service", name, opts)
        self._args = args
        variables = plain_variables(args)
        before = [
            service_account(self, args),
            service_identity(self, args),
            config_map(self, args, variables),
            external_secret(self, args),
            network_policy(self, args),
            self._security_group_policy(),
        ]
        entrance = self._entrance()
        disruption_budget(self, args)
        if args.target_group_arn is not None:
            # Before the pods too: their readiness gates are injected as they are made.
            before.append(self._target_group_binding(args.target_group_arn, entrance))
        pods = deployment(self, args, checksum(variables), [resource for resource in before if resource is not None])
        autoscaler(self, args, pods)
        self.register_outputs({"name": args.service_name})

    def _security_group_policy(self) -> CustomResource:
        args = self._args
        return CustomResource(
            self.child("security-group"),
            api_version="vpcresources.k8s.aws/v1beta1",
            kind="SecurityGroupPolicy",
            metadata=args.metadata(),
            spec={
                "podSelector": {"matchLabels": args.selector},
                "securityGroups": {"groupIds": [args.security_group_id]},
            },
            opts=self.below(provider=args.cluster.provider, depends_on=[args.namespace]),
        )

    def _entrance(self) -> core.Service:
        args = self._args
        return core.Service(
            self.child("entrance"),
            # Registered before any pod exists: Pulumi would wait for endpoints that only the deployment brings.
            metadata=args.metadata(annotations={"pulumi.com/skipAwait": "true"}),
            spec=core.ServiceSpecArgs(
                type="ClusterIP",
                selector=args.selector,
                ports=[
                    core.ServicePortArgs(
                        name=PORT_NAME,
                        port=args.service.service_port,
                        target_port=args.service.port,
                        protocol="TCP",
                        app_protocol="kubernetes.io/h2c" if args.service.protocol == "grpc" else None,
                    )
                ],
            ),
            opts=self.below(provider=args.cluster.provider, depends_on=[args.namespace]),
        )

    def _target_group_binding(self, target_group_arn: pulumi.Output[str], entrance: core.Service) -> CustomResource:
        """Keeps the load balancer's targets equal to the service's pods. The load balancer itself is not the cluster's."""
        args = self._args
        return CustomResource(
            self.child("target-group"),
            api_version="elbv2.k8s.aws/v1beta1",
            kind="TargetGroupBinding",
            metadata=args.metadata(),
            spec={
                "serviceRef": {"name": args.service_name, "port": PORT_NAME},
                "targetGroupARN": target_group_arn,
                "targetType": "ip",
            },
            opts=self.below(provider=args.cluster.provider, depends_on=[entrance]),
        )
