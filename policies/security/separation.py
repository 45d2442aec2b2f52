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
from policies.engine.node import UNKNOWN, Node, NotKnownError
from policies.engine.rule import Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.accounts import TRUSTED, foreign, texts_with_accounts
from policies.security.addresses import network
from policies.security.arn_holders import ARN_HOLDERS
from policies.security.buckets_of_stack import BUCKET_ARN, BUCKETS, is_own_bucket
from policies.security.documents import allows, identity_documents, principals, statements
from policies.security.identity import POLICIES, ROLE
from policies.security.masked_path import is_of_refresh_job
from policies.security.namespaces import NETWORK_POLICY, SERVICE
from policies.security.network import EGRESS_RULE, GROUP, GROUP_RULE, VPC
from policies.security.parameters import words
from policies.security.pods import WITH_PODS
from policies.security.workloads import ACCOUNT, CONFIG_MAP, FUNCTION

_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
_ROLE_ARN = "eks.amazonaws.com/role-arn"
_PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
_ATTACHMENT = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
_SHARE = "aws:ram/principalAssociation:PrincipalAssociation"
_SERVICE_PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
_POLICED = {
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
}
"""Resources with a policy that says who may use them."""
_ORIGINS = {
    "aws:rds/instance:Instance": (
        "snapshotIdentifier",
        "replicateSourceDb",
        "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn",
        "s3Import.bucketName",
    ),
    "aws:rds/cluster:Cluster": (
        "snapshotIdentifier",
        "replicationSourceIdentifier",
        "restoreToPointInTime.sourceClusterIdentifier",
    ),
    "aws:rds/globalCluster:GlobalCluster": ("sourceDbClusterIdentifier",),
    "aws:dynamodb/table:Table": ("restoreSourceTableArn", "importTable.s3BucketSource.bucketOwner"),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("snapshotArns",),
}
"""Where each kind of store says what it is filled from."""
_TARGETS = {
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig": "rules[*].destination.account",
    "aws:backup/plan:Plan": "rules[*].copyActions[*].destinationVaultArn",
}
"""Where each kind of copier says what it copies to."""
_PRIVATE = tuple(ip_network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))
_MASKED = words(
    "maskedPaths", (), "Names of the stores that may be filled from another account, since what arrives is masked on its way."
)
_RANGES = words("trustedRanges", (), "Private address ranges besides the stack's own networks that may be reached.")


def _trusts_own_account(root: Node, _: Resource, stack: Snapshot) -> Iterator[Judgement]:
    yield from _admits_own_account(root["assumeRolePolicy"], stack, "lets a principal of another account take the role on")


def _admits_own_account(policy: Node, stack: Snapshot, message: str) -> Iterator[Judgement]:
    if not policy.is_given:
        return
    for statement in statements(policy):
        if allows(statement) and any(foreign(statement, stack, name, is_principal=True) for name in principals(statement)):
            yield statement["Principal"].fails(message)


def _serves_own_account(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    yield from _admits_own_account(root[_POLICED[resource.type]], stack, "lets a principal of another account in")


def _stays_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if is_of_refresh_job(resource):
        return  # SEP-11 judges it, and demands more
    for document in identity_documents(root, resource, ROLE):
        for statement in statements(document) if document.is_given else ():
            if not allows(statement):
                continue
            for place in statement["Resource"].items():
                target = place.text()
                if foreign(place, stack, target):
                    yield place.fails("allows actions on a resource of another account")
                elif target.startswith(BUCKET_ARN):
                    yield from is_own_bucket(place, target.removeprefix(BUCKET_ARN).partition("/")[0], stack)


def _pod_stays_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    places = (
        [root["metadata"]["annotations"][_ROLE_ARN]] if resource.type == ACCOUNT else [root["roleArn"], root["targetRoleArn"]]
    )
    for place in places:
        if resource.type == _ASSOCIATION and _comes_from_stack(place.path, resource):
            continue
        if foreign(place, stack, place.text()):
            yield place.fails("is a role of another account")


def _comes_from_stack(name: str, resource: Resource) -> bool:
    """Whether a property that is not known yet is another resource's output, and so the stack's own."""
    return resource.properties.get(name) is UNKNOWN and bool(resource.dependencies.get(name))


def _names_own_account(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    for name in ARN_HOLDERS[resource.type]:
        if resource.properties.get(name) is None or _comes_from_stack(name, resource):
            continue
        place = root[name]
        if place.is_unknown:
            yield place.undecided("the value is not known before the update")
            continue
        for text in texts_with_accounts(place):
            if foreign(text, stack, text.text()):
                yield text.fails("names a resource of another account")


def _is_joined_to_itself(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if resource.type == _PEERING:
        if not stack.targets(resource, "peerVpcId", VPC):
            yield from _joins(root["peerVpcId"], "joins the network to one that is not this stack's")
    elif resource.type == _ATTACHMENT:
        if not stack.targets(resource, "transitGatewayId", "aws:ec2transitgateway/transitGateway:TransitGateway"):
            yield from _joins(root["transitGatewayId"], "joins the network to a gateway that is not this stack's")
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


def _is_filled_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if resource.name in root.setting(_MASKED):
        return
    for path in _ORIGINS[resource.type]:
        place = root.at(path)
        if _comes_from_stack(path.partition(".")[0], resource):
            continue
        for text in place.texts():
            if foreign(place, stack, text, is_principal=path.endswith("bucketOwner")):
                yield place.fails("is filled with data of another account")


def _copies_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    for place in root.each(_TARGETS[resource.type]):
        try:
            if foreign(place, stack, place.text(), is_principal=True):
                yield place.fails("copies data to another account")
        except NotKnownError as unknown:
            if not resource.dependencies.get("rules"):
                yield place.undecided(unknown.reason)


def _workload_stays_at_home(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    part = {CONFIG_MAP: "data", FUNCTION: "environment"}.get(resource.type, "spec")
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
        title="Keys, buckets, queues, topics, secrets and images let in no other account",
        severity=Severity.CRITICAL,
        types=tuple(_POLICED),
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
        types=(_PEERING, _ATTACHMENT, _SHARE, _SERVICE_PRINCIPAL),
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
        id="SEP-08",
        title="Stores are filled from their own account, or by a declared masked path",
        severity=Severity.CRITICAL,
        types=tuple(_ORIGINS),
        reads="snapshotIdentifier",
        rationale="Production's data in staging is production's data with staging's safeguards, unless it was masked on its way.",
        fix="fill the store with data made for it, or name it in maskedPaths if what arrives there is masked",
        relation=_is_filled_at_home,
        parameters=(TRUSTED, _MASKED),
    ),
    Rule(
        id="SEP-09",
        title="No data is copied to another account",
        severity=Severity.CRITICAL,
        types=tuple(_TARGETS),
        reads="rules[*].destination",
        rationale="A copy in another account is under that account's safeguards.",
        fix="copy to another region of the account itself; list an account that only keeps backups in trustedAccounts",
        relation=_copies_at_home,
        parameters=(TRUSTED,),
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
