"""Where a server of ours listens, and with which certificate."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from vigilanza.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Listening:
    """Without `certificate` and `key` (PEM files) the line is not encrypted. Port 0: a free one."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None

    def tls(self, place: str) -> ssl.SSLContext | None:
        """TLS 1.2 or newer; None if the line is plain. ConfigError, beginning with `place`, if a file is unusable."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{place}: the certificate or its key cannot be used ({error})") from error
        return context
