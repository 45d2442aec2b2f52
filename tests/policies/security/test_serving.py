"""The pack as the engine starts it: a process that prints a port and answers the protocol."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from policies.security.pack import NAME, RULES
from tests.policies.servicer import UNKNOWN

PACK = Path(__file__).parents[3] / "policies/security"


@pytest.fixture(scope="module")
def analyzer() -> Iterator[Any]:
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(PACK)]
    with subprocess.Popen(command, cwd=PACK, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().decode().strip()
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
        finally:
            process.kill()


def test_it_names_its_rules_with_level_and_severity(analyzer: Any) -> None:
    info = analyzer.GetAnalyzerInfo(empty_pb2.Empty())
    levels = {policy.name: policy.enforcementLevel for policy in info.policies}
    expected = {rule.id: analyzer_pb2.MANDATORY if rule.blocks else analyzer_pb2.ADVISORY for rule in RULES}
    assert info.name == NAME
    assert {name: levels[name] for name in expected} == expected
    assert sorted(set(levels) - set(expected)) == [NAME, f"{NAME}-relations", f"{NAME}-relations-advisory"]
    assert all(policy.severity for policy in info.policies)


def test_it_judges_a_resource(analyzer: Any) -> None:
    properties = json_format.ParseDict({"publiclyAccessible": True, "storageEncrypted": UNKNOWN}, struct_pb2.Struct())
    urn = "urn:pulumi:production::shop::aws:rds/instance:Instance::db"
    response = analyzer.Analyze(
        analyzer_pb2.AnalyzeRequest(type="aws:rds/instance:Instance", urn=urn, name="db", properties=properties)
    )
    levels = {made.policyName: made.enforcementLevel for made in response.diagnostics}
    assert levels["RDS-03"] == analyzer_pb2.MANDATORY
    assert levels["RDS-01"] == analyzer_pb2.ADVISORY


def test_it_refuses_a_configuration_that_the_engine_would_overlook(analyzer: Any) -> None:
    request = analyzer_pb2.ConfigureAnalyzerRequest()
    request.policyConfig["RDS-99"].enforcementLevel = analyzer_pb2.ADVISORY
    with pytest.raises(grpc.RpcError, match="RDS-99: is no policy of pack understudy-security"):
        analyzer.Configure(request)
