"""Serving a plugin's protocol: the port on the first line of standard output, until the engine ends the process or is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc

from policies.engine.collector import collect_rarely

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes of one message; the SDK's own limit."""
_SIZES = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]

LOOK_SECONDS = 1.0
"""How often a plugin looks whether the engine that started it is still there."""


def serve(add: Callable[[Any, Any], None], servicer: Any, *, threads: int) -> None:
    """Serve until the engine ends the process, which it does by an interrupt once no call is under way.

    An engine that was killed ends nothing: its plugins would stay for ever, so they end themselves.
    """
    collect_rarely()
    engine = os.getppid()
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    asyncio.set_event_loop_policy(None)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=threads), options=_SIZES)
    add(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while server.wait_for_termination(LOOK_SECONDS) and os.getppid() == engine:
        pass
    os._exit(0)
