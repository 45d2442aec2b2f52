"""Separation: nothing reaches, assumes, decrypts, writes or is joined to what belongs to another environment.

An environment is an account. Its own accounts are those that the stack's AWS providers are held to (`allowedAccountIds`);
every other is foreign unless a rule's configuration trusts it, so that production's is, seen from staging, and staging's from
production, without either knowing the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from policies.engine.checks import each
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.accounts import TRUSTED, comes_from_stack, foreign, texts_with_accounts
from policies.security.addresses import network
from policies.security.arn_holders import ARN_HOLDERS
from policies.security.buckets_of_stack import BUCKETS, is_own_bucket, named_bucket
from policies.security.documents import (
    actions,
    admits_everyone,
    covered,
    each_allowing,
    identity_documents,
    narrowing_values,
    principals,
)
from policies.security.identity import POLICIES, ROLE
from policies.security.masked_path import is_of_refresh_job
from policies.security.namespaces import NETWORK_POLICY, SERVICE
from policies.security.network import EGRESS_RULE, GROUP, GROUP_RULE, VPC
from policies.security.parameters import words
from policies.security.pods import TEMPLATE, WITH_PODS
from policies.security.workloads import ACCOUNT, CONFIG_MAP, FUNCTION

_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ROLE_ARN = "eks.amazonaws.com/role-arn"
_PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
_GATEWAY = "aws:ec2transitgateway/transitGateway:TransitGateway"
_TO_NETWORK, _TO_GATEWAY = (f"joins the network to {what} that is not this stack's" for what in ("one", "a gateway"))
_JOINED = {
    _PEERING: ("peerVpcId", VPC, _TO_NETWORK),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": ("vpcPeeringConnectionId", _PEERING, _TO_NETWORK),
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": ("transitGatewayId", _GATEWAY, _TO_GATEWAY),
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": ("peerTransitGatewayId", _GATEWAY, _TO_GATEWAY),
}
"""What joins networks: the property that names the other one, what it is in the stack, and what is wrong otherwise."""
_ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
_SHARE = "aws:ram/principalAssociation:PrincipalAssociation"
_SERVICE_PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
_POLICED = (
    "aws:backup/vaultPolicy:VaultPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
    "aws:kms/key:Key",
    "aws:kinesis/resourcePolicy:ResourcePolicy",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:s3/accessPoint:AccessPoint",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
)
"""Resources with a policy that says who may use them."""
_PERMISSION = "aws:lambda/permission:Permission"
_SOURCES = ("sourceAccount", "sourceArn")
_LETS_IN = "lets a principal of another account in"
_ADMITTING = {"dynamodb", "ecr", "events", "kinesis", "kms", "lambda", "secretsmanager", "sns", "sqs"}
"""Services whose resources can admit another account's identities. Source: AWS services that work with IAM."""
_PRIVATE = tuple(ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
_RANGES = words("trustedRanges", (), "Private address ranges besides the stack's own networks that may be reached.")


def _trusts_own_account(root: Node, _: Resource, stack: Snapshot) -> Iterator[Judgement]:
    yield from _admits_own_account(root["assumeRolePolicy"], stack, "lets a principal of another account take the role on")


def _admits_own_account(policy: Node, stack: Snapshot, message: str) -> Iterator[Judgement]:
    def check(statement: Node) -> Iterator[Judgement]:
        if any(foreign(statement, stack, name, is_principal=True) for name in principals(statement)):
            yield statement["Principal"].fails(message)
        elif any(foreign(value, stack, value.text(), is_principal=True) for value in narrowing_values(statement)):
            yield statement["Condition"].fails(message)

    if policy.is_given:
        yield from each_allowing(policy, check)


def _serves_own_account(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if resource.type == _PERMISSION:
        yield from _permits_own_account(root, resource, stack)
    elif root["policy"].is_given:
        yield from _admits_own_account(root["policy"], stack, _LETS_IN)
        yield from each_allowing(root["policy"], _admits_no_account_unnamed)


def _permits_own_account(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    named = [root[name] for name in ("principal", *_SOURCES) if not comes_from_stack(name, resource)]
    yield from each(named, lambda place: _is_of_own_account(place, stack))
    if root["principal"].text() == "*" and not any(root[name].is_given for name in (*_SOURCES, "principalOrgId")):
        yield root["principal"].fails("lets every account in")


def _is_of_own_account(place: Node, stack: Snapshot) -> Iterator[Judgement]:
    if foreign(place, stack, place.text(), is_principal=True):
        yield place.fails(_LETS_IN)


def _admits_no_account_unnamed(statement: Node) -> Iterator[Judgement]:
    if admits_everyone(statement):
        yield statement.fails("lets every account in")


def _stays_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if is_of_refresh_job(resource):
        return  # SEP-11 judges it, and demands more
    for document in identity_documents(root, resource, ROLE):
        if document.is_given:
            yield from each_allowing(document, lambda statement: _is_on_own_account(statement, stack))


def _is_on_own_account(statement: Node, stack: Snapshot) -> Iterator[Judgement]:
    def check(place: Node) -> Iterator[Judgement]:
        target = place.text()
        if foreign(place, stack, target):
            yield place.fails("allows actions on a resource of another account")
        elif bucket := named_bucket(target):
            yield from is_own_bucket(place, bucket, stack)
        elif _is_of_any_account(target, actions(statement)):
            yield place.fails("allows actions on resources of whichever account lets it")

    yield from each(statement["Resource"].items(), check)


def _is_of_any_account(target: str, asked: list[str]) -> bool:
    """Whether an ARN leaves the account open, where the other account's resource may admit this one by a policy of its own."""
    service, account = (target.split(":", 5) + [""] * 5)[2:5:2]
    if not target.startswith("arn:") or not set("*?") & set(account):
        return False
    return service in _ADMITTING or (service == "iam" and bool(covered(["sts:assumerole"], asked)))


def _pod_stays_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    places = (
        [root["metadata"]["annotations"][_ROLE_ARN]] if resource.type == ACCOUNT else [root["roleArn"], root["targetRoleArn"]]
    )
    for place in places:
        if resource.type == _ASSOCIATION and comes_from_stack(place.path, resource):
            continue
        if foreign(place, stack, place.text()):
            yield place.fails("is a role of another account")


def _names_own_account(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    for name in ARN_HOLDERS[resource.type]:
        if resource.properties.get(name) is None or comes_from_stack(name, resource):
            continue
        place = root[name]
        if place.is_unknown:
            yield place.undecided("the value is not known before the update")
            continue
        for text in texts_with_accounts(place):
            if foreign(text, stack, text.text()):
                yield text.fails("names a resource of another account")


def _is_joined_to_itself(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    joined = _JOINED.get(resource.type)
    if joined is not None:
        name, type_, message = joined
        if not stack.targets(resource, name, type_):
            yield from _joins(root[name], message)
    elif resource.type == _ENDPOINT:
        place = root["serviceName"]
        own = stack.targets(resource, "serviceName", "aws:ec2/vpcEndpointService:VpcEndpointService")
        if not own and place.text().startswith("com.amazonaws.vpce."):
            yield place.undecided("whose service it leads to cannot be seen")
    else:
        place = root["principal"] if resource.type == _SHARE else root["principalArn"]
        if foreign(place, stack, place.text(), is_principal=True) or ":organizations::" in place.text():
            yield place.fails("shares a part of the network with another account")


def _joins(place: Node, message: str) -> Iterator[Judgement]:
    if place.text():
        yield place.fails(message)


def _own_networks(stack: Snapshot) -> tuple[tuple[IPv4Network | IPv6Network, ...], bool]:
    """The address ranges of the stack's networks and clusters, and whether all of them are known."""
    texts: list[object] = [vpc.properties.get("cidrBlock") for vpc in stack.of_type(VPC)]
    texts += [
        more.properties.get("cidrBlock")
        for more in stack.of_type("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
    ]
    for cluster in stack.of_type("aws:eks/cluster:Cluster"):
        config = cluster.properties.get("kubernetesNetworkConfig")
        texts += [config["serviceIpv4Cidr"]] if isinstance(config, dict) and "serviceIpv4Cidr" in config else []
    found = [own for own in map(network, texts) if own is not None]
    return tuple(found), len(found) == len(texts)


def _destinations(root: Node, resource: Resource) -> Iterator[Node]:
    if resource.type == NETWORK_POLICY:
        for egress in root["spec"]["egress"].items():
            yield from (peer["ipBlock"]["cidr"] for peer in egress["to"].items())
        return
    rules = root["egress"].items() if resource.type == GROUP else [root]
    if resource.type == GROUP_RULE and root["type"].text() != "egress":
        return
    for rule in rules:
        for name in ("cidrBlocks", "ipv6CidrBlocks"):
            yield from rule[name].items()
        yield from (rule[name] for name in ("cidrIpv4", "cidrIpv6"))


def _leaves_for_own_networks(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    yield from each(_destinations(root, resource), lambda place: _is_within_own_networks(place, stack))


def _is_within_own_networks(place: Node, stack: Snapshot) -> Iterator[Judgement]:
    target = network(place.text())
    if target is None or not any(_is_within(target, private) for private in _PRIVATE):
        return
    own, is_complete = stack.index(_own_networks)
    trusted = [known for known in map(network, place.setting(_RANGES)) if known is not None]
    if any(_is_within(target, known) for known in (*own, *trusted)):
        return
    if is_complete and own:
        yield place.fails("reaches a private network that is not this stack's")
    else:
        yield place.undecided("it reaches a private network, and the ranges of this stack's are not known")


def _is_within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def _workload_stays_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    part = {CONFIG_MAP: "data", FUNCTION: "environment", TEMPLATE: "template"}.get(resource.type, "spec")
    if root[part].is_unknown:
        yield root[part].undecided("the value is not known before the update")
    for text in texts_with_accounts(root[part], frozenset({"image"})):
        if foreign(text, stack, text.text()):
            yield text.fails("names a resource of another account")


RULES = (
    Rule(
        id="SEP-01",
        title="Roles are taken on from their own account alone",
        severity=Severity.CRITICAL,
        types=(ROLE,),
        reads="assumeRolePolicy",
        rationale="Whoever may take on a role of production from staging is in production, whatever else keeps the two apart.",
        fix="name principals of the account itself, or list the account of a tool that serves every environment in trustedAccounts",
        relation=_trusts_own_account,
        parameters=(TRUSTED,),
    ),
    Rule(
        id="SEP-02",
        title="Policies allow actions on nothing of another account",
        severity=Severity.CRITICAL,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="A service account whose role can write to the other environment writes there by one wrong variable.",
        fix="limit Resource to ARNs of the account itself, and to buckets of the stack",
        relation=_stays_at_home,
        parameters=(TRUSTED, BUCKETS),
    ),
    Rule(
        id="SEP-03",
        title="Pods take on roles of their own account",
        severity=Severity.CRITICAL,
        types=(_ASSOCIATION, ACCOUNT),
        reads="roleArn",
        rationale="A pod with a role of the other environment is a part of it.",
        fix="name a role of the stack",
        relation=_pod_stays_at_home,
        parameters=(TRUSTED,),
    ),
    Rule(
        id="SEP-04",
        title="Keys, stores, queues, topics, secrets, images and functions let in no other account",
        severity=Severity.CRITICAL,
        types=(*_POLICED, _PERMISSION),
        reads="policy",
        rationale="What another account may decrypt or read is not kept apart from it; what it may write decides what happens here.",
        fix="name principals of the account itself",
        relation=_serves_own_account,
        parameters=(TRUSTED,),
    ),
    Rule(
        id="SEP-05",
        title="Resources use keys, roles and targets of their own account",
        severity=Severity.HIGH,
        types=tuple(ARN_HOLDERS),
        reads="(every property that holds an ARN)",
        rationale="A store that is encrypted with the other environment's key is read by it, and lost with it.",
        fix="name the stack's own key, role or target",
        relation=_names_own_account,
        parameters=(TRUSTED,),
    ),
    Rule(
        id="SEP-06",
        title="Networks are joined to no other",
        severity=Severity.CRITICAL,
        types=(*_JOINED, _ENDPOINT, _SHARE, _SERVICE_PRINCIPAL),
        reads="peerVpcId",
        rationale="Between networks that are joined, one wrong rule of a security group lets staging write into production.",
        fix="take the connection out; what both need is reached over its public, authenticated interface",
        relation=_is_joined_to_itself,
        parameters=(TRUSTED,),
    ),
    Rule(
        id="SEP-07",
        title="No rule reaches a private network of others",
        severity=Severity.HIGH,
        types=(GROUP, GROUP_RULE, EGRESS_RULE, NETWORK_POLICY),
        reads="egress",
        rationale="A way out to the other environment's addresses waits for the day on which the networks are joined.",
        fix="name ranges or security groups of the stack; list networks that serve every environment in trustedRanges",
        relation=_leaves_for_own_networks,
        parameters=(_RANGES,),
    ),
    Rule(
        id="SEP-10",
        title="Workloads are told of nothing in another account",
        severity=Severity.HIGH,
        types=(*WITH_PODS, CONFIG_MAP, SERVICE, FUNCTION),
        reads="spec",
        rationale="A variable that names the other environment's queue is how test orders are shipped.",
        fix="name the stack's own resources",
        relation=_workload_stays_at_home,
        parameters=(TRUSTED,),
    ),
)
