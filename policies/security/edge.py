"""The edge: load balancers, the web firewall, the CDN, certificates and zones."""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.checks import each, is_given, is_one_of, is_true
from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import At, Remedy, Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.controls import cis_eks, fsbp

LISTENER = "aws:lb/listener:Listener"
_LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
WEB_ACL = "aws:wafv2/webAcl:WebAcl"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
HEADERS = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
CERTIFICATE = "aws:acm/certificate:Certificate"
ZONE = "aws:route53/zone:Zone"
_STRONG_TLS = (
    "ELBSecurityPolicy-TLS13-1-2",
    "ELBSecurityPolicy-TLS13-1-3",
    "ELBSecurityPolicy-TLS-1-2",
    "ELBSecurityPolicy-FS-1-2",
)
"""Beginnings of the names of AWS's listener policies that refuse TLS 1.1 and older."""
_STRONG_VIEWER_TLS = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
_MANAGED_GROUPS = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")
_HTTPS_ONLY = ("https-only", "redirect-to-https")
_HSTS_SECONDS = 15_552_000


def _is_encrypted(root: Node, listener: Resource, stack: Snapshot) -> Iterator[Judgement]:
    protocol = root["protocol"].text("HTTP").upper()
    if protocol in ("TCP", "TCP_UDP"):
        yield root["protocol"].fails("must be TLS")
    if protocol != "HTTP":
        return
    yield from each(root["defaultActions"].items(), _must_redirect)
    for rule in stack.referring(listener, _LISTENER_RULE, "listenerArn"):
        if not all(map(_redirects, rule.read()["actions"].items())):
            yield root.fails(f"its rule {rule.name} must redirect to HTTPS, or the listener's protocol be HTTPS")


def _redirects(action: Node) -> bool:
    return action["type"].text() == "redirect" and action["redirect"]["protocol"].text() == "HTTPS"


def _must_redirect(action: Node) -> Iterator[Judgement]:
    if not _redirects(action):
        yield action.fails("must redirect to HTTPS, or the listener's protocol be HTTPS")


def _refuses_old_tls(listener: Node) -> Iterator[Judgement]:
    if listener["protocol"].text("HTTP").upper() in ("HTTPS", "TLS") and not listener["sslPolicy"].text().startswith(_STRONG_TLS):
        yield listener["sslPolicy"].fails(
            "must be a policy that refuses TLS 1.1 and older, such as ELBSecurityPolicy-TLS13-1-2-2021-06"
        )


def _drops_invalid_headers(balancer: Node) -> Iterator[Judgement]:
    if balancer["loadBalancerType"].text("application") == "application":
        yield from is_true()(balancer["dropInvalidHeaderFields"])


def _has_firewall(root: Node, balancer: Resource, stack: Snapshot) -> Iterator[Judgement]:
    is_application = root["loadBalancerType"].text("application") == "application"
    if not is_application or root["internal"].flag():
        return
    if not stack.referring(balancer, "aws:wafv2/webAclAssociation:WebAclAssociation", "resourceArn"):
        yield root.fails("faces the internet without a WebAclAssociation")


def _applies_managed_groups(root: Node, acl: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if root["ruleJson"].is_given:
        yield root["ruleJson"].undecided("rules given as JSON are not read")
        return
    own = [rule.read() for rule in stack.referring(acl, "aws:wafv2/webAclRule:WebAclRule", "webAclArn")]
    groups = {rule["statement"]["managedRuleGroupStatement"]["name"].text(): rule for rule in (*root["rules"].items(), *own)}
    for name in _MANAGED_GROUPS:
        if name not in groups:
            yield root["rules"].fails(f"lacks the managed group {name}")
        elif groups[name]["overrideAction"]["count"].is_given:
            yield groups[name].fails(f"only counts what the managed group {name} finds")


def _logs_requests(root: Node, acl: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if not stack.referring(acl, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "resourceArn"):
        yield root.fails("has no WebAclLoggingConfiguration")


def _origin_is_encrypted(origin: Node) -> Iterator[Judgement]:
    custom = origin["customOriginConfig"]
    if custom.is_given and custom["originProtocolPolicy"].text() != "https-only":
        yield custom["originProtocolPolicy"].fails("must be https-only")
    if custom.is_given and {"SSLv3", "TLSv1", "TLSv1.1"} & set(custom["originSslProtocols"].texts()):
        yield custom["originSslProtocols"].fails("must be TLSv1.2 alone")


def _bucket_origin_is_signed(origin: Node) -> Iterator[Judgement]:
    is_bucket = not origin["customOriginConfig"].is_given and not origin["vpcOriginConfig"].is_given
    if is_bucket and not origin["originAccessControlId"].is_given:
        yield origin["originAccessControlId"].fails("must be given for a bucket, or the bucket would have to be public")


def _keeps_browsers_on_https(headers: Node) -> Iterator[Judgement]:
    seconds = headers["securityHeadersConfig"]["strictTransportSecurity"]["accessControlMaxAgeSec"]
    if seconds.number() < _HSTS_SECONDS:
        yield seconds.fails(f"must be at least {_HSTS_SECONDS}")


def _is_distribution_logged(root: Node, distribution: Resource, stack: Snapshot) -> Iterator[Judgement]:
    source = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
    if not root["loggingConfig"].is_given and not stack.referring(distribution, source, "resourceArn"):
        yield root["loggingConfig"].fails("must be given, or a LogDeliverySource refer to the distribution")


def _is_zone_signed(root: Node, zone: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if not root["vpcs"].items() and not stack.referring(zone, "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec", "hostedZoneId"):
        yield root.fails("is public and has no HostedZoneDnsSec")


def _is_zone_logged(root: Node, zone: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if not root["vpcs"].items() and not stack.referring(zone, "aws:route53/queryLog:QueryLog", "zoneId"):
        yield root.fails("is public and has no QueryLog")


RULES = (
    Rule(
        id="ALB-01",
        title="Load balancers serve over TLS alone",
        severity=Severity.CRITICAL,
        types=(LISTENER,),
        reads="protocol, and the actions of its ListenerRules",
        rationale="What travels in the clear is read and changed on the way.",
        fix="set protocol to HTTPS with a certificate, and let the HTTP listener and its rules redirect to it",
        relation=_is_encrypted,
        controls=(*cis_eks("5.4.5"), *fsbp("ELB.1")),
        equivalents=("CKV_AWS_2", "CKV2_AWS_20", "AWS-0054"),
    ),
    Rule(
        id="ALB-02",
        title="Load balancers refuse old versions of TLS",
        severity=Severity.HIGH,
        types=(LISTENER,),
        reads="sslPolicy",
        rationale="TLS 1.0 and 1.1 are broken, and the default policy accepts them.",
        fix="set ssl_policy to ELBSecurityPolicy-TLS13-1-2-2021-06 or newer",
        checks=(At("", _refuses_old_tls),),
        controls=fsbp("ELB.17"),
        equivalents=("CKV_AWS_103", "CKV2_AWS_74", "AWS-0047"),
    ),
    Rule(
        id="ALB-03",
        title="Load balancers log, and cannot be deleted by mistake",
        severity=Severity.MEDIUM,
        types=(BALANCER,),
        reads="accessLogs.enabled",
        rationale="The access log is the record of who asked for what; the protection keeps a rename from being an outage.",
        fix="set access_logs with enabled True, and enable_deletion_protection",
        checks=(At("accessLogs.enabled", is_true()), At("enableDeletionProtection", is_true())),
        controls=fsbp("ELB.5", "ELB.6"),
        equivalents=("CKV_AWS_91", "CKV_AWS_150", "AwsSolutions-ELB2"),
    ),
    Rule(
        id="ALB-04",
        title="Load balancers that face the internet have a firewall",
        severity=Severity.HIGH,
        types=(BALANCER,),
        reads="(a WebAclAssociation)",
        rationale="Known attacks are refused before they reach code.",
        fix="declare a wafv2.WebAclAssociation of the load balancer, or make it internal behind a CDN that has one",
        relation=_has_firewall,
        controls=fsbp("ELB.16"),
        equivalents=("CKV2_AWS_28",),
    ),
    Rule(
        id="ALB-05",
        title="Load balancers drop malformed headers",
        severity=Severity.MEDIUM,
        types=(BALANCER,),
        reads="dropInvalidHeaderFields",
        rationale="Headers that two servers read differently smuggle a request past the first.",
        fix="set drop_invalid_header_fields to True",
        checks=(At("", _drops_invalid_headers),),
        remedies=(Remedy("dropInvalidHeaderFields", value=True),),
        controls=fsbp("ELB.4"),
        equivalents=("CKV_AWS_131", "AWS-0052"),
    ),
    Rule(
        id="WAF-01",
        title="Web ACLs apply the managed groups for common attacks",
        severity=Severity.MEDIUM,
        types=(WEB_ACL,),
        reads="rules, and its WebAclRules",
        rationale="An ACL without rules, or one that only counts, lets everything through.",
        fix=f"add rules with the managed groups {' and '.join(_MANAGED_GROUPS)}, without override to count",
        relation=_applies_managed_groups,
        controls=fsbp("WAF.10"),
        equivalents=("CKV_AWS_175", "CKV_AWS_192", "CKV_AWS_342"),
    ),
    Rule(
        id="WAF-02",
        title="Web ACLs log requests",
        severity=Severity.MEDIUM,
        types=(WEB_ACL,),
        reads="(a WebAclLoggingConfiguration)",
        rationale="Without a log nobody sees an attack, nor what was refused wrongly.",
        fix="declare a wafv2.WebAclLoggingConfiguration of the ACL",
        relation=_logs_requests,
        controls=fsbp("WAF.11"),
        equivalents=("CKV2_AWS_31",),
    ),
    Rule(
        id="CFR-01",
        title="The CDN serves over TLS alone",
        severity=Severity.CRITICAL,
        types=(DISTRIBUTION,),
        reads="defaultCacheBehavior.viewerProtocolPolicy",
        rationale="What travels in the clear is read and changed on the way.",
        fix="set viewer_protocol_policy to redirect-to-https or https-only in every behaviour",
        checks=(
            At("defaultCacheBehavior.viewerProtocolPolicy", is_one_of(*_HTTPS_ONLY)),
            At("orderedCacheBehaviors[*].viewerProtocolPolicy", is_one_of(*_HTTPS_ONLY)),
        ),
        controls=fsbp("CloudFront.3"),
        equivalents=("CKV_AWS_34", "AWS-0012"),
    ),
    Rule(
        id="CFR-02",
        title="The CDN refuses old versions of TLS, and speaks TLS to its origins",
        severity=Severity.HIGH,
        types=(DISTRIBUTION,),
        reads="viewerCertificate.minimumProtocolVersion",
        rationale="TLS 1.0 and 1.1 are broken, and the second half of the way is as exposed as the first.",
        fix="set minimum_protocol_version to TLSv1.2_2021 with an own certificate, origin_protocol_policy to https-only, and "
        "origin_ssl_protocols to TLSv1.2",
        checks=(
            At("viewerCertificate.minimumProtocolVersion", is_one_of(*_STRONG_VIEWER_TLS)),
            At("origins[*]", _origin_is_encrypted),
        ),
        controls=fsbp("CloudFront.9", "CloudFront.10"),
        equivalents=("CKV_AWS_174", "CKV2_AWS_72", "CKV2_AWS_54", "AWS-0013", "AwsSolutions-CFR4", "AwsSolutions-CFR5"),
    ),
    Rule(
        id="CFR-03",
        title="The CDN has a firewall",
        severity=Severity.HIGH,
        types=(DISTRIBUTION,),
        reads="webAclId",
        rationale="Known attacks are refused before they reach code.",
        fix="set web_acl_id to a web ACL of scope CLOUDFRONT",
        checks=(At("webAclId", is_given),),
        controls=fsbp("CloudFront.6"),
        equivalents=("CKV_AWS_68", "AWS-0011", "AwsSolutions-CFR2"),
    ),
    Rule(
        id="CFR-04",
        title="Buckets behind the CDN are reached by signed requests",
        severity=Severity.HIGH,
        types=(DISTRIBUTION,),
        reads="origins[*].originAccessControlId",
        rationale="Without an access control the bucket has to be public, and the firewall can be walked around.",
        fix="set origin_access_control_id on each origin that is a bucket",
        checks=(At("origins[*]", _bucket_origin_is_signed),),
        controls=fsbp("CloudFront.13"),
        equivalents=("CKV2_AWS_46", "AwsSolutions-CFR7"),
    ),
    Rule(
        id="CFR-05",
        title="Responses keep browsers on HTTPS",
        severity=Severity.MEDIUM,
        types=(HEADERS,),
        reads="securityHeadersConfig.strictTransportSecurity",
        rationale="A browser that was told so once never again asks in the clear, where the first answer can be forged.",
        fix=f"set strict_transport_security with access_control_max_age_sec of at least {_HSTS_SECONDS}",
        checks=(At("", _keeps_browsers_on_https),),
        equivalents=("CKV_AWS_259",),
    ),
    Rule(
        id="CFR-06",
        title="The CDN logs requests",
        severity=Severity.MEDIUM,
        types=(DISTRIBUTION,),
        reads="loggingConfig",
        rationale="The CDN answers most requests itself; only its own log has them.",
        fix="set logging_config, or declare a cloudwatch.LogDeliverySource of the distribution",
        relation=_is_distribution_logged,
        controls=fsbp("CloudFront.5"),
        equivalents=("CKV_AWS_86", "AWS-0010", "AwsSolutions-CFR3"),
    ),
    Rule(
        id="CFR-07",
        title="The CDN's behaviours add security headers",
        severity=Severity.LOW,
        types=(DISTRIBUTION,),
        reads="defaultCacheBehavior.responseHeadersPolicyId",
        rationale="Headers against framing, sniffing and downgrades are set in one place for everything that is served.",
        fix="set response_headers_policy_id in every behaviour",
        checks=(
            At("defaultCacheBehavior.responseHeadersPolicyId", is_given),
            At("orderedCacheBehaviors[*].responseHeadersPolicyId", is_given),
        ),
        equivalents=("CKV2_AWS_32",),
    ),
    Rule(
        id="ACM-01",
        title="Certificates are validated by DNS and logged publicly",
        severity=Severity.LOW,
        types=(CERTIFICATE,),
        reads="validationMethod",
        rationale="Validation by DNS renews itself; a certificate that is not logged is one whose misuse nobody sees.",
        fix="set validation_method to DNS, and leave certificate transparency logging on",
        checks=(
            At("validationMethod", is_one_of("DNS")),
            At("options.certificateTransparencyLoggingPreference", is_one_of("ENABLED", default="ENABLED")),
        ),
        equivalents=("CKV_AWS_234",),
    ),
    Rule(
        id="R53-01",
        title="Public zones log queries",
        severity=Severity.LOW,
        types=(ZONE,),
        reads="(a QueryLog)",
        rationale="Queries for names that do not exist show who looks around, and takeovers of forgotten names.",
        fix="declare a route53.QueryLog of the zone",
        relation=_is_zone_logged,
        controls=fsbp("Route53.2"),
        equivalents=("CKV2_AWS_39",),
    ),
    Rule(
        id="R53-02",
        title="Public zones are signed",
        severity=Severity.LOW,
        types=(ZONE,),
        reads="(a HostedZoneDnsSec)",
        rationale="An unsigned answer can be forged on the way to a resolver.",
        fix="declare a route53.KeySigningKey and a route53.HostedZoneDnsSec of the zone",
        relation=_is_zone_signed,
        equivalents=("CKV2_AWS_38",),
    ),
)
