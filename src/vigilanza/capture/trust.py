"""Whom to believe to be the camera, where it speaks TLS."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

RTSPS_PORT = 322
"""RFC 7826, 22.6.2; FFmpeg's default too."""


@dataclass(frozen=True, slots=True)
class Trust:
    """`ca_file`: PEM of the authority, or the camera's own certificate; `name`: the name in it, if not the host's."""

    ca_file: Path
    name: str | None = None

    def options(self, host: str) -> dict[str, str]:
        """FFmpeg's, which verifies nothing unless told; `host` is what the configuration calls the camera."""
        return {"tls_verify": "1", "ca_file": str(self.ca_file), "verifyhost": self.name or host}

    def complaint(self, host: str, address: tuple[str, int], timeout: float) -> str | None:
        """Why a handshake that just failed did, if it is the certificate: FFmpeg does not say. Within `timeout` s.

        The camera that is called `host` is asked at `address`. None if it is something else, or cannot be told.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (ssl.SSLError, OSError) as error:
            return f"{self.ca_file.name} cannot be used: {error.strerror or error}"
        context.check_hostname = False  # FFmpeg also takes the name in the subject, as old cameras have it
        try:
            with (
                socket.create_connection(address, timeout=timeout) as plain,
                context.wrap_socket(plain, server_hostname=host) as encrypted,
            ):
                wanted, names = self.name or host, _names(encrypted.getpeercert() or {})
            named = any(fnmatchcase(wanted.lower(), name.lower()) for name in names)
            return None if named else f"its certificate is for {', '.join(names) or 'nobody'}, not for {wanted}"
        except ssl.SSLCertVerificationError as error:
            return f"its certificate is not the one expected: {error.verify_message}"
        except (OSError, ValueError):
            return None


def _names(certificate: Mapping[str, Any]) -> list[str]:
    """Whom a certificate is for: its alternative names, else the name in its subject."""
    alternative = [name for kind, name in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    subject = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return alternative or subject
