"""Networks: what the internet reaches, and what is recorded of the traffic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from policies.engine.checks import each, is_false, is_given
from policies.engine.finding import Judgement
from policies.engine.node import Node, NotKnownError
from policies.engine.rule import At, Check, Remedy, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.addresses import first_internet
from policies.security.controls import cis, fsbp
from policies.security.parameters import numbers

GROUP = "aws:ec2/securityGroup:SecurityGroup"
_DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
SUBNET = "aws:ec2/subnet:Subnet"
VPC = "aws:ec2/vpc:Vpc"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_ACLS = ("aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
_ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"
_ADMIN_PORTS = (22, 3389)
_PUBLIC_PORTS = numbers("ports", (80, 443), "The ports that the internet may reach.")
_ALL_PORTS = (0, 65535)
_ALL_PROTOCOLS = ("-1", "all")
_STORES = (
    "aws:docdb/cluster:Cluster",
    "aws:elasticache/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:memorydb/cluster:Cluster",
    "aws:neptune/cluster:Cluster",
    "aws:rds/cluster:Cluster",
    "aws:rds/instance:Instance",
    "aws:redshift/cluster:Cluster",
)
_STORE_GROUPS = ("vpcSecurityGroupIds", "securityGroupIds")
"""Where stores name their security groups."""


def _world(rule: Node) -> Node | None:
    """Where a rule of a security group, in any of its three spellings, names all addresses."""
    lists = [rule[name] for name in ("cidrBlocks", "ipv6CidrBlocks")]
    blocks = [block for each_ in lists for block in ([each_] if each_.is_unknown else each_.items())]
    return first_internet([*blocks, *(rule[name] for name in ("cidrIpv4", "cidrIpv6"))])


def _ports(rule: Node) -> tuple[int, int]:
    protocol = rule["ipProtocol"].text() or rule["protocol"].text()
    if protocol.lower() in _ALL_PROTOCOLS:
        return _ALL_PORTS
    return int(rule["fromPort"].number()), int(rule["toPort"].number())


def _reaches_admin_ports(rule: Node) -> Iterator[Judgement]:
    world = _world(rule)
    if world is not None:
        low, high = _ports(rule)
        for port in _ADMIN_PORTS:
            if low <= port <= high:
                yield world.fails(f"lets the whole internet reach port {port}")


def _reaches_other_than_web(rule: Node) -> Iterator[Judgement]:
    world = _world(rule)
    if world is not None:
        low, high = _ports(rule)
        if low != high or low not in rule.setting(_PUBLIC_PORTS):
            yield world.fails(f"lets the whole internet reach ports {low} to {high}")


def _leaves_for_everywhere(rule: Node) -> Iterator[Judgement]:
    world = _world(rule)
    if world is not None and _ports(rule) == _ALL_PORTS:
        yield world.fails("lets everything leave for everywhere")


def _of_kind(kind: str, check: Check) -> Check:
    """The check for those SecurityGroupRules that are of this direction."""

    def only(rule: Node) -> Iterable[Judgement]:
        return check(rule) if rule["type"].text() == kind else ()

    return only


def _ingress(check: Check) -> tuple[At, ...]:
    return (
        At("ingress[*]", check, (GROUP, _DEFAULT_GROUP)),
        At("", _of_kind("ingress", check), (GROUP_RULE,)),
        At("", check, (INGRESS_RULE,)),
    )


def _acl_admits_admin_ports(entry: Node) -> Iterator[Judgement]:
    action = entry["action"].text() or entry["ruleAction"].text()
    if action.lower() != "allow" or entry["egress"].flag():
        return
    world = first_internet(entry[name] for name in ("cidrBlock", "ipv6CidrBlock"))
    if world is None:
        return
    everything = entry["protocol"].text().lower() in _ALL_PROTOCOLS
    low, high = _ALL_PORTS if everything else (int(entry["fromPort"].number()), int(entry["toPort"].number()))
    for port in _ADMIN_PORTS:
        if low <= port <= high:
            yield world.fails(f"lets the whole internet reach port {port}")


def _adopts_default_group(root: Node, vpc: Resource, stack: Snapshot) -> Iterator[Judgement]:
    adopted = stack.referring(vpc, _DEFAULT_GROUP, "vpcId")
    if not adopted:
        yield root.fails("its default security group is not adopted, and so admits all its members to each other")
    for group in adopted:
        if any(group.read()[name].items() for name in ("ingress", "egress")):
            yield root.fails(f"its default security group ({group.name}) has rules")


def _has_flow_log(root: Node, vpc: Resource, stack: Snapshot) -> Iterator[Judgement]:
    logs = stack.referring(vpc, "aws:ec2/flowLog:FlowLog", "vpcId")
    if not any(log.read()["trafficType"].text("ALL") in ("ALL", "REJECT") for log in logs):
        yield root.fails("no flow log records at least its rejected traffic")


def has_way_to_internet(subnet: Resource, stack: Snapshot) -> bool:
    """Whether a subnet's route table leads to an internet gateway. Raises NotKnownError where the table is not in the stack."""
    tables = [
        table
        for association in stack.referring(subnet, "aws:ec2/routeTableAssociation:RouteTableAssociation", "subnetId")
        for table in stack.targets(association, "routeTableId", "aws:ec2/routeTable:RouteTable")
    ]
    if not tables:
        raise NotKnownError("", f"the route table of subnet {subnet.name} is not in this stack")
    return any(_has_gateway(table, stack) for table in tables)


def _has_gateway(table: Resource, stack: Snapshot) -> bool:
    if stack.targets(table, "routes", GATEWAY):
        return True
    inline = [route["gatewayId"] for route in table.read()["routes"].items()] if not table.dependencies.get("routes") else []
    for route in stack.referring(table, "aws:ec2/route:Route", "routeTableId"):
        if stack.targets(route, "gatewayId", GATEWAY):
            return True
        if not route.dependencies.get("gatewayId"):
            inline.append(route.read()["gatewayId"])
    return any(identifier.text().startswith("igw-") for identifier in inline)


def subnets_are_private(name: str) -> Callable[[Node, Resource, Snapshot], Iterator[Judgement]]:
    """Demand that none of the subnets that a property names has a way to the internet."""

    def relation(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
        subnets = stack.targets(resource, name, SUBNET)
        if not subnets and root[name].items():
            yield root[name].undecided("its subnets are not in this stack")
        for subnet in subnets:
            try:
                if has_way_to_internet(subnet, stack):
                    yield root[name].fails(f"subnet {subnet.name} has a route to an internet gateway")
            except NotKnownError as unknown:
                yield root[name].undecided(unknown.reason)

    return relation


def _ingress_of(group: Resource, stack: Snapshot) -> Iterator[tuple[Resource, Node]]:
    """The rules that let traffic into a group, however they are declared, and the resource that each is written in."""
    yield from ((group, rule) for rule in group.read()["ingress"].items())
    for rule in stack.referring(group, INGRESS_RULE, "securityGroupId"):
        yield rule, rule.read()
    for rule in stack.referring(group, GROUP_RULE, "securityGroupId"):
        if rule.read()["type"].text() == "ingress":
            yield rule, rule.read()


def _sources(rule: Resource, stack: Snapshot) -> list[Resource]:
    """The groups that a rule lets in."""
    keys = ("sourceSecurityGroupId", "referencedSecurityGroupId", "ingress")
    return [source for key in keys for source in stack.targets(rule, key, GROUP)]


def _ways_in(stack: Snapshot) -> dict[str, str]:
    """The groups that the internet reaches, by URN, and by which way.

    A group is reached that is open to all addresses, and one that lets such a group in to all ports or to an administration port:
    who holds a machine of the first then holds one of the second. A way ends at a single service's port.
    """
    ways: dict[str, str] = {}
    held: dict[str, list[str]] = defaultdict(list)
    for group in stack.of_type(GROUP):
        with suppress(NotKnownError):  # which rules there are is not known: the rules on open groups say so
            for rule, node in _ingress_of(group, stack):
                with suppress(NotKnownError):
                    if _world(node) is not None:
                        ways[group.urn] = "which the whole internet reaches"
                    elif _administers(node):
                        for source in _sources(rule, stack):
                            held[source.urn].append(group.urn)
    reached = list(ways)
    for urn in reached:
        for further in held[urn]:
            if further not in ways:
                ways[further] = f"which {stack.by_urn[urn].name} may administer, {ways[urn]}"
                reached.append(further)
    return ways


def _administers(rule: Node) -> bool:
    """Whether a rule lets in to all ports, or to one by which a machine is administered."""
    low, high = _ports(rule)
    return (low, high) == _ALL_PORTS or any(low <= port <= high for port in _ADMIN_PORTS)


def _world_is_one_step_away(root: Node, store: Resource, stack: Snapshot) -> Iterator[Judgement]:
    """A group that lets in what the internet reaches, directly or from machine to machine, is one break-in away from it."""
    ways = stack.index(_ways_in)
    for name in _STORE_GROUPS:
        for group in stack.targets(store, name, GROUP):
            for rule, node in _ingress_of(group, stack):
                sources = _sources(rule, stack)
                if not sources and _names_group(node):
                    yield root[name].undecided(f"{rule.name} lets in a group that is not in this stack")
                for source in sources:
                    if source.urn in ways and source.urn != group.urn:
                        yield root[name].fails(f"{rule.name} lets in {source.name}, {ways[source.urn]}")


def _names_group(rule: Node) -> bool:
    return any(rule[key].is_given for key in ("sourceSecurityGroupId", "referencedSecurityGroupId")) or bool(
        rule["securityGroups"].items()
    )


def _world_reaches_store(root: Node, store: Resource, stack: Snapshot) -> Iterator[Judgement]:
    for name in _STORE_GROUPS:
        groups = stack.targets(store, name, GROUP)
        if not groups and not stack.targets(store, name) and root[name].is_given:
            yield root[name].undecided("its security groups are not in this stack")
        for group in groups:
            yield from each((rule for _, rule in _ingress_of(group, stack)), _admits_world(root[name], group))


def _admits_world(place: Node, group: Resource) -> Check:
    def check(rule: Node) -> Iterator[Judgement]:
        if _world(rule) is not None:
            yield place.fails(f"security group {group.name} lets the whole internet in")

    return check


RULES = (
    Rule(
        id="NET-01",
        title="The internet does not reach administration ports",
        severity=Severity.HIGH,
        types=(GROUP, _DEFAULT_GROUP, GROUP_RULE, INGRESS_RULE),
        reads="ingress",
        rationale="Remote shells and desktops that anybody can reach are found and attacked within minutes.",
        fix="allow the addresses or the security group that need it; for shells use Session Manager, which needs no open port",
        checks=_ingress(_reaches_admin_ports),
        controls=(*cis("5.3", "5.4"), *fsbp("EC2.13", "EC2.14")),
        equivalents=("CKV_AWS_24", "CKV_AWS_25", "AWS-0107", "AwsSolutions-EC23"),
    ),
    Rule(
        id="NET-02",
        title="The internet reaches nothing but web ports",
        severity=Severity.CRITICAL,
        types=(GROUP, _DEFAULT_GROUP, GROUP_RULE, INGRESS_RULE),
        reads="ingress",
        rationale="Every port that all addresses reach widens what can be attacked; only a web server has to be reached by all.",
        fix="name the security group or the addresses that connect; only a public load balancer takes all, on 80 and 443",
        checks=_ingress(_reaches_other_than_web),
        parameters=(_PUBLIC_PORTS,),
        controls=fsbp("EC2.18", "EC2.19"),
        equivalents=("CKV_AWS_277", "CKV_AWS_260"),
    ),
    Rule(
        id="NET-03",
        title="Outgoing traffic is limited to what is needed",
        severity=Severity.MEDIUM,
        types=(GROUP, _DEFAULT_GROUP, GROUP_RULE, EGRESS_RULE),
        reads="egress",
        rationale="Who breaks into a workload wants to send what it found somewhere; a way out to everywhere lets it.",
        fix="name ports and destinations: the stores, the endpoints and the hosts that the workload calls",
        checks=(
            At("egress[*]", _leaves_for_everywhere, (GROUP, _DEFAULT_GROUP)),
            At("", _of_kind("egress", _leaves_for_everywhere), (GROUP_RULE,)),
            At("", _leaves_for_everywhere, (EGRESS_RULE,)),
        ),
        equivalents=("CKV_AWS_382", "AWS-0104"),
    ),
    Rule(
        id="NET-04",
        title="Default security groups are adopted and empty",
        severity=Severity.MEDIUM,
        types=(VPC,),
        reads="(a DefaultSecurityGroup's ingress and egress)",
        rationale="Whatever is created without naming a group joins the default one, whose members reach each other.",
        fix="declare an ec2.DefaultSecurityGroup for the VPC without any rule",
        relation=_adopts_default_group,
        controls=(*cis("5.5"), *fsbp("EC2.2")),
        equivalents=("CKV2_AWS_12", "AWS-0173"),
    ),
    Rule(
        id="NET-05",
        title="Subnets do not hand out public addresses",
        severity=Severity.HIGH,
        types=(SUBNET,),
        reads="mapPublicIpOnLaunch",
        rationale="A machine that gets a public address by being launched is exposed without anybody having decided so.",
        fix="set map_public_ip_on_launch to False; load balancers and NAT gateways in a public subnet do not need it",
        checks=(At("mapPublicIpOnLaunch", is_false()),),
        remedies=(Remedy("mapPublicIpOnLaunch", value=False),),
        controls=fsbp("EC2.15"),
        equivalents=("CKV_AWS_130", "AWS-0164"),
    ),
    Rule(
        id="NET-06",
        title="VPCs record their traffic",
        severity=Severity.MEDIUM,
        types=(VPC,),
        reads="(a FlowLog's trafficType)",
        rationale="Without flow logs nobody can tell afterwards who talked to whom.",
        fix="declare an ec2.FlowLog of the VPC with traffic_type ALL or REJECT",
        relation=_has_flow_log,
        controls=(*cis("3.7"), *fsbp("EC2.6")),
        equivalents=("CKV2_AWS_11", "AWS-0178", "AwsSolutions-VPC7"),
    ),
    Rule(
        id="NET-07",
        title="Network ACLs keep the internet from administration ports",
        severity=Severity.MEDIUM,
        types=(*_ACLS, _ACL_RULE),
        reads="ingress",
        rationale="A network ACL is the second fence; one that lets administration ports through leaves the first one alone.",
        fix="allow only the addresses that administer, or no administration ports at all",
        checks=(
            At("ingress[*]", _acl_admits_admin_ports, _ACLS),
            At("", _acl_admits_admin_ports, (_ACL_RULE,)),
        ),
        controls=(*cis("5.2"), *fsbp("EC2.21")),
        equivalents=("CKV_AWS_231", "CKV_AWS_232", "CKV_AWS_352", "AWS-0105"),
    ),
    Rule(
        id="NET-08",
        title="Databases are in subnets without a way to the internet",
        severity=Severity.HIGH,
        types=("aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"),
        reads="subnetIds",
        rationale="One wrong flag or group makes a database public that stands in a public subnet; in a private one it does not.",
        fix="name subnets whose route tables have no route to an internet gateway",
        relation=subnets_are_private("subnetIds"),
    ),
    Rule(
        id="NET-09",
        title="No security group of a database lets the internet in",
        severity=Severity.CRITICAL,
        types=_STORES,
        reads="vpcSecurityGroupIds",
        rationale="A database answers its services alone; a group that admits all addresses offers it to everybody.",
        fix="let the security groups of the services in, each by its own rule",
        relation=_world_reaches_store,
    ),
    Rule(
        id="NET-11",
        title="Nothing that the internet reaches is let into a database",
        severity=Severity.HIGH,
        types=_STORES,
        reads="vpcSecurityGroupIds",
        rationale="Between the internet and a database stands a service that is not reached by all; else one hole is a breach. A "
        "machine that a reached one may administer counts as reached, however many lie between.",
        fix="let in the group of a service behind a load balancer, not the load balancer's or a public machine's",
        relation=_world_is_one_step_away,
    ),
    Rule(
        id="NET-10",
        title="Rules of security groups say what they are for",
        severity=Severity.LOW,
        types=(GROUP_RULE, INGRESS_RULE, EGRESS_RULE),
        reads="description",
        rationale="A rule that nobody can explain is a rule that nobody dares to remove.",
        fix="give a description that names who connects and why",
        checks=(At("description", is_given),),
        equivalents=("CKV_AWS_23", "AWS-0124"),
    ),
)
