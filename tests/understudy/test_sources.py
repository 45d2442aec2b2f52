"""Whatever a report or a message speaks of names the line that it comes from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from model.component_origins import COMPONENT_ORIGINS
from model.errors import ConfigurationError
from tests.conftest import PROJECTS, ROOT
from understudy.preview.project import read_project
from understudy.preview.rendering import render
from understudy.preview.resolution import resolution
from understudy.preview.source import Source
from understudy.sources import Sources

SMALL = Path(__file__).parent / "programs" / "small"
MODEL = "config.environment.value"


def sources_of(directory: Path, stack: str) -> Sources:
    project = read_project(directory)
    return Sources(project, render(project, stack, project.stack_configuration(stack)))


def line_of(file: str, text: str, after: str = "") -> int:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    begin = lines.index(after) if after else 0
    return next(number for number, line in enumerate(lines, 1) if number > begin and line == text)


@pytest.fixture(scope="module")
def shipped() -> Sources:
    return sources_of(ROOT, "staging")


def test_every_component_says_what_part_of_the_model_it_is_made_of() -> None:
    files = (ROOT / "components").rglob("*.py")
    tokens = {token for file in files for token in re.findall(r"understudy:[a-z]+:[A-Z]\w+", file.read_text(encoding="utf-8"))}

    assert set(COMPONENT_ORIGINS) == tokens - {"understudy:area:Class"}


@pytest.mark.parametrize("system", PROJECTS)
def test_every_resource_below_the_system_comes_from_a_line_of_the_model_or_of_the_stacks_data(system: str) -> None:
    sources = sources_of(PROJECTS[system], "staging")

    below = [resource for resource in sources.rendering.resources if "understudy:system:System" in resource.urn]
    found = {resource.urn: sources.resource(resource) for resource in below}
    assert len(below) > 100
    begins = (f"{MODEL}.", f"config.{system}:data")
    assert [urn for urn, source in found.items() if source is None or not source.path.startswith(begins)] == []


@pytest.mark.parametrize(
    ("name", "type_", "path"),
    [
        ("retail-store-carts-deployment", "kubernetes:apps/v1:Deployment", "services.carts"),
        ("retail-store-carts-table", "aws:dynamodb/table:Table", "stores.carts"),
        ("retail-store-catalog-cluster", "aws:rds/cluster:Cluster", "stores.catalog"),
        ("retail-store-order-events-queue", "aws:sqs/queue:Queue", "queues.order-events"),
        ("retail-store-assets-bucket", "aws:s3/bucket:Bucket", "buckets.assets"),
        ("retail-store-cluster-nodes-web-nodes", "aws:eks/nodeGroup:NodeGroup", "cluster.node_groups.web"),
        ("retail-store-keys-customer", "aws:kms/key:Key", "data_classes.customer"),
        ("retail-store-firewall-service-ui", "aws:ec2/securityGroup:SecurityGroup", "services.ui"),
        ("retail-store-operations-oncall-page", "aws:sns/topic:Topic", "operations.oncall.page"),
        (
            "retail-store-operations-alarms-cache-cpu-checkout-001",
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            "operations.alarms.cache-cpu",
        ),
        ("retail-store-namespace-ui-quota", "kubernetes:core/v1:ResourceQuota", "services.ui"),
        ("retail-store-network-nat-a", "aws:ec2/natGateway:NatGateway", "network"),
        ("retail-store-operations-budget-monthly", "aws:budgets/budget:Budget", "operations.budget"),
    ],
)
def test_a_resource_comes_from_the_part_of_the_model_that_it_is_made_of(
    shipped: Sources, name: str, type_: str, path: str
) -> None:
    resource = next(each for each in shipped.rendering.resources if each.request.name == name and each.request.type == type_)

    source = shipped.resource(resource)

    assert source is not None
    assert (source.file, source.path) == ("Pulumi.yaml", f"{MODEL}.{path}")
    line = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8").splitlines()[source.line - 1]
    assert line.strip().startswith(path.rpartition(".")[2])


def test_a_resource_of_no_component_of_ours_comes_from_the_line_of_the_program() -> None:
    sources = sources_of(SMALL, "production")
    bucket = next(each for each in sources.rendering.resources if each.request.name == "shelf-bucket")

    file = "tests/understudy/programs/small/__main__.py"
    assert sources.finding(bucket.urn, "tags") == Source(file, line_of(file, "        self.bucket = s3.Bucket("))


@pytest.mark.parametrize(
    ("property_", "file", "path"),
    [
        ("", "Pulumi.staging.yaml", "config"),
        ("scaling.ratios.compute", "Pulumi.staging.yaml", "config.retail-store:scaling.ratios.compute"),
        ("services.carts.replicas", "Pulumi.yaml", f"{MODEL}.services.carts.replicas"),
    ],
)
def test_a_finding_about_the_stack_comes_from_what_it_names(shipped: Sources, property_: str, file: str, path: str) -> None:
    source = shipped.finding("", property_)

    assert (source.file, source.path) == (file, path)


def test_a_figure_comes_from_the_model_and_its_ratio_from_the_stacks_file(shipped: Sources) -> None:
    carts, compute = "      replicas: 6", "      compute: 0.25"

    assert shipped.ratio("scaling.ratios.compute") == Source(
        "Pulumi.staging.yaml", line_of("Pulumi.staging.yaml", compute), "config.retail-store:scaling.ratios.compute"
    )
    overridden = shipped.ratio("scaling.overrides.services.checkout")
    assert overridden is not None
    assert overridden.line == line_of("Pulumi.staging.yaml", "      services.checkout:")
    figure = shipped.figure("services.carts.replicas")
    assert figure is not None
    assert (ROOT / "Pulumi.yaml").read_text(encoding="utf-8").splitlines()[figure.line - 1].strip() == carts.strip()
    assert shipped.ratio("derived") is None


def test_a_file_is_named_from_the_working_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    project = read_project(Path("examples/online-boutique"))

    assert project.file.shown == "examples/online-boutique/Pulumi.yaml"
    assert project.files("staging").head.file == "examples/online-boutique/Pulumi.staging.yaml"


PROJECT = """
name: shop
runtime: python
config:
  environment:
    value:
      system: shop
      services:
        web:
          replicas: many
  extra: 1
"""
STAGING = """
config:
  shop:scaling:
    ratios:
      compute: 2
  shop:idntity: {}
confg: 1
"""


def problems(folder: Path, stack: str, project: str = PROJECT, staging: str = STAGING) -> list[str]:
    (folder / "__main__.py").touch()
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "Pulumi.staging.yaml").write_text(staging)
    with pytest.raises(ConfigurationError) as caught:
        resolution(read_project(folder), stack)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("project", "staging", "stack", "begins"),
    [
        (
            PROJECT.replace("  extra: 1\n", ""),
            STAGING,
            "production",
            "Pulumi.yaml:10: environment.services.web.replicas: found 'many'",
        ),
        (PROJECT.replace("  extra: 1\n", ""), STAGING, "production", "Pulumi.yaml:6: environment.edge: is required"),
        (PROJECT, STAGING, "production", "Pulumi.yaml:11: shop:extra: unknown key"),
        (PROJECT, STAGING, "staging", "Pulumi.staging.yaml:7: confg: unknown key"),
        (PROJECT, STAGING.replace("confg: 1\n", ""), "staging", "Pulumi.staging.yaml:6: shop:idntity: unknown key"),
        (PROJECT + "  a: {value: 1, default: 2}\n", STAGING, "staging", "Pulumi.yaml:12: config.a: has both"),
        (PROJECT.replace("name: shop", "name: []"), STAGING, "staging", "Pulumi.yaml:2: name: must be a text"),
        (PROJECT, STAGING + "confg: 2\n", "staging", "Pulumi.staging.yaml:8: confg: is given twice"),
        (PROJECT, "config:\n  a: [\n", "staging", "Pulumi.staging.yaml:3: is no valid YAML"),
        (
            PROJECT,
            "config:\n  shop:environment: {}\n",
            "staging",
            "Pulumi.staging.yaml:2: shop:environment: stands in Pulumi.yaml",
        ),
    ],
)
def test_a_mistake_names_its_file_and_line_before_its_path(
    tmp_path: Path, project: str, staging: str, stack: str, begins: str
) -> None:
    said = problems(tmp_path, stack, project, staging)

    assert [line for line in said if line.startswith(begins)] != [], said


def test_a_mistake_of_the_stack_in_a_valid_model_names_the_stacks_file(tmp_path: Path) -> None:
    text = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    staging = (ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8").replace("compute: 0.25", "compute: 2")

    said = problems(tmp_path, "staging", text, staging)

    assert [line.split(": found")[0] for line in said] == ["Pulumi.staging.yaml:13: scaling.ratios.compute"]


def test_what_only_a_stacks_own_file_asks_for_comes_from_its_line(shipped: Sources) -> None:
    (job,) = (each for each in shipped.rendering.resources if each.request.type == "kubernetes:batch/v1:CronJob")
    source = shipped.resource(job)
    assert source is not None
    assert (source.file, source.path) == ("Pulumi.staging.yaml", "config.retail-store:data.orders")
