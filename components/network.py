"""The network: a VPC with public, private and database subnets in every zone, and private ways to AWS services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws.ec2 as ec2
import pulumi_aws.iam as iam
import pulumi_aws.vpc as vpc

from components.base import Component
from components.log_group import log_group
from components.policy_document import allow, policy_document, service_may_assume
from model.address_plan import address_plan
from model.environment import Environment
from model.zones import zone_names


@dataclass(frozen=True)
class NetworkArgs:
    """What the network is made from."""

    environment: Environment
    logs_key_arn: pulumi.Output[str]


class Network(Component):
    """Three tiers: load balancers and NAT in the public one, nodes in the private one, stores where no route leads out."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:network:Network", name, opts)
        self._environment, self._logs_key_arn = args.environment, args.logs_key_arn
        self._zones = zone_names(args.environment)
        self._vpc = ec2.Vpc(
            self.child("vpc"),
            cidr_block=args.environment.identity.address_range,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._tags(),
            opts=self.below(),
        )
        self.vpc_id = self._vpc.id
        # Adopted and emptied, so that nothing can use it by accident.
        ec2.DefaultSecurityGroup(self.child("default"), vpc_id=self.vpc_id, ingress=[], egress=[], opts=self.below())
        self._build_tiers()
        self._build_gateway_endpoints()
        self._build_interface_endpoints()
        self._build_flow_log()
        self.register_outputs({"vpc_id": self.vpc_id})

    def _tags(self, suffix: str = "") -> dict[str, str]:
        return {"Name": f"{self._environment.name}{suffix}"}

    def _build_tiers(self) -> None:
        plan = address_plan(self._environment.identity.address_range, self._environment.network)
        public = self._subnets("public", plan.public, {"kubernetes.io/role/elb": "1"})
        private = self._subnets("private", plan.private, {"kubernetes.io/role/internal-elb": "1"})
        database = self._subnets("database", plan.database, {})
        gateway = ec2.InternetGateway(self.child("internet"), vpc_id=self.vpc_id, tags=self._tags(), opts=self.below())
        public_table = self._route_table("public")
        self._route("public", public_table, gateway_id=gateway.id)
        private_tables: list[ec2.RouteTable] = []
        for zone, subnet in zip(self._zones, public, strict=True):
            letter = zone[-1]
            address = ec2.Eip(self.child(f"nat-{letter}"), domain="vpc", tags=self._tags(f"-nat-{letter}"), opts=self.below())
            nat = ec2.NatGateway(
                self.child(f"nat-{letter}"),
                subnet_id=subnet.id,
                allocation_id=address.id,
                tags=self._tags(f"-{letter}"),
                opts=self.below(depends_on=[gateway]),
            )
            table = self._route_table(f"private-{letter}")
            self._route(f"private-{letter}", table, nat_gateway_id=nat.id)
            private_tables.append(table)
        database_table = self._route_table("database")
        self._associate("public", public, [public_table] * len(public))
        self._associate("private", private, private_tables)
        self._associate("database", database, [database_table] * len(database))
        self.zone_names = list(self._zones)
        self.public_subnet_ids = [subnet.id for subnet in public]
        self.private_subnet_ids = [subnet.id for subnet in private]
        self.database_subnet_ids = [subnet.id for subnet in database]
        self.private_route_table_ids = [table.id for table in private_tables]
        self._route_table_ids = [*self.private_route_table_ids, database_table.id]

    def _subnets(self, tier: str, blocks: Sequence[str], tags: dict[str, str]) -> list[ec2.Subnet]:
        return [
            ec2.Subnet(
                self.child(f"{tier}-{zone[-1]}"),
                vpc_id=self.vpc_id,
                cidr_block=block,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags={**self._tags(f"-{tier}-{zone[-1]}"), **tags},
                opts=self.below(),
            )
            for zone, block in zip(self._zones, blocks, strict=True)
        ]

    def _route_table(self, suffix: str) -> ec2.RouteTable:
        return ec2.RouteTable(self.child(suffix), vpc_id=self.vpc_id, tags=self._tags(f"-{suffix}"), opts=self.below())

    def _route(
        self,
        suffix: str,
        table: ec2.RouteTable,
        gateway_id: pulumi.Output[str] | None = None,
        nat_gateway_id: pulumi.Output[str] | None = None,
    ) -> None:
        ec2.Route(
            self.child(suffix),
            route_table_id=table.id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=self.below(),
        )

    def _associate(self, tier: str, subnets: Sequence[ec2.Subnet], tables: Sequence[ec2.RouteTable]) -> None:
        for zone, subnet, table in zip(self._zones, subnets, tables, strict=True):
            ec2.RouteTableAssociation(
                self.child(f"{tier}-{zone[-1]}"), subnet_id=subnet.id, route_table_id=table.id, opts=self.below()
            )

    def _build_gateway_endpoints(self) -> None:
        self.gateway_prefix_lists: dict[str, pulumi.Output[str]] = {
            service: self._endpoint(service, "Gateway", route_table_ids=self._route_table_ids).prefix_list_id
            for service in self._environment.network.gateway_endpoints
        }

    def _build_interface_endpoints(self) -> None:
        services = self._environment.network.interface_endpoints
        if not services:
            return
        group = ec2.SecurityGroup(
            self.child("endpoints"),
            vpc_id=self.vpc_id,
            description="AWS services that are reached privately",
            tags=self._tags("-endpoints"),
            opts=self.below(),
        )
        vpc.SecurityGroupIngressRule(
            self.child("endpoints"),
            security_group_id=group.id,
            description="HTTPS from inside the network",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=self._environment.identity.address_range,
            opts=self.below(),
        )
        for service in services:
            self._endpoint(
                service,
                "Interface",
                private_dns_enabled=True,
                subnet_ids=self.private_subnet_ids,
                security_group_ids=[group.id],
            )

    def _endpoint(
        self,
        service: str,
        kind: str,
        *,
        route_table_ids: Sequence[pulumi.Output[str]] | None = None,
        private_dns_enabled: bool | None = None,
        subnet_ids: Sequence[pulumi.Output[str]] | None = None,
        security_group_ids: Sequence[pulumi.Output[str]] | None = None,
    ) -> ec2.VpcEndpoint:
        return ec2.VpcEndpoint(
            self.child(f"{kind.lower()}-{service.replace('.', '-')}"),
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._environment.identity.regions.primary}.{service}",
            vpc_endpoint_type=kind,
            route_table_ids=route_table_ids,
            private_dns_enabled=private_dns_enabled,
            subnet_ids=subnet_ids,
            security_group_ids=security_group_ids,
            tags=self._tags(f"-{service}"),
            opts=self.below(),
        )

    def _build_flow_log(self) -> None:
        group = log_group(
            self,
            "flow-logs",
            f"/aws/vpc/{self._environment.name}",
            self._environment.network.flow_log_retention_days,
            self._logs_key_arn,
        )
        role = iam.Role(
            self.child("flow-logs"),
            assume_role_policy=service_may_assume(
                "vpc-flow-logs.amazonaws.com",
                condition={"StringEquals": {"aws:SourceAccount": self._environment.identity.account_id}},
            ),
            opts=self.below(),
        )
        actions = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        identity = self._environment.identity
        # By name, so that the policy can be judged before the group exists.
        arn = pulumi.Output.concat(f"arn:aws:logs:{identity.regions.primary}:{identity.account_id}:log-group:", group.name)
        iam.RolePolicy(
            self.child("flow-logs"),
            role=role.id,
            policy=policy_document(allow(actions, pulumi.Output.concat(arn, ":*"))),
            opts=self.below(),
        )
        ec2.FlowLog(
            self.child("flow-logs"),
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            tags=self._tags(),
            opts=self.below(),
        )
