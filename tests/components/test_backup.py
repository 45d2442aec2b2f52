from __future__ import annotations

import pytest

from components.operations.backup import Backup, BackupArgs
from model.environment import Environment
from tests.components.estates import buckets, handles, log_bucket
from tests.components.rendering import Rendering, render
from tests.components.stores import KEY, environment_with, known

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
PLAN = "aws:backup/plan:Plan"
SELECTION = "aws:backup/selection:Selection"
RECOVERY_KEY = "arn:aws:kms:eu-central-1:111122223333:key/recovery"
COPIES = "arn:aws:backup:eu-central-1:111122223333:backup-vault:copies"


def rendered(environment: Environment) -> Rendering:
    def build() -> None:
        kept = buckets(environment, log_bucket(environment))
        args = BackupArgs(environment, known(KEY), known(RECOVERY_KEY), handles(environment), kept, known("arn:topic"))
        Backup("shop-backup", args)

    return render(build, {VAULT: {"arn": COPIES}})


@pytest.fixture(scope="module")
def vaults(production: Environment) -> Rendering:
    return rendered(production)


def test_every_store_that_keeps_no_snapshots_of_its_own_and_every_bucket_is_backed_up(
    vaults: Rendering, production: Environment
) -> None:
    stores = sorted(name for name, store in production.stores.items() if store.kind != "redis")
    objects = [f"arn:aws:s3:::retail-store-production-{bucket}-111122223333" for bucket in sorted(production.buckets)]

    assert vaults.one(SELECTION).properties["resources"] == [*(f"arn:store/{name}" for name in stores), *objects]


def test_a_copy_leaves_the_region_and_both_vaults_are_encrypted_and_locked(vaults: Rendering) -> None:
    [rule] = vaults.one(PLAN).properties["rules"]
    own, copies = (vaults.named(VAULT, f"shop-backup-{suffix}").properties for suffix in ("vault", "copies"))

    assert (own["kmsKeyArn"], copies["kmsKeyArn"]) == (KEY, RECOVERY_KEY)
    assert ("region" not in own, copies["region"]) == (True, "eu-central-1")
    assert [copy["destinationVaultArn"] for copy in rule["copyActions"]] == [COPIES]
    assert {lock.name for lock in vaults.of(LOCK)} == {vault.name for vault in vaults.of(VAULT)}
    assert {lock.properties["minRetentionDays"] for lock in vaults.of(LOCK)} == {7}
    assert all(lock.properties["changeableForDays"] == 3 for lock in vaults.of(LOCK))


def test_backups_and_copies_are_kept_as_long_as_the_model_says() -> None:
    environment = environment_with("operations.backup", retention_days=40, copy_retention_days=50)
    [rule] = rendered(environment).one(PLAN).properties["rules"]

    assert rule["schedule"] == "cron(0 2 * * ? *)"
    assert rule["lifecycle"] == {"deleteAfter": 40}
    assert rule["copyActions"][0]["lifecycle"] == {"deleteAfter": 50}


def test_what_went_wrong_is_reported(vaults: Rendering) -> None:
    notifications = vaults.one("aws:backup/vaultNotifications:VaultNotifications").properties

    assert notifications["backupVaultEvents"] == ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]
    assert notifications["snsTopicArn"] == "arn:topic"


def test_a_system_that_only_caches_has_vaults_but_nothing_to_select(production: Environment) -> None:
    caches = {"checkout": production.stores["checkout"]}
    environment = production.model_copy(update={"stores": caches, "buckets": {}})

    assert rendered(environment).of(SELECTION) == []
