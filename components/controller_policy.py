"""What each platform controller may do in AWS. Nothing is granted beyond what this project has it do."""

from __future__ import annotations

from collections.abc import Callable

from components.key_grant import DECRYPT, ENCRYPT, may_use_keys
from components.policy_document import Statement, allow
from model.cluster import ControllerPolicy
from model.environment import Environment
from model.service import SecretValue

VOLUME_TAG = "ebs.csi.aws.com/cluster"
"""The tag by which the EBS driver knows its own volumes."""
INSIGHTS_NAMESPACE = "ContainerInsights"


def controller_statements(environment: Environment, policy: ControllerPolicy) -> list[Statement]:
    """The statements of a controller's role."""
    return _POLICIES[policy](environment)


def insights_log_prefix(environment: Environment) -> str:
    """The prefix of the log groups that the CloudWatch agent writes to."""
    return f"/aws/containerinsights/{environment.name}/"


def secret_data_classes(environment: Environment) -> list[str]:
    """The data classes of the stores whose secrets services read, sorted."""
    stores = {
        value.secret_of
        for service in environment.services.values()
        for value in service.environment.values()
        if isinstance(value, SecretValue)
    }
    return sorted({environment.stores[store].data_class for store in stores})


def _arn(environment: Environment, service: str, resource: str) -> str:
    identity = environment.identity
    return f"arn:aws:{service}:{identity.regions.primary}:{identity.account_id}:{resource}"


def _load_balancer(environment: Environment) -> list[Statement]:
    """Register pods in target groups. Load balancers, listeners and groups are this project's own: it may make none."""
    own = {"StringEquals": {"aws:ResourceTag/Environment": environment.identity.environment}}
    return [
        allow(
            [
                "ec2:DescribeAvailabilityZones",
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
                "elasticloadbalancing:DescribeTargetGroupAttributes",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
            ],
            "*",  # AWS offers no narrower resource for these reads
        ),
        allow(
            ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"],
            _arn(environment, "elasticloadbalancing", "targetgroup/*"),
            own,
        ),
    ]


def _external_secrets(environment: Environment) -> list[Statement]:
    """Read the secrets of this environment's stores: caches' by name, databases' by the prefix that RDS gives its own."""
    secrets = [
        _arn(environment, "secretsmanager", f"secret:{environment.name}/*"),
        _arn(environment, "secretsmanager", "secret:rds!*"),
    ]
    read = allow(["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], secrets)
    classes = secret_data_classes(environment)
    return [read, may_use_keys(environment, classes, DECRYPT, through="secretsmanager")] if classes else [read]


def _metrics(environment: Environment) -> list[Statement]:
    """Publish container metrics and logs; the log groups exist beforehand, so that none is made unencrypted."""
    groups = _arn(environment, "logs", f"log-group:{insights_log_prefix(environment)}*")
    return [
        allow(["cloudwatch:PutMetricData"], "*", {"StringEquals": {"cloudwatch:namespace": INSIGHTS_NAMESPACE}}),
        allow(["ec2:DescribeTags", "ec2:DescribeVolumes"], "*"),
        allow(["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"], groups),
    ]


def _volumes(environment: Environment) -> list[Statement]:
    """Make, attach and remove encrypted volumes that carry the driver's tag."""
    volumes, instances = _arn(environment, "ec2", "volume/*"), _arn(environment, "ec2", "instance/*")
    tagged = {"StringEquals": {f"aws:ResourceTag/{VOLUME_TAG}": "true"}}
    return [
        allow(["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeTags", "ec2:DescribeVolumes"], "*"),
        allow(
            ["ec2:CreateVolume"],
            volumes,
            {"StringEquals": {f"aws:RequestTag/{VOLUME_TAG}": "true"}, "Bool": {"ec2:Encrypted": "true"}},
        ),
        allow(["ec2:CreateTags"], volumes, {"StringEquals": {"ec2:CreateAction": "CreateVolume"}}),
        allow(["ec2:AttachVolume", "ec2:DeleteVolume", "ec2:DetachVolume", "ec2:ModifyVolume"], volumes, tagged),
        allow(["ec2:AttachVolume", "ec2:DetachVolume"], instances),
        may_use_keys(environment, ["cluster"], ENCRYPT, through="ec2"),
        may_use_keys(
            environment,
            ["cluster"],
            ["kms:CreateGrant"],
            through="ec2",
            condition={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
    ]


def _autoscaler(environment: Environment) -> list[Statement]:
    """Change the size of this cluster's node groups, which EKS tags with the cluster's name."""
    own = {"StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{environment.name}": "owned"}}
    return [
        allow(
            [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            "*",  # AWS offers no narrower resource for these reads
        ),
        allow(["eks:DescribeNodegroup"], _arn(environment, "eks", f"nodegroup/{environment.name}/*")),
        allow(
            ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            _arn(environment, "autoscaling", "autoScalingGroup:*"),
            own,
        ),
    ]


_POLICIES: dict[ControllerPolicy, Callable[[Environment], list[Statement]]] = {
    "autoscaler": _autoscaler,
    "load_balancer": _load_balancer,
    "external_secrets": _external_secrets,
    "metrics": _metrics,
    "volumes": _volumes,
}
