"""A stand-in provider: the resource provider protocol, for any package whose Python SDK is installed.

The engine starts it as a process, as it does the real one: `python -m understudy.sandbox.provider aws`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from understudy.engine.server import serve
from understudy.sandbox import descriptions, faults
from understudy.sandbox.descriptions import Descriptions, installed_version
from understudy.sandbox.difference import ADDED, REMOVED, differences
from understudy.sandbox.places import Place, configuration_failures, place_of
from understudy.sandbox.replacement import replaces
from understudy.sandbox.stock import ExistsAlreadyError, InUseError, NotFoundError, Stock, without_defaults
from understudy.sandbox.validation import failures
from understudy.sandbox.values import packed, unpacked

ROOT_VARIABLE = "UNDERSTUDY_SANDBOX"
"""The environment variable that names the folder in which the sandbox's resources live."""
_KINDS = provider_pb2.PropertyDiff.Kind


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """Answers for one package. Refuses what it cannot know: functions, methods and components of providers."""

    def __init__(self, package: str, root: Path, described: Descriptions, planned: faults.Faults) -> None:
        self._package, self._root, self._descriptions, self._faults = package, root, described, planned
        self._stock = Stock(Place(package), root / package)

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's signature
        """What it can do: keep secrets marked."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True, accept_resources=False, accept_outputs=False)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """The version of the SDK that it validates against."""
        return plugin_pb2.PluginInfo(version=installed_version(self._package))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Refuse a configuration that the real one would refuse."""
        news = unpacked(request.news)
        found = [
            provider_pb2.CheckFailure(property=name, reason=reason)
            for name, reason in configuration_failures(self._package, news)
        ]
        return provider_pb2.CheckResponse(inputs=request.news, failures=found)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Another place is another provider; anything else is taken in."""
        old, new = (place_of(self._package, unpacked(some)) for some in (request.old_inputs or request.olds, request.news))
        moved = ["region"] if old.folder != new.folder and self._package == "aws" else []
        changed = bool(list(differences(unpacked(request.old_inputs), unpacked(request.news))))
        kind = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=kind, replaces=moved)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Open the place that the configuration names."""
        place = place_of(self._package, unpacked(request.args))
        self._stock = Stock(place, self._root / place.folder)
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def Check(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Judge inputs by the SDK's types. Defaults are not filled in: those are the real provider's own."""
        described = self._descriptions.of(_type(request))
        found = failures(described, unpacked(request.news)) if described else ()
        failed = [provider_pb2.CheckFailure(property=path, reason=reason) for path, reason in found]
        return provider_pb2.CheckResponse(inputs=request.news, failures=failed)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Each path that differs, and which of them replace the resource."""
        token = _type(request)
        said = frozenset((self._descriptions.of(token) or {}).get("replaced_by", ()))
        old, new = (without_defaults(unpacked(some)) for some in (request.old_inputs, request.news))
        response = provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True)
        for path, change in differences(old, new):
            if _is_ignored(path, request.ignoreChanges):
                continue
            replacing = replaces(token, said, path)
            word = {ADDED: "ADD", REMOVED: "DELETE"}.get(change, "UPDATE") + ("_REPLACE" if replacing else "")
            response.changes = provider_pb2.DiffResponse.DIFF_SOME
            response.detailedDiff[path].CopyFrom(provider_pb2.PropertyDiff(kind=_KINDS.Value(word), inputDiff=True))
            top = path.partition(".")[0].partition("[")[0]
            for names in (response.diffs, response.replaces) if replacing else (response.diffs,):
                if top not in names:
                    names.append(top)
        response.deleteBeforeReplace = bool(response.replaces) and self._stock.is_named_by_program(token, new)
        return response

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make the resource, or in a preview promise it: outputs are then not known."""
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        made = self._carried_out(
            "create", request, context, lambda: self._stock.create(_type(request), request.urn, unpacked(request.properties))
        )
        return provider_pb2.CreateResponse(id=made.id, properties=packed(made.properties))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The resource as it is now, whatever the engine knows; nothing where it is gone."""
        known, inputs = unpacked(request.properties), unpacked(request.inputs)
        found = self._carried_out("read", request, context, lambda: self._stock.read(_type(request), request.id, known))
        if found is None:
            return provider_pb2.ReadResponse()
        changed = {key: found[key] for key in inputs if key in found}
        return provider_pb2.ReadResponse(id=request.id, properties=packed(found), inputs=packed({**inputs, **changed}))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change the resource in place."""
        token, old, new = _type(request), unpacked(request.olds), unpacked(request.news)
        gone = {key for key in unpacked(request.old_inputs) if key not in new}
        if request.preview:
            return provider_pb2.UpdateResponse(properties=packed(self._stock.planned(token, old, new, gone)))
        updated = self._carried_out(
            "update", request, context, lambda: self._stock.update(token, request.id, request.urn, old, new, gone)
        )
        return provider_pb2.UpdateResponse(properties=packed(updated))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Take the resource away."""
        known = unpacked(request.properties)
        self._carried_out("delete", request, context, lambda: self._stock.delete(_type(request), request.id, known))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer who and where it is; refuse to invent what exists in an account."""
        answer = self._stock.answer(request.tok)
        if answer is None:
            _abort(context, f"the sandbox cannot know what {request.tok} would answer")
        return provider_pb2.InvokeResponse(**{"return": packed(answer)})

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Every call is short; the one under way is finished."""
        return empty_pb2.Empty()

    def _carried_out(self, method: str, request: Any, context: Any, work: Callable[[], Any]) -> Any:
        done: list[Any] = []

        def noted() -> Any:
            done.append(work())
            return done[0]

        try:
            return self._faults.carried_out(self._package, method, _type(request), noted)
        except faults.HalfDoneError as error:
            _half_done(context, request, done[0], str(error))
        except (faults.ProviderFaultError, ExistsAlreadyError, InUseError, NotFoundError) as error:
            _abort(context, f"{method} {_type(request)} ({request.urn.rpartition('::')[2]}): {error}")


def _type(request: Any) -> str:
    return request.type or str(request.urn).split("::")[2].rpartition("$")[2]


def _is_ignored(path: str, ignored: Any) -> bool:
    return any(path == name or path.startswith((f"{name}.", f"{name}[")) for name in ignored)


def _abort(context: Any, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNKNOWN, message)
    raise AssertionError("unreachable")


def _half_done(context: Any, request: Any, result: Any, message: str) -> NoReturn:
    """Tell the engine that the resource exists and is not ready, with its state, as the protocol provides."""
    state = result if isinstance(result, Mapping) else getattr(result, "properties", {})
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=getattr(result, "id", "") or request.id, properties=packed(state), reasons=[message]
        )
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    status.details.append(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    _abort(context, message)


def main() -> None:
    """Serve the package that the command line names."""
    package = sys.argv[1]
    kept = os.environ.get(descriptions.VARIABLE)
    planned = os.environ.get(faults.VARIABLE)
    servicer = StandIn(
        package,
        Path(os.environ[ROOT_VARIABLE]),
        Descriptions(package, Path(kept) if kept else None),
        faults.read_faults(Path(planned) if planned else None),
    )
    serve(provider_pb2_grpc.add_ResourceProviderServicer_to_server, servicer, threads=16)


if __name__ == "__main__":
    main()
