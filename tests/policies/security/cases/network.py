"""Networks and clusters."""

import json

from policies.engine.node import UNKNOWN
from tests.policies.stacks import Case, Declared, Edit, Stack, adding, both, case, change, drop, referring, without

_INGRESS = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/16"], "description": "from inside"}
_ROUTE = ("aws:ec2/route:Route", {"destinationCidrBlock": "0.0.0.0/0"})
_TO_INTERNET = both(
    adding("igw", "aws:ec2/internetGateway:InternetGateway"),
    adding("way", *_ROUTE, {"routeTableId": "table", "gatewayId": "igw"}),
)

STACK = Stack(
    {
        "vpc": Declared("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
        "default": Declared("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": UNKNOWN}, {"vpcId": "vpc"}),
        "flow": Declared("aws:ec2/flowLog:FlowLog", {"vpcId": UNKNOWN, "trafficType": "ALL"}, {"vpcId": "vpc"}),
        "subnet": Declared("aws:ec2/subnet:Subnet", {"vpcId": UNKNOWN, "mapPublicIpOnLaunch": False}, {"vpcId": "vpc"}),
        "table": Declared("aws:ec2/routeTable:RouteTable", {"vpcId": UNKNOWN}, {"vpcId": "vpc"}),
        "joined": Declared(
            "aws:ec2/routeTableAssociation:RouteTableAssociation",
            {"subnetId": UNKNOWN, "routeTableId": UNKNOWN},
            {"subnetId": "subnet", "routeTableId": "table"},
        ),
        "group": Declared("aws:ec2/securityGroup:SecurityGroup", {"ingress": [_INGRESS], "egress": [_INGRESS]}),
        "rule": Declared(
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            {**_INGRESS, "type": "ingress", "securityGroupId": UNKNOWN},
            {"securityGroupId": "group"},
        ),
        "in": Declared(
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            {"ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, "cidrIpv4": "10.0.0.0/16", "description": "services"},
            {"securityGroupId": "group"},
        ),
        "out": Declared(
            "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
            {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0", "description": "to hosts"},
            {"securityGroupId": "group"},
        ),
        "acl": Declared(
            "aws:ec2/networkAcl:NetworkAcl",
            {"ingress": [{"action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlock": "0.0.0.0/0"}]},
        ),
        "database": Declared("aws:rds/instance:Instance", {"vpcSecurityGroupIds": [UNKNOWN]}, {"vpcSecurityGroupIds": "group"}),
        "subnets": Declared("aws:rds/subnetGroup:SubnetGroup", {"subnetIds": [UNKNOWN]}, {"subnetIds": "subnet"}),
        "cluster": Declared(
            "aws:eks/cluster:Cluster",
            {
                "vpcConfig": {"endpointPublicAccess": True, "publicAccessCidrs": ["192.0.2.0/24"]},
                "enabledClusterLogTypes": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
                "encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": UNKNOWN}},
                "accessConfig": {"authenticationMode": "API"},
            },
        ),
        "nodes": Declared("aws:eks/nodeGroup:NodeGroup", {"subnetIds": [UNKNOWN]}, {"subnetIds": "subnet"}),
        "template": Declared(
            "aws:ec2/launchTemplate:LaunchTemplate",
            {
                "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
                "blockDeviceMappings": [{"ebs": {"encrypted": "true"}}],
            },
        ),
        "cni": Declared(
            "aws:eks/addon:Addon",
            {"addonName": "vpc-cni", "configurationValues": json.dumps({"enableNetworkPolicy": "true"})},
        ),
    }
)

_SSH_FROM_WORLD = {"protocol": "tcp", "fromPort": 20, "toPort": 30, "cidrBlocks": ["0.0.0.0/0"]}
_ALL_FROM_WORLD = {"protocol": "-1", "fromPort": 0, "toPort": 0, "ipv6CidrBlocks": ["::/0"]}

_MACHINE = "aws:ec2/instance:Instance"
_ALL_ADMITTED = {"action": "allow", "protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlock": "0.0.0.0/0"}

_OPEN_GROUP = ("aws:ec2/securityGroup:SecurityGroup", {"ingress": [{**_INGRESS, "cidrBlocks": ["0.0.0.0/0"]}]})
_WORLD_RULE = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    {"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "0.0.0.0/0"},
)


def _through(**ports: object) -> Edit:
    """A way from the internet to the database by two machines; the second admits the first to these ports."""
    return both(
        adding("jump", *_OPEN_GROUP),
        adding("app", "aws:ec2/securityGroup:SecurityGroup"),
        adding(
            "hop",
            _WORLD_RULE[0],
            {"ipProtocol": "tcp", **ports},
            {"securityGroupId": "app", "referencedSecurityGroupId": "jump"},
        ),
        referring("in", "referencedSecurityGroupId", "app"),
    )


CASES: dict[str, Case] = {
    "NET-01": case(
        (
            change("group", "ingress[0]", _SSH_FROM_WORLD),
            change("group", "ingress[0]", _ALL_FROM_WORLD),
            both(change("rule", "cidrBlocks", ["0.0.0.0/0"]), change("rule", "fromPort", 3389), change("rule", "toPort", 3389)),
            both(change("in", "cidrIpv4", "0.0.0.0/0"), change("in", "fromPort", 22), change("in", "toPort", 22)),
            both(change("in", "cidrIpv6", "::/0"), change("in", "ipProtocol", "-1")),
            both(change("in", "cidrIpv6", "2000::/3"), change("in", "ipProtocol", "ALL")),
            change("group", "ingress[0]", {**_SSH_FROM_WORLD, "cidrBlocks": ["128.0.0.0/1"]}),
            change("group", "ingress[0]", {**_SSH_FROM_WORLD, "cidrBlocks": [UNKNOWN, "0.0.0.0/0"]}),
            change("group", "ingress[0]", {**_SSH_FROM_WORLD, "cidrBlocks": UNKNOWN, "ipv6CidrBlocks": ["::/0"]}),
            change("default", "ingress", [_SSH_FROM_WORLD]),
        ),
        (
            change("group", "ingress[0].cidrBlocks[0]", UNKNOWN),
            change("group", "ingress", UNKNOWN),
            both(change("in", "cidrIpv4", "0.0.0.0/0"), change("in", "fromPort", UNKNOWN)),
        ),
        (
            both(change("rule", "type", "egress"), change("rule", "protocol", "-1"), change("rule", "cidrBlocks", ["0.0.0.0/0"])),
            change("group", "ingress[0]", {**_SSH_FROM_WORLD, "cidrBlocks": ["10.0.0.0/8"], "ipv6CidrBlocks": ["fc00::/7"]}),
        ),
    ),
    "NET-02": case(
        (
            change("group", "ingress[0]", _ALL_FROM_WORLD),
            change("in", "cidrIpv4", "0.0.0.0/0"),
            change("default", "ingress", [_ALL_FROM_WORLD]),
        ),
        change("in", "cidrIpv4", UNKNOWN),
        (change("group", "ingress[0].cidrBlocks", ["0.0.0.0/0"]),),
    ),
    "NET-03": case(
        (
            change("group", "egress[0]", _ALL_FROM_WORLD),
            change("out", "ipProtocol", "-1"),
            both(change("rule", "type", "egress"), change("rule", "protocol", "-1"), change("rule", "cidrBlocks", ["0.0.0.0/0"])),
        ),
        change("out", "ipProtocol", UNKNOWN),
        (change("rule", "protocol", "-1"),),
    ),
    "NET-04": case(
        (without("default"), change("default", "ingress", [_INGRESS])),
        (referring("default", "vpcId", ""), change("default", "ingress", UNKNOWN)),
    ),
    "NET-05": case(change("subnet", "mapPublicIpOnLaunch", True), change("subnet", "mapPublicIpOnLaunch", UNKNOWN)),
    "NET-06": case(
        (without("flow"), change("flow", "trafficType", "ACCEPT")),
        (referring("flow", "vpcId", ""), change("flow", "trafficType", UNKNOWN)),
    ),
    "NET-07": case(
        (
            change("acl", "ingress[0].fromPort", 0),
            change("acl", "ingress[0].protocol", "-1"),
            adding("usual", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", {"ingress": [_ALL_ADMITTED]}),
        ),
        change("acl", "ingress[0].cidrBlock", UNKNOWN),
        (both(change("acl", "ingress[0].protocol", "-1"), change("acl", "ingress[0].action", "deny")),),
    ),
    "NET-08": case(
        (
            _TO_INTERNET,
            adding("way", _ROUTE[0], {"gatewayId": "igw-0123"}, {"routeTableId": "table"}),
            change("table", "routes", [{"gatewayId": "igw-0123"}]),
        ),
        (
            referring("subnets", "subnetIds", ""),
            without("joined"),
            without("table"),
            adding("way", _ROUTE[0], {"gatewayId": UNKNOWN}, {"routeTableId": "table"}),
        ),
        adding("way", _ROUTE[0], {"natGatewayId": UNKNOWN}, {"routeTableId": "table"}),
    ),
    "NET-09": case(
        (
            change("in", "cidrIpv4", "0.0.0.0/0"),
            change("group", "ingress[0].cidrBlocks", ["0.0.0.0/0"]),
            change("rule", "cidrBlocks", ["0.0.0.0/0"]),
        ),
        (
            change("in", "cidrIpv4", UNKNOWN),
            change("group", "ingress", UNKNOWN),
            both(change("database", "vpcSecurityGroupIds", ["sg-0123"]), referring("database", "vpcSecurityGroupIds", "")),
        ),
    ),
    "NET-11": case(
        (
            both(adding("lb", *_OPEN_GROUP), referring("in", "referencedSecurityGroupId", "lb")),
            both(adding("lb", *_OPEN_GROUP), referring("rule", "sourceSecurityGroupId", "lb")),
            both(
                adding("lb", "aws:ec2/securityGroup:SecurityGroup"),
                adding("world", *_WORLD_RULE, {"securityGroupId": "lb"}),
                referring("in", "referencedSecurityGroupId", "lb"),
            ),
            _through(fromPort=22, toPort=22),
            _through(ipProtocol="-1"),
        ),
        (change("in", "referencedSecurityGroupId", UNKNOWN), change("group", "ingress", UNKNOWN)),
        (
            both(adding("web", "aws:ec2/securityGroup:SecurityGroup"), referring("in", "referencedSecurityGroupId", "web")),
            adding("lb", *_OPEN_GROUP),
            _through(fromPort=8080, toPort=8080),
        ),
    ),
    "NET-10": case(drop("in", "description"), decided=change("in", "description", UNKNOWN)),
    "EKS-01": case(
        (
            change("cluster", "vpcConfig.publicAccessCidrs", ["0.0.0.0/0"]),
            change("cluster", "vpcConfig.publicAccessCidrs", ["0.0.0.0/1", "128.0.0.0/1"]),
            drop("cluster", "vpcConfig.publicAccessCidrs"),
            drop("cluster", "vpcConfig"),
        ),
        (
            change("cluster", "vpcConfig.endpointPublicAccess", UNKNOWN),
            change("cluster", "vpcConfig.publicAccessCidrs[0]", UNKNOWN),
            change("cluster", "vpcConfig", UNKNOWN),
        ),
        (both(change("cluster", "vpcConfig.endpointPublicAccess", False), drop("cluster", "vpcConfig.publicAccessCidrs")),),
    ),
    "EKS-02": case(
        (change("cluster", "enabledClusterLogTypes", ["api", "audit"]), drop("cluster", "enabledClusterLogTypes")),
        change("cluster", "enabledClusterLogTypes", UNKNOWN),
    ),
    "EKS-03": case(
        (drop("cluster", "encryptionConfig"), drop("cluster", "encryptionConfig.provider.keyArn")),
        change("cluster", "encryptionConfig.resources", UNKNOWN),
    ),
    "EKS-05": case(
        (drop("cluster", "accessConfig"), change("cluster", "accessConfig.authenticationMode", "API_AND_CONFIG_MAP")),
        change("cluster", "accessConfig.authenticationMode", UNKNOWN),
    ),
    "EKS-06": case(
        change("nodes", "remoteAccess", {"ec2SshKey": "key"}),
        change("nodes", "remoteAccess", {"ec2SshKey": "key", "sourceSecurityGroupIds": UNKNOWN}),
        (change("nodes", "remoteAccess", {"ec2SshKey": "key", "sourceSecurityGroupIds": [UNKNOWN]}),),
    ),
    "EKS-07": case(
        (
            drop("template", "metadataOptions"),
            change("template", "metadataOptions.httpPutResponseHopLimit", 5),
            adding("machine", _MACHINE, {"ami": "ami-0123"}),
        ),
        (change("template", "metadataOptions.httpTokens", UNKNOWN), adding("machine", _MACHINE, {"metadataOptions": UNKNOWN})),
        (
            change("template", "metadataOptions", {"httpEndpoint": "disabled"}),
            adding("machine", _MACHINE, {"launchTemplate": {"id": UNKNOWN}}),
        ),
    ),
    "EKS-08": case(_TO_INTERNET, referring("nodes", "subnetIds", "")),
    "EKS-09": case(
        (drop("cni", "configurationValues"), change("cni", "configurationValues", "{}")),
        change("cni", "configurationValues", UNKNOWN),
        (both(change("cni", "addonName", "coredns"), drop("cni", "configurationValues")),),
    ),
    "EKS-10": case(
        (
            change("template", "blockDeviceMappings[0].ebs.encrypted", "false"),
            drop("template", "blockDeviceMappings[0].ebs"),
            adding("machine", _MACHINE, {"ami": "ami-0123"}),
            adding("machine", _MACHINE, {"rootBlockDevice": {"encrypted": True}, "ebsBlockDevices": [{"encrypted": False}]}),
        ),
        (
            change("template", "blockDeviceMappings[0].ebs.encrypted", UNKNOWN),
            drop("template", "blockDeviceMappings"),
            adding("machine", _MACHINE, {"rootBlockDevice": UNKNOWN}),
        ),
        (
            change("template", "blockDeviceMappings", [{"virtualName": "ephemeral0"}, {"noDevice": "true"}]),
            adding("machine", _MACHINE, {"launchTemplate": {"id": UNKNOWN}}),
        ),
    ),
}
