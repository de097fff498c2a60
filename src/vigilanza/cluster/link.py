"""A NATS server and how one gets in: plain data, made of the configuration."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vigilanza.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class NatsLink:
    """`servers` are tls://HOST:PORT or nats://HOST:PORT of one cluster; tried in turn."""

    servers: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    """PEM of the authority to trust; None: the system's."""
    client_certificate: Path | None = None
    """PEM with our certificate and key."""

    def options(self) -> dict[str, Any]:
        """Arguments of nats.connect. ConfigError if a certificate file cannot be used."""
        options: dict[str, Any] = {"servers": list(self.servers)}
        if self.user is not None:
            options |= {"user": self.user, "password": self.password}
        if any(urlsplit(server).scheme == "tls" for server in self.servers):
            options["tls"] = self._tls()
        return options

    def _tls(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            if self.client_certificate is not None:
                context.load_cert_chain(self.client_certificate)
        except OSError as error:
            raise ConfigError(f"a certificate file for NATS cannot be used ({error.strerror})") from error
        return context
