"""A port of this machine for the page of a command that keeps nothing."""

import socket

from vigilanza.domain.errors import ConfigError


def free_port(port: int, command: str) -> int:
    """`port`, or any free one for 0. ConfigError, in the name of `command`, if it cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            words = f"{command}: port {port} cannot be used ({error.strerror}); name another: --port N"
            raise ConfigError(words) from error
        return int(probe.getsockname()[1])
