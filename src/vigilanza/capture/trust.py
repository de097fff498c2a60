"""Whom to believe to be the camera, where it speaks TLS."""

import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigilanza.capture.name import is_address
from vigilanza.domain.errors import SourceRefused

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
            context = self.context(host)
            with (
                socket.create_connection(address, timeout=timeout) as plain,
                context.wrap_socket(plain, server_hostname=host) as encrypted,
            ):
                return _misnamed(encrypted.getpeercert() or {}, self.name or host)
        except SourceRefused as error:
            return str(error)
        except ssl.SSLCertVerificationError as error:
            return certificate_complaint(error)
        except (OSError, ValueError):
            return None

    def context(self, host: str) -> ssl.SSLContext:
        """Python's, for asyncio: nothing is said to a camera that is not the one called `host`.

        Believes what FFmpeg believes by `options`. SourceRefused if `ca_file` cannot be used.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except (ssl.SSLError, OSError) as error:
            raise SourceRefused(f"{self.ca_file.name} cannot be used: {error.strerror or error}") from error
        context.check_hostname = False  # FFmpeg also takes the name in the subject, as old cameras have it
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN  # its own certificate, whoever signed it
        context.sslobject_class = _ends_with_a_look_at_the_name(self.name or host)
        return context


class _WrongName(ssl.SSLCertVerificationError):
    """The certificate is in order, but another camera's."""


def certificate_complaint(error: ssl.SSLCertVerificationError) -> str:
    """What is wrong with a certificate, in our words."""
    if isinstance(error, _WrongName):
        return str(error)
    return f"its certificate is not the one expected: {error.verify_message}"


def _ends_with_a_look_at_the_name(wanted: str) -> type[ssl.SSLObject]:
    class Named(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            if (complaint := _misnamed(self.getpeercert() or {}, wanted)) is not None:
                raise _WrongName(1, complaint)

    return Named


def _misnamed(certificate: Mapping[str, Any], wanted: str) -> str | None:
    names = _names(certificate)
    if any(_is(wanted.lower(), name.strip().lower()) for name in names):
        return None
    return f"its certificate is for {', '.join(names) or 'nobody'}, not for {wanted}"


def _is(wanted: str, name: str) -> bool:
    """Whether a name in a certificate is the one wanted; a star stands for the first label of a host, for no more."""
    if is_address(wanted):
        return is_address(name) and ipaddress.ip_address(name) == ipaddress.ip_address(wanted)
    return name == wanted or (name[:2] == "*." and wanted.partition(".")[1:] == (".", name[2:]))


def _names(certificate: Mapping[str, Any]) -> list[str]:
    """Whom a certificate is for: its alternative names, else the name in its subject."""
    alternative = [name for kind, name in certificate.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    subject = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return alternative or subject
