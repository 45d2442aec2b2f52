"""The edge, records, backups and images."""

from typing import Any

from policies.engine.node import UNKNOWN
from tests.policies.security.cases.data import let_in_nobody
from tests.policies.stacks import Case, Declared, Stack, adding, both, case, change, drop, referring, without

_BEHAVIOUR = {"viewerProtocolPolicy": "redirect-to-https", "responseHeadersPolicyId": UNKNOWN}
_GROUP: dict[str, Any] = {"overrideAction": {"none": {}}}

_SEPARATE_RULE = (
    "aws:wafv2/webAclRule:WebAclRule",
    {
        **_GROUP,
        "webAclArn": UNKNOWN,
        "statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesCommonRuleSet"}},
    },
    {"webAclArn": "acl"},
)
_LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"

STACK = Stack(
    {
        # A twin's token: rules name aws:lb.
        "listener": Declared(
            "aws:alb/listener:Listener", {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}
        ),
        "plain": Declared(
            "aws:lb/listener:Listener",
            {
                "protocol": "HTTP",
                "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}],
            },
        ),
        "balancer": Declared(
            "aws:lb/loadBalancer:LoadBalancer",
            {
                "internal": False,
                "accessLogs": {"enabled": True, "bucket": UNKNOWN},
                "enableDeletionProtection": True,
                "dropInvalidHeaderFields": True,
            },
        ),
        "guard": Declared(
            "aws:wafv2/webAclAssociation:WebAclAssociation",
            {"resourceArn": UNKNOWN, "webAclArn": UNKNOWN},
            {"resourceArn": "balancer", "webAclArn": "acl"},
        ),
        "acl": Declared(
            "aws:wafv2/webAcl:WebAcl",
            {
                "rules": [
                    {**_GROUP, "statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesCommonRuleSet"}}},
                    {**_GROUP, "statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesKnownBadInputsRuleSet"}}},
                    {"statement": {"rateBasedStatement": {"limit": 2000}}},
                ]
            },
        ),
        "acl-logs": Declared(
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", {"resourceArn": UNKNOWN}, {"resourceArn": "acl"}
        ),
        "cdn": Declared(
            "aws:cloudfront/distribution:Distribution",
            {
                "defaultCacheBehavior": _BEHAVIOUR,
                "orderedCacheBehaviors": [_BEHAVIOUR],
                "viewerCertificate": {"minimumProtocolVersion": "TLSv1.2_2021"},
                "origins": [
                    {"originId": "images", "originAccessControlId": UNKNOWN},
                    {"originId": "api", "vpcOriginConfig": {"vpcOriginId": UNKNOWN}},
                    {"originId": "other", "customOriginConfig": {"originProtocolPolicy": "https-only"}},
                ],
                "webAclId": UNKNOWN,
                "loggingConfig": {"bucket": UNKNOWN},
            },
        ),
        "headers": Declared(
            "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
            {"securityHeadersConfig": {"strictTransportSecurity": {"accessControlMaxAgeSec": 31536000}}},
        ),
        "certificate": Declared("aws:acm/certificate:Certificate", {"validationMethod": "DNS"}),
        "zone": Declared("aws:route53/zone:Zone", {"name": "example.com"}),
        "queries": Declared("aws:route53/queryLog:QueryLog", {"zoneId": UNKNOWN}, {"zoneId": "zone"}),
        "signing": Declared("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", {"hostedZoneId": UNKNOWN}, {"hostedZoneId": "zone"}),
        "logs": Declared("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 90, "kmsKeyId": UNKNOWN}),
        "alarm": Declared("aws:cloudwatch/metricAlarm:MetricAlarm", {"alarmActions": [UNKNOWN]}),
        "trail": Declared(
            "aws:cloudtrail/trail:Trail",
            {
                "isMultiRegionTrail": True,
                "enableLogFileValidation": True,
                "kmsKeyId": UNKNOWN,
                "cloudWatchLogsGroupArn": UNKNOWN,
            },
        ),
        "vault": Declared("aws:backup/vault:Vault", {"name": "shop", "kmsKeyArn": UNKNOWN}),
        "lock": Declared("aws:backup/vaultLockConfiguration:VaultLockConfiguration", {"backupVaultName": "shop"}),
        "plan": Declared(
            "aws:backup/plan:Plan",
            {"rules": [{"lifecycle": {"deleteAfter": 35}, "copyActions": [{"destinationVaultArn": UNKNOWN}]}]},
        ),
        "images": Declared(
            "aws:ecr/repository:Repository",
            {"imageTagMutability": "IMMUTABLE", "imageScanningConfiguration": {"scanOnPush": True}},
        ),
        "images-policy": Declared("aws:ecr/repositoryPolicy:RepositoryPolicy", {"policy": '{"Statement": []}'}),
    }
)

CASES: dict[str, Case] = {
    "ALB-01": case(
        (
            change("plain", "defaultActions[0].type", "forward"),
            change("plain", "defaultActions[0].redirect.protocol", "HTTP"),
            change("listener", "protocol", "TCP"),
            change("listener", "protocol", "TCP_UDP"),
            adding("rule", _LISTENER_RULE, {"actions": [{"type": "forward"}]}, {"listenerArn": "plain"}),
        ),
        (
            change("plain", "protocol", UNKNOWN),
            change("plain", "defaultActions[0].type", UNKNOWN),
            adding("rule", _LISTENER_RULE, {"actions": UNKNOWN}, {"listenerArn": "plain"}),
        ),
        (
            adding("rule", _LISTENER_RULE, {"actions": [{"type": "forward"}]}, {"listenerArn": "listener"}),
            adding(
                "rule",
                _LISTENER_RULE,
                {"actions": [{"type": "redirect", "redirect": {"protocol": "HTTPS", "statusCode": "HTTP_301"}}]},
                {"listenerArn": "plain"},
            ),
        ),
    ),
    "ALB-02": case(
        (change("listener", "sslPolicy", "ELBSecurityPolicy-2016-08"), drop("listener", "sslPolicy")),
        (change("listener", "sslPolicy", UNKNOWN), change("listener", "protocol", UNKNOWN)),
    ),
    "ALB-03": case(
        (change("balancer", "accessLogs.enabled", False), drop("balancer", "enableDeletionProtection")),
        change("balancer", "accessLogs", UNKNOWN),
    ),
    "ALB-04": case(
        without("guard"),
        (both(without("guard"), change("balancer", "internal", UNKNOWN)), referring("guard", "resourceArn", "")),
        (both(without("guard"), change("balancer", "internal", True)),),
    ),
    "ALB-05": case(
        drop("balancer", "dropInvalidHeaderFields"),
        change("balancer", "dropInvalidHeaderFields", UNKNOWN),
        both(drop("balancer", "dropInvalidHeaderFields"), change("balancer", "loadBalancerType", "network")),
    ),
    "WAF-01": case(
        (drop("acl", "rules"), change("acl", "rules[0].overrideAction", {"count": {}})),
        (
            change("acl", "rules", UNKNOWN),
            change("acl", "ruleJson", "[]"),
            both(change("acl", "rules", []), adding("first", *_SEPARATE_RULE), referring("first", "webAclArn", "")),
        ),
        (
            both(
                drop("acl", "rules"),
                adding("first", *_SEPARATE_RULE),
                adding("second", *_SEPARATE_RULE),
                change("second", "statement.managedRuleGroupStatement.name", "AWSManagedRulesKnownBadInputsRuleSet"),
            ),
        ),
    ),
    "WAF-02": case(without("acl-logs"), referring("acl-logs", "resourceArn", "")),
    "CFR-01": case(
        (
            change("cdn", "defaultCacheBehavior.viewerProtocolPolicy", "allow-all"),
            change("cdn", "orderedCacheBehaviors[0].viewerProtocolPolicy", "allow-all"),
        ),
        change("cdn", "orderedCacheBehaviors[0].viewerProtocolPolicy", UNKNOWN),
    ),
    "CFR-02": case(
        (
            change("cdn", "viewerCertificate", {"cloudfrontDefaultCertificate": True}),
            change("cdn", "viewerCertificate.minimumProtocolVersion", "TLSv1"),
            change("cdn", "origins[2].customOriginConfig.originProtocolPolicy", "match-viewer"),
            change("cdn", "origins[2].customOriginConfig.originSslProtocols", ["SSLv3", "TLSv1.2"]),
        ),
        (
            change("cdn", "viewerCertificate.minimumProtocolVersion", UNKNOWN),
            change("cdn", "origins[2].customOriginConfig.originSslProtocols", UNKNOWN),
        ),
        change("cdn", "origins[2].customOriginConfig.originSslProtocols", ["TLSv1.2"]),
    ),
    "CFR-03": case(drop("cdn", "webAclId"), decided=change("cdn", "webAclId", UNKNOWN)),
    "CFR-04": case(drop("cdn", "origins[0].originAccessControlId"), change("cdn", "origins", UNKNOWN)),
    "CFR-05": case(
        (drop("headers", "securityHeadersConfig"), change("headers", "securityHeadersConfig.strictTransportSecurity", {})),
        change("headers", "securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec", UNKNOWN),
    ),
    "CFR-06": case(drop("cdn", "loggingConfig"), decided=change("cdn", "loggingConfig", UNKNOWN)),
    "CFR-07": case(
        drop("cdn", "orderedCacheBehaviors[0].responseHeadersPolicyId"), change("cdn", "orderedCacheBehaviors", UNKNOWN)
    ),
    "ACM-01": case(change("certificate", "validationMethod", "EMAIL"), change("certificate", "validationMethod", UNKNOWN)),
    "R53-01": case(
        without("queries"), referring("queries", "zoneId", ""), both(without("queries"), change("zone", "vpcs", [{}]))
    ),
    "R53-02": case(without("signing"), referring("signing", "hostedZoneId", "")),
    "CLW-01": case(
        (drop("logs", "retentionInDays"), change("logs", "retentionInDays", 0), change("logs", "retentionInDays", 1)),
        change("logs", "retentionInDays", UNKNOWN),
    ),
    "CLW-02": case(
        (change("alarm", "alarmActions", []), change("alarm", "actionsEnabled", False)),
        (change("alarm", "alarmActions", UNKNOWN), change("alarm", "actionsEnabled", UNKNOWN)),
    ),
    "CLW-03": case(drop("logs", "kmsKeyId"), decided=change("logs", "kmsKeyId", UNKNOWN)),
    "CTR-01": case(
        (
            change("trail", "isMultiRegionTrail", False),
            drop("trail", "enableLogFileValidation"),
            drop("trail", "kmsKeyId"),
            change("trail", "enableLogging", False),
        ),
        change("trail", "isMultiRegionTrail", UNKNOWN),
    ),
    "CTR-02": case(drop("trail", "cloudWatchLogsGroupArn"), decided=change("trail", "cloudWatchLogsGroupArn", UNKNOWN)),
    "BKP-01": case(drop("vault", "kmsKeyArn"), decided=change("vault", "kmsKeyArn", UNKNOWN)),
    "BKP-03": case(
        change("plan", "rules[0].lifecycle.deleteAfter", 1),
        (change("plan", "rules[0].lifecycle.deleteAfter", UNKNOWN), change("plan", "rules", UNKNOWN)),
        drop("plan", "rules[0].lifecycle"),
    ),
    "BKP-04": case(without("lock"), change("lock", "backupVaultName", UNKNOWN)),
    "BKP-05": case(drop("plan", "rules[0].copyActions"), change("plan", "rules[0].copyActions", UNKNOWN)),
    "ECR-01": case(
        (drop("images", "imageTagMutability"), change("images", "imageScanningConfiguration.scanOnPush", False)),
        change("images", "imageTagMutability", UNKNOWN),
    ),
    "ECR-02": let_in_nobody("images-policy"),
}
