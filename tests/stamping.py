"""A time stamping authority: openssl's own, behind HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from vigilanza.clock import SystemClock

_SETTINGS = """[tsa]
default_tsa = it
[it]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
{more}
"""


@dataclass(slots=True)
class Authority:
    """`answers` are given instead of its own, first to last; each is a status and a body.

    `drip_seconds`: it answers byte by byte, and waits so long after each.
    """

    folder: Path
    url: str = ""
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    drip_seconds: float | None = None

    @property
    def ca_file(self) -> Path:
        """The root it is known by."""
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> tuple[int, bytes]:
        """What it says to a TimeStampReq."""
        if self.answers:
            return self.answers.pop(0)
        (self.folder / "query").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "settings", "-section", "it", "-queryfile", "query"]
        done = subprocess.run(
            [*command, "-out", "answer"], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return 200, (self.folder / "answer").read_bytes()


@contextmanager
def authority(folder: Path, *, more: str = "") -> Iterator[Authority]:
    """Listening on this machine; `more` are further settings of openssl's."""
    folder.mkdir()
    _certify(folder)
    (folder / "settings").write_text(_SETTINGS.format(folder=folder, more=more.format(folder=folder)))
    (folder / "serial").write_text("01\n")
    tsa, closed = Authority(folder), threading.Event()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = tsa.reply(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            pieces = [body] if tsa.drip_seconds is None else [bytes([one]) for one in body]
            with suppress(ConnectionError):
                for piece in pieces:
                    self.wfile.write(piece)
                    closed.wait(tsa.drip_seconds or 0.0)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    tsa.url = f"http://127.0.0.1:{server.server_address[1]}/tsr"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield tsa
    finally:
        closed.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def _certify(folder: Path) -> None:
    root, signer = (generate_private_key(65537, 2048) for _ in range(2))
    name = _name("Autorità di prova")
    builder = _builder(name, name, root).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    certificate = builder.add_extension(usage, critical=True).sign(root, hashes.SHA256())
    (folder / "root.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    stamps = _builder(
        _name("Marche temporali di prova, con un nome più lungo della radice"), name, signer
    ).add_extension(purpose, critical=True)
    leaf = stamps.sign(root, hashes.SHA256())
    (folder / "tsa.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tsa.key").write_bytes(signer.private_bytes(*form))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey) -> x509.CertificateBuilder:
    now, day = datetime.fromtimestamp(SystemClock().now(), UTC), timedelta(days=1)
    builder = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    return builder.serial_number(x509.random_serial_number()).not_valid_before(now - day).not_valid_after(now + day)
