"""The masked path: what a refresh job of a staging environment may do with production's data, and nothing besides.

A job reads the archives of one database and masks what is in them before it reaches staging. It is the one part of an environment
that may name another account's resources: `SEP-02` leaves it to the rule here.
"""

from __future__ import annotations

from collections.abc import Iterator

from policies.engine.finding import Judgement
from policies.engine.node import Node
from policies.engine.rule import Rule, Severity
from policies.engine.snapshot import Resource, Snapshot
from policies.security.accounts import TRUSTED, foreign
from policies.security.buckets_of_stack import BUCKETS, is_own_bucket, named_bucket
from policies.security.documents import actions, allows, identity_documents, statements
from policies.security.identity import POLICIES, ROLE

_JOB = "$understudy:data:RefreshJob$"
_READ, _LIST, _DECRYPT = ["s3:getobject"], ["s3:listbucket"], ["kms:decrypt"]


def is_of_refresh_job(resource: Resource) -> bool:
    """Whether a resource is below a refresh job, by its types from the root. Its name says nothing: anybody can choose it."""
    return _JOB in resource.urn.rpartition("::")[0]


def _reads_one_export(root: Node, resource: Resource, stack: Snapshot) -> Iterator[Judgement]:
    if not is_of_refresh_job(resource):
        return
    for document in identity_documents(root, resource, ROLE):
        for statement in statements(document) if document.is_given else ():
            if allows(statement):
                yield from _reads(statement, stack)


def _reads(statement: Node, stack: Snapshot) -> Iterator[Judgement]:
    for place in statement["Resource"].items():
        target = place.text()
        bucket = named_bucket(target)
        if not foreign(place, stack, target) and (not bucket or not [*is_own_bucket(place, bucket, stack)]):
            continue
        done = actions(statement)
        if done == _READ:
            folder = target.removesuffix("/*")
            if "*" in folder or "?" in folder or "/" not in folder or folder == target:
                yield place.fails("may read more of a bucket of another account than one folder")
        elif done == _LIST:
            if not statement["Condition"]["StringLike"]["s3:prefix"].is_given:
                yield statement.fails("may list more of a bucket of another account than one folder: s3:prefix must limit it")
        elif done == _DECRYPT:
            if "*" in target:
                yield place.fails("may decrypt by more keys of another account than one")
            if not statement["Condition"]["StringEquals"]["kms:ViaService"].is_given:
                yield statement.fails("may decrypt otherwise than through S3: kms:ViaService must limit it")
        else:
            yield statement["Action"].fails("allows more of another account than reading, listing and decrypting an export")


RULES = (
    Rule(
        id="SEP-11",
        title="A refresh job reads one export of production and nothing else",
        severity=Severity.CRITICAL,
        types=(*POLICIES, ROLE),
        reads="policy",
        rationale="The job that masks production's data is the one way from production to staging. It reads archives of one folder; "
        "could it write there, or read more, staging would reach into production.",
        fix="allow s3:GetObject on the folder, s3:ListBucket by its prefix, and kms:Decrypt on its key through S3, one statement each",
        relation=_reads_one_export,
        parameters=(TRUSTED, BUCKETS),
    ),
)
