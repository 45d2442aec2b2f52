from __future__ import annotations

import json

import pytest

from components.cluster import ADMINISTRATOR_POLICY_ARN
from model.environment import Environment
from tests.components.rendering import UNKNOWN, Recorded, Rendering, render
from tests.components.stores import environment_with
from tests.components.workloads import CLUSTER, EXISTING, cluster

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ADDON = "aws:eks/addon:Addon"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def rendered(environment: Environment) -> Rendering:
    return Rendering(item for item in render(lambda: cluster(environment), EXISTING) if item.name.startswith("shop-cluster"))


@pytest.fixture(scope="module")
def shop(production: Environment) -> Rendering:
    return rendered(production)


def control_plane(rendering: Rendering) -> Recorded:
    return rendering.one(CLUSTER)


def test_the_endpoint_is_private_alone_unless_the_model_lets_ranges_in(shop: Rendering) -> None:
    private = control_plane(shop).properties["vpcConfig"]
    opened = control_plane(rendered(environment_with("cluster", public_access_ranges=["198.51.100.0/24"])))

    assert (private["endpointPrivateAccess"], private["endpointPublicAccess"]) == (True, False)
    assert opened.properties["vpcConfig"]["publicAccessCidrs"] == ["198.51.100.0/24"]


def test_secrets_are_encrypted_and_every_log_of_the_model_is_kept_encrypted(shop: Rendering, production: Environment) -> None:
    properties, logs = control_plane(shop).properties, shop.named("aws:cloudwatch/logGroup:LogGroup", "shop-cluster-logs")

    assert properties["encryptionConfig"] == {"provider": {"keyArn": UNKNOWN}, "resources": ["secrets"]}
    assert properties["enabledClusterLogTypes"] == list(production.cluster.log_types)
    assert (logs.properties["name"], logs.properties["retentionInDays"]) == ("/aws/eks/retail-store-production/cluster", 90)
    assert {logs.name, "shop-keys-cluster"} <= set(control_plane(shop).dependencies)


def test_only_the_models_roles_administer_the_cluster_and_its_creator_does_not(shop: Rendering) -> None:
    associations = shop.of("aws:eks/accessPolicyAssociation:AccessPolicyAssociation")

    assert control_plane(shop).properties["accessConfig"] == {
        "authenticationMode": "API",
        "bootstrapClusterCreatorAdminPermissions": False,
    }
    assert [(item.properties["principalArn"], item.properties["policyArn"]) for item in associations] == [
        ("arn:aws:iam::111122223333:role/platform-administrator", ADMINISTRATOR_POLICY_ARN)
    ]


def test_the_ranges_of_the_model_alone_reach_the_private_endpoint(shop: Rendering) -> None:
    [rule] = [rule.properties for rule in shop.of(INGRESS)]

    assert (rule["cidrIpv4"], rule["securityGroupId"]) == ("10.250.0.0/16", "sg-cluster")
    assert rule["fromPort"] == rule["toPort"] == 443


def test_before_the_cluster_exists_its_security_group_is_unknown_and_never_absent(production: Environment) -> None:
    [rule] = [rule for rule in render(lambda: cluster(production)).of(INGRESS) if rule.name.startswith("shop-cluster")]

    assert rule.properties["securityGroupId"] == UNKNOWN


def test_the_kubeconfig_holds_no_credential_but_asks_for_a_token_each_time(production: Environment) -> None:
    known = {"endpoint": "https://cluster", "certificateAuthority": {"data": "Q0E="}}
    rendering = render(lambda: cluster(production), {CLUSTER: {**EXISTING[CLUSTER], **known}})
    config = json.loads(rendering.one("pulumi:providers:kubernetes").properties["kubeconfig"])

    assert config["clusters"][0]["cluster"] == {"server": "https://cluster", "certificate-authority-data": "Q0E="}
    assert set(config["users"][0]["user"]) == {"exec"}
    assert config["users"][0]["user"]["exec"]["args"][:4] == ["eks", "get-token", "--cluster-name", "retail-store-production"]


def test_pods_cannot_reach_the_nodes_role_through_the_metadata_service(shop: Rendering, production: Environment) -> None:
    options = [template.properties["metadataOptions"] for template in shop.of(TEMPLATE)]

    assert len(options) == len(production.cluster.node_groups)
    assert {(item["httpTokens"], item["httpPutResponseHopLimit"]) for item in options} == {("required", 1)}


@pytest.mark.parametrize(
    ("ami_type", "sizes"),
    [
        ("BOTTLEROCKET_ARM_64", {"/dev/xvda": None, "/dev/xvdb": 50}),
        ("AL2023_ARM_64_STANDARD", {"/dev/xvda": 50}),
    ],
)
def test_every_disk_is_encrypted_and_the_models_size_goes_where_the_system_keeps_images(
    ami_type: str, sizes: dict[str, int | None]
) -> None:
    template = rendered(environment_with("cluster.node_groups.system", ami_type=ami_type)).named(
        TEMPLATE, "shop-cluster-nodes-system-template"
    )
    disks = {disk["deviceName"]: disk["ebs"] for disk in template.properties["blockDeviceMappings"]}

    assert {device: disk.get("volumeSize") for device, disk in disks.items()} == sizes
    assert all(disk["encrypted"] == "true" and disk["kmsKeyId"] for disk in disks.values())


def test_node_groups_have_the_models_figures_and_leave_the_number_of_nodes_to_the_autoscaler(shop: Rendering) -> None:
    group = shop.named(NODE_GROUP, "shop-cluster-nodes-transactions-nodes")

    assert group.properties["scalingConfig"] == {"minSize": 6, "desiredSize": 6, "maxSize": 15}
    assert group.properties["taints"] == [{"key": "workload", "value": "transactions", "effect": "NO_SCHEDULE"}]
    assert group.properties["labels"] == {"workload": "transactions", "understudy/node-group": "transactions"}
    assert group.ignore_changes == ("scalingConfig.desiredSize",)


def test_instances_and_volumes_carry_the_tags_that_the_provider_cannot_give_them(shop: Rendering) -> None:
    template = shop.named(TEMPLATE, "shop-cluster-nodes-web-template").properties
    tags = {item["resourceType"]: item["tags"] for item in template["tagSpecifications"]}

    assert set(tags) == {"instance", "network-interface", "volume"}
    assert {"System", "Environment", "Owner", "ManagedBy", "Name"} == set(tags["instance"])


def test_the_network_addon_enforces_network_policies_and_security_groups_of_pods(shop: Rendering) -> None:
    configuration = shop.named(ADDON, "shop-cluster-addon-vpc-cni-addon").document("configurationValues")

    assert configuration["enableNetworkPolicy"] == "true"
    assert configuration["env"] == {"ENABLE_POD_ENI": "true", "POD_SECURITY_GROUP_ENFORCING_MODE": "standard"}


def test_nodes_wait_for_the_addons_on_every_node_and_the_other_addons_wait_for_nodes(shop: Rendering) -> None:
    nodes = set(shop.named(NODE_GROUP, "shop-cluster-nodes-web-nodes").dependencies)
    dns = set(shop.named(ADDON, "shop-cluster-addon-coredns-addon").dependencies)

    assert {f"shop-cluster-addon-{name}-addon" for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")} <= nodes
    assert "shop-cluster-nodes-web-nodes" in dns


def test_the_nodes_role_may_join_and_pull_and_nothing_else(shop: Rendering) -> None:
    attached = [
        item for item in shop.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment") if item.parent == "shop-cluster-node"
    ]

    assert sorted(item.properties["policyArn"].rsplit("/", 1)[-1] for item in attached) == [
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
    ]


@pytest.mark.parametrize(("policy", "action"), [("volumes", "ec2:CreateVolume"), ("metrics", "cloudwatch:PutMetricData")])
def test_an_addon_with_a_policy_gets_a_role_of_its_own(policy: str, action: str) -> None:
    addon = {"version": "v1.0.0-eksbuild.1", "policy": policy, "service_account": "agent"}
    rendering = rendered(environment_with("cluster.addons", agent=addon))
    policy_text = rendering.named("aws:iam/rolePolicy:RolePolicy", "shop-cluster-addon-agent-role").properties["policy"]

    assert action in policy_text
    [identity] = rendering.named(ADDON, "shop-cluster-addon-agent-addon").properties["podIdentityAssociations"]
    assert identity["serviceAccount"] == "agent"


def test_the_log_groups_of_container_insights_are_made_beforehand_with_retention() -> None:
    addon = {"version": "v1.0.0-eksbuild.1", "policy": "metrics", "service_account": "agent"}
    groups = rendered(environment_with("cluster.addons", agent=addon)).of("aws:cloudwatch/logGroup:LogGroup")
    insights = [group.properties for group in groups if group.parent == "shop-cluster-addon-agent"]

    assert [group["name"].rsplit("/", 1)[-1] for group in insights] == ["application", "dataplane", "host", "performance"]
    assert all(group["retentionInDays"] and group["kmsKeyId"] for group in insights)
