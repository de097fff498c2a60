"""An asyncio server that ends without losing a connection it has just taken."""

import asyncio

_ACCEPTING_STEPS = 5
"""Turns of the event loop after which a connection just taken is in its handler's hands."""


async def stop_listening(server: asyncio.Server) -> None:
    """Take no more connections, let those just taken reach their handler, and close the server.

    Closed at once, asyncio (3.11) would drop them on the floor, unclosed.
    """
    loop = asyncio.get_running_loop()
    for socket in server.sockets:
        loop.remove_reader(socket.fileno())
    for _ in range(_ACCEPTING_STEPS):
        await asyncio.sleep(0.0)
    server.close()
