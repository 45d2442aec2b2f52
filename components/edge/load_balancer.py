"""The load balancer: internal, so that the CDN is the only way in.

It is made here, and services put their pods into its target groups by TargetGroupBinding. So there is no Ingress: the
controller in the cluster would answer one with a second load balancer, outside of what a preview can show.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws.lb as lb
import pulumi_aws.wafv2 as wafv2

from components.base import Component
from components.edge.hosts import host, routes_by_precedence
from components.log_bucket import LOAD_BALANCER_PREFIX, LogBucket
from components.network import Network
from model.edge import Route
from model.environment import Environment
from model.service import Service

GRPC_HEALTH_PATH = "/grpc.health.v1.Health/Check"


@dataclass(frozen=True)
class LoadBalancerArgs:
    """What the load balancer is made from."""

    environment: Environment
    network: Network
    security_group_id: pulumi.Output[str]
    certificate_arn: pulumi.Output[str]
    web_acl_arn: pulumi.Output[str]
    log_bucket: LogBucket


class LoadBalancer(Component):
    """An application load balancer that answers the model's hosts and paths over TLS, and everything else with 404."""

    def __init__(self, name: str, args: LoadBalancerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:edge:LoadBalancer", name, opts)
        self._args = args
        balancer = self._balancer()
        self.arn, self.arn_suffix, self.dns_name = balancer.arn, balancer.arn_suffix, balancer.dns_name
        wafv2.WebAclAssociation(self.child("firewall"), resource_arn=self.arn, web_acl_arn=args.web_acl_arn, opts=self.below())
        services = sorted({route.service for route in args.environment.edge.routes})
        groups = {service: self._target_group(service, args.environment.services[service]) for service in services}
        self.target_group_arns = {service: group.arn for service, group in groups.items()}
        self.target_group_suffixes = {service: group.arn_suffix for service, group in groups.items()}
        listener = self._listener()
        for priority, route in enumerate(routes_by_precedence(args.environment), start=1):
            self._rule(listener, priority, route)
        self.register_outputs({"arn": self.arn, "dns_name": self.dns_name})

    def _balancer(self) -> lb.LoadBalancer:
        args = self._args
        return lb.LoadBalancer(
            self.child("balancer"),
            name_prefix="edge-",  # names of load balancers are too short for the environment's
            load_balancer_type="application",
            internal=True,
            subnets=args.network.private_subnet_ids,
            security_groups=[args.security_group_id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=True,
            idle_timeout=args.environment.edge.idle_timeout_seconds,
            access_logs=lb.LoadBalancerAccessLogsArgs(
                bucket=args.log_bucket.bucket_name, prefix=LOAD_BALANCER_PREFIX, enabled=True
            ),
            tags={"Name": args.environment.name},
            opts=self.below(depends_on=[args.log_bucket]),  # it tries to write, and needs the bucket's policy for that
        )

    def _target_group(self, name: str, service: Service) -> lb.TargetGroup:
        grpc = service.protocol == "grpc"
        return lb.TargetGroup(
            self.child(name),
            name_prefix=f"{name[:5]}-",  # six characters are what is allowed
            vpc_id=self._args.network.vpc_id,
            target_type="ip",
            port=service.port,
            protocol="HTTP",
            protocol_version="GRPC" if grpc else "HTTP1",
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=service.stop_seconds,
            health_check=lb.TargetGroupHealthCheckArgs(
                enabled=True,
                protocol="HTTP",
                path=GRPC_HEALTH_PATH if grpc else service.health.readiness_path or "/",
                matcher="0" if grpc else "200",
                interval=10,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            tags={"Name": f"{self._args.environment.name}-{name}"},
            opts=self.below(),
        )

    def _listener(self) -> lb.Listener:
        not_found = lb.ListenerDefaultActionFixedResponseArgs(content_type="text/plain", message_body="", status_code="404")
        return lb.Listener(
            self.child("https"),
            load_balancer_arn=self.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=self._args.environment.edge.load_balancer_tls_policy,
            certificate_arn=self._args.certificate_arn,
            default_actions=[lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=not_found)],
            opts=self.below(),
        )

    def _rule(self, listener: lb.Listener, priority: int, route: Route) -> None:
        answered = host(self._args.environment, route.host)
        conditions = [lb.ListenerRuleConditionArgs(host_header=lb.ListenerRuleConditionHostHeaderArgs(values=[answered.name]))]
        path = route.path.rstrip("/")
        if path:
            patterns = lb.ListenerRuleConditionPathPatternArgs(values=[path, f"{path}/*"])
            conditions.append(lb.ListenerRuleConditionArgs(path_pattern=patterns))
        lb.ListenerRule(
            self.child(f"{answered.slug}{path}".replace("/", "-")),
            listener_arn=listener.arn,
            priority=priority,
            conditions=conditions,
            actions=[lb.ListenerRuleActionArgs(type="forward", target_group_arn=self.target_group_arns[route.service])],
            opts=self.below(),
        )
