"""Runs a Python program for the engine where its own language host, `pulumi-language-python`, is not installed.

The engine starts it by that name and speaks to it by gRPC. The work is the SDK's, from its Automation API: the program runs
in this process, as an inline program does.
"""

from __future__ import annotations

import os
import queue
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from understudy.engine.server import serve


class LanguageHost(LanguageServer):
    """Answers what the engine asks a language host when it runs a program: one program, once."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self._engine_address = engine_address

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's signature
        """Nothing to agree on."""
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """It has no version of its own."""
        return plugin_pb2.PluginInfo(version="")

    def InstallDependencies(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Nothing: the interpreter that runs this has them."""
        return iter(())

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Nothing to ask the user."""
        return language_pb2.RuntimeOptionsResponse()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """The engine ends the process."""
        return empty_pb2.Empty()

    def RunPlugin(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Run a policy pack, and hand on what it prints: the engine reads its port there."""
        if request.kind != "analyzer":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no plugin of kind {request.kind!r} is run here, only policy packs")
        command = [sys.executable, "-u", "-m", "pulumi.policy", *request.args[:1], "."]
        environment = {**os.environ, **dict(entry.split("=", 1) for entry in request.env)}
        with subprocess.Popen(  # noqa: S603 - the pack that the user asked for
            command, cwd=request.info.program_directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as pack:
            context.add_callback(pack.terminate)
            yield from _printed(pack)
            yield language_pb2.RunPluginResponse(exitcode=pack.wait())

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Run the program's `__main__.py` in its own folder, which is first on the path, as Python does it."""
        folder = Path(request.info.program_directory or request.pwd)
        file = folder / request.info.entry_point
        if file.is_dir():
            file /= "__main__.py"
        request.args[:] = [self._engine_address, *request.args]
        os.chdir(request.pwd)
        sys.path.insert(0, str(file.parent))

        def program() -> None:
            runpy.run_path(str(file), run_name="__main__")

        self.program = program
        return super().Run(request, context)  # type: ignore[no-untyped-call]  # the SDK's servers are untyped


def _printed(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    """What a process prints, as it comes, until it prints no more."""
    pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read(made: Callable[[bytes], Any], stream: IO[bytes]) -> None:
        while piece := os.read(stream.fileno(), 65_536):
            pieces.put(made(piece))
        pieces.put(None)

    streams = (
        (lambda piece: language_pb2.RunPluginResponse(stdout=piece), process.stdout),
        (lambda piece: language_pb2.RunPluginResponse(stderr=piece), process.stderr),
    )
    for made, stream in streams:
        threading.Thread(target=read, args=(made, stream), daemon=True).start()
    for _ in streams:
        yield from iter(pieces.get, None)


if __name__ == "__main__":
    serve(language_pb2_grpc.add_LanguageRuntimeServicer_to_server, LanguageHost(sys.argv[-1]), threads=4)
