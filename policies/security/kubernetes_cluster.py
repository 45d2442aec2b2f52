"""Clusters: the control plane, its nodes and its add-ons."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.checks import each, has_all, is_given, is_one_of, is_true
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Remedy, Rule, Severity
from policies.security.addresses import is_internet
from policies.security.controls import cis, cis_eks, fsbp
from policies.security.network import subnets_are_private
from policies.security.parameters import whole_number

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
INSTANCE = "aws:ec2/instance:Instance"
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_HOPS = whole_number("maxHops", 2, "Over how many hops the metadata service may answer.", least=1)


def _endpoint_is_closed(vpc: Node) -> Iterator[Judgement]:
    if not vpc["endpointPublicAccess"].flag(default=True):
        return
    blocks = vpc["publicAccessCidrs"].items()
    if not blocks:
        yield vpc["endpointPublicAccess"].fails("the whole internet reaches the control plane")
    yield from each(blocks, _is_not_the_internet)


def _is_not_the_internet(block: Node) -> Iterator[Judgement]:
    if is_internet(block.text()):
        yield block.fails("lets the whole internet reach the control plane")


def _login_names_sources(access: Node) -> Iterator[Judgement]:
    if access["ec2SshKey"].is_given and not access["sourceSecurityGroupIds"].items():
        yield access["sourceSecurityGroupIds"].fails("an SSH key without a source lets all addresses log in to the nodes")


def _demands_tokens(machine: Node) -> Iterator[Judgement]:
    """A machine of a launch template takes its options from there; one without the service has no credentials to hand out."""
    options = machine["metadataOptions"]
    if options["httpEndpoint"].text() == "disabled" or (not options.is_given and machine["launchTemplate"].is_given):
        return
    yield from is_one_of("required", default="optional")(options["httpTokens"])


def _disks_are_encrypted(template: Node) -> Iterator[Judgement]:
    disks = template["blockDeviceMappings"].items()
    if not disks:
        yield template["blockDeviceMappings"].undecided("no disk is named, and so the image and the account say it")
    yield from each((disk for disk in disks if not _is_no_volume(disk)), lambda disk: is_true()(disk["ebs"]["encrypted"]))


def _is_no_volume(disk: Node) -> bool:
    return disk["noDevice"].is_given or disk["virtualName"].is_given


def _root_disk_is_encrypted(machine: Node) -> Iterator[Judgement]:
    if machine["rootBlockDevice"].is_given or not machine["launchTemplate"].is_given:
        yield from is_true()(machine["rootBlockDevice"]["encrypted"])


def _hop_limit_is_short(limit: Node) -> Iterator[Judgement]:
    most = limit.setting(_HOPS)
    if limit.number(1) > most:
        yield limit.fails(f"must be at most {most:g}")


def _enforces_network_policies(addon: Node) -> Iterator[Judgement]:
    if addon["addonName"].text() != "vpc-cni":
        return
    values = addon["configurationValues"]
    if not values.is_given or not values.document()["enableNetworkPolicy"].flag():
        yield values.fails("does not set enableNetworkPolicy, and so network policies have no effect")


RULES = (
    Rule(
        id="EKS-01",
        title="The control plane is not open to the internet",
        severity=Severity.CRITICAL,
        types=(CLUSTER,),
        reads="vpcConfig.endpointPublicAccess",
        rationale="Whoever reaches the API server can try stolen credentials and unpatched holes on it.",
        fix="set endpoint_public_access to False, or list the addresses that need it in public_access_cidrs",
        checks=(At("vpcConfig", _endpoint_is_closed),),
        controls=(*cis_eks("5.4.1", "5.4.2"), *fsbp("EKS.1")),
        equivalents=("CKV_AWS_38", "CKV_AWS_39", "AWS-0040", "AWS-0041", "AwsSolutions-EKS1"),
    ),
    Rule(
        id="EKS-02",
        title="The control plane writes all its logs",
        severity=Severity.MEDIUM,
        types=(CLUSTER,),
        reads="enabledClusterLogTypes",
        rationale="The audit log is the only record of who did what in the cluster, the others of why it went wrong.",
        fix=f"set enabled_cluster_log_types to {', '.join(_LOG_TYPES)}",
        checks=(At("enabledClusterLogTypes", has_all(*_LOG_TYPES)),),
        controls=(*cis_eks("2.1.1"), *fsbp("EKS.8")),
        equivalents=("CKV_AWS_37", "AWS-0038", "AwsSolutions-EKS2", "C-0067"),
    ),
    Rule(
        id="EKS-03",
        title="Kubernetes secrets are encrypted with a key of the account's own",
        severity=Severity.HIGH,
        types=(CLUSTER,),
        reads="encryptionConfig",
        rationale="With a key of its own, reading the disks is not enough to read the secrets, and each use is recorded.",
        fix="set encryption_config with resources secrets and the ARN of a KMS key",
        checks=(
            At("encryptionConfig.resources", has_all("secrets")),
            At("encryptionConfig.provider.keyArn", is_given),
        ),
        controls=(*cis_eks("5.3.1"), *fsbp("EKS.3")),
        equivalents=("CKV_AWS_58", "AWS-0039", "C-0066"),
    ),
    Rule(
        id="EKS-05",
        title="Access to the cluster is by access entries alone",
        severity=Severity.MEDIUM,
        types=(CLUSTER,),
        reads="accessConfig.authenticationMode",
        rationale="The aws-auth ConfigMap can be edited from inside the cluster, and one slip in it locks everybody out.",
        fix="set authentication_mode to API and grant access by eks.AccessEntry",
        checks=(At("accessConfig.authenticationMode", is_one_of("API", default="CONFIG_MAP")),),
        controls=cis_eks("4.1.7"),
    ),
    Rule(
        id="EKS-06",
        title="Nodes are not open to logins from everywhere",
        severity=Severity.HIGH,
        types=(NODE_GROUP,),
        reads="remoteAccess",
        rationale="An SSH key without a source security group opens port 22 of each node to all addresses.",
        fix="leave remote_access out and use Session Manager, or name source_security_group_ids",
        checks=(At("remoteAccess", _login_names_sources),),
        equivalents=("CKV_AWS_100",),
    ),
    Rule(
        id="EKS-07",
        title="Machines serve their credentials by session tokens only",
        severity=Severity.HIGH,
        types=(LAUNCH_TEMPLATE, INSTANCE),
        reads="metadataOptions.httpTokens",
        rationale="Version 1 of the metadata service hands the machine's credentials to anybody who can make it send a request.",
        fix="set metadata_options with http_tokens required and http_put_response_hop_limit 1",
        checks=(
            At("", _demands_tokens),
            At("metadataOptions.httpPutResponseHopLimit", _hop_limit_is_short),
        ),
        parameters=(_HOPS,),
        remedies=(Remedy("metadataOptions.httpTokens", "required"),),
        controls=(*cis("5.7"), *fsbp("EC2.8")),
        equivalents=("CKV_AWS_79", "CKV_AWS_341", "AWS-0130"),
    ),
    Rule(
        id="EKS-08",
        title="Nodes are in subnets without a way in from the internet",
        severity=Severity.HIGH,
        types=(NODE_GROUP,),
        reads="subnetIds",
        rationale="A node in a public subnet needs one wrong rule to be reached from outside.",
        fix="name subnets that leave by a NAT gateway, not by an internet gateway",
        relation=subnets_are_private("subnetIds"),
        controls=cis_eks("5.4.3"),
    ),
    Rule(
        id="EKS-09",
        title="The network add-on enforces network policies",
        severity=Severity.MEDIUM,
        types=("aws:eks/addon:Addon",),
        reads="configurationValues",
        rationale="Without an agent that enforces them, network policies are accepted and do nothing.",
        fix='set "enableNetworkPolicy": "true" in the configuration values of vpc-cni',
        checks=(At("", _enforces_network_policies),),
        controls=cis_eks("4.3.1", "5.4.4"),
    ),
    Rule(
        id="EKS-10",
        title="Disks of machines are encrypted",
        severity=Severity.HIGH,
        types=(LAUNCH_TEMPLATE, INSTANCE),
        reads="blockDeviceMappings[*].ebs.encrypted",
        rationale="A node's disk holds images, logs and the secrets of its pods.",
        fix="set encrypted to True and name a KMS key for every block device",
        checks=(
            At("", _disks_are_encrypted, (LAUNCH_TEMPLATE,)),
            At("", _root_disk_is_encrypted, (INSTANCE,)),
            At("ebsBlockDevices[*].encrypted", is_true(), (INSTANCE,)),
        ),
        controls=cis("5.1.1"),
        equivalents=("CKV_AWS_8",),
    ),
)
