"""An API server and its etcd as processes on loopback, and the calls that manifests need. Nothing else of a cluster runs."""

from __future__ import annotations

import base64
import http.client
import json
import secrets
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from understudy.engine.executable import REPOSITORY, built

MODULE = REPOSITORY / "tools" / "cluster"
APISERVER, ETCD = "kube-apiserver", "etcd"
READY_SECONDS = 120.0
"""How long both may take to start. Alone on a machine of two cores they take five."""
_POD_SECURITY = {
    "apiVersion": "apiserver.config.k8s.io/v1",
    "kind": "AdmissionConfiguration",
    "plugins": [
        {
            "name": "PodSecurity",
            "configuration": {
                "apiVersion": "pod-security.admission.config.k8s.io/v1",
                "kind": "PodSecurityConfiguration",
                "defaults": {"enforce": "restricted", "enforce-version": "latest"},
            },
        }
    ],
}


@dataclass(frozen=True)
class Answer:
    """What the server said: the code, the body, and its warnings."""

    code: int
    body: Mapping[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def is_taken(self) -> bool:
        """Whether the server took what it was given."""
        return self.code in (200, 201)

    @property
    def message(self) -> str:
        """Why it did not."""
        return str(self.body.get("message", ""))


@dataclass
class Cluster:
    """A server that is ready."""

    port: int
    token: str
    _plurals: dict[str, dict[str, tuple[str, bool]]] = field(default_factory=dict)

    def apply(self, manifest: Mapping[str, Any], *, dry_run: bool = False) -> Answer:
        """Apply an object server-side, with strict validation of its fields."""
        name = manifest["metadata"]["name"]
        query = "fieldManager=understudy&fieldValidation=Strict&force=true" + ("&dryRun=All" if dry_run else "")
        return self.call("PATCH", f"{self._collection(manifest)}/{name}?{query}", manifest)

    def create(self, manifest: Mapping[str, Any], *, dry_run: bool = False) -> Answer:
        """Create an object, with strict validation of its fields."""
        query = "fieldValidation=Strict" + ("&dryRun=All" if dry_run else "")
        return self.call("POST", f"{self._collection(manifest)}?{query}", manifest)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """One call of the API."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # its certificate is its own, and it is on loopback
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=context)
        kind = "application/apply-patch+yaml" if method == "PATCH" else "application/json"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read()
            told = tuple(response.headers.get_all("Warning") or ())
        finally:
            connection.close()
        try:
            return Answer(response.status, json.loads(text), told)
        except ValueError:
            return Answer(response.status, {"message": text.decode(errors="replace")}, told)

    def _collection(self, manifest: Mapping[str, Any]) -> str:
        """The path of the objects of a kind, in the object's namespace."""
        version, kind = manifest["apiVersion"], manifest["kind"]
        root = f"/api/{version}" if "/" not in version else f"/apis/{version}"
        if kind not in self._plurals.get(root, {}):
            found = self.call("GET", root).body.get("resources", [])
            self._plurals[root] = {each["kind"]: (each["name"], each["namespaced"]) for each in found if "/" not in each["name"]}
        if kind not in self._plurals[root]:
            raise LookupError(f"the server knows no {kind} of {version}")
        plural, is_namespaced = self._plurals[root][kind]
        namespace = manifest["metadata"].get("namespace", "default")
        return f"{root}/namespaces/{namespace}/{plural}" if is_namespaced else f"{root}/{plural}"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server of its own, with an empty etcd, for as long as the body runs. Raises FileNotFoundError where it is not built."""
    apiserver, etcd = (built(MODULE, name) for name in (APISERVER, ETCD))
    for executable in (apiserver, etcd):
        if not executable.is_file():
            raise FileNotFoundError(f"{executable.name} is not built; `make cluster` builds it")
    with tempfile.TemporaryDirectory(prefix="understudy-cluster-") as folder, ExitStack() as running:
        made = _Files(Path(folder))
        port, client, peer = _free_ports(3)
        store = f"http://127.0.0.1:{client}"
        running.enter_context(_process([str(etcd), *made.etcd_options(store, f"http://127.0.0.1:{peer}")], made.log(ETCD)))
        server = running.enter_context(_process([str(apiserver), *made.options(port, store)], made.log(APISERVER)))
        ready = Cluster(port, made.token)
        _await(ready, server, made.log(APISERVER))
        yield ready


@dataclass(frozen=True)
class _Files:
    """What the processes need on disk: a key, a token and the admission's configuration."""

    folder: Path
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def etcd_options(self, client: str, peer: str) -> list[str]:
        return [
            f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
        ]

    def options(self, port: int, store: str) -> list[str]:
        key, tokens, admission = (self.folder / name for name in ("key.pem", "tokens.csv", "admission.json"))
        key.write_text(_new_key(), encoding="ascii")
        tokens.write_text(f"{self.token},tester,tester,system:masters\n", encoding="utf-8")
        admission.write_text(json.dumps(_POD_SECURITY), encoding="utf-8")
        return [
            f"--etcd-servers={store}",
            f"--secure-port={port}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--cert-dir={self.folder / 'certificates'}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--token-auth-file={tokens}",
            "--allow-privileged=true",  # so that Pod Security alone stands in the way
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=172.20.0.0/16",
            f"--admission-control-config-file={admission}",
            # Nobody counts what a quota has used, and without a count its admission refuses every pod.
            "--disable-admission-plugins=ResourceQuota",
        ]


def _new_key() -> str:
    """A private key of curve P-256 in the form of RFC 5915, by which the server signs tokens that nobody asks it for."""
    scalar = secrets.randbelow(1 << 255).to_bytes(32, "big")  # below the curve's order, as any number of 255 bits is
    curve = bytes.fromhex("a00a06082a8648ce3d030107")
    body = base64.encodebytes(b"\x30\x31\x02\x01\x01\x04\x20" + scalar + curve).decode("ascii")
    return f"-----BEGIN EC PRIVATE KEY-----\n{body}-----END EC PRIVATE KEY-----\n"


@contextmanager
def _process(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _await(ready: Cluster, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            break
        try:
            if ready.call("GET", "/readyz").code == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"the API server did not become ready: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
