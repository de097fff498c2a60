"""The centre of simulated sites, all real: NATS with an account for each, PostgreSQL, `vigilanza centre` and `web`."""

import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

import httpx
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from vigilanza.cluster.accounts import accounts
from vigilanza.cluster.link import NatsLink
from vigilanza.lab.nats_server import NatsServer
from vigilanza.lab.postgres import USER, PostgresServer
from vigilanza.lab.sites.town import Town
from vigilanza.store.evidence.signature import SigningKey

NATS, INTAKE, DATABASE, PAGE = "nats-server", "vigilanza centre", "PostgreSQL", "vigilanza web"
_PASSWORD = "CENTRE_NATS_PASSWORD"
_AGAIN_S, _PATIENCE_S = 0.2, 60.0
_END_S = 20.0


class Centre:
    """From `with` to the end of it. FileNotFoundError if NATS or PostgreSQL is not installed."""

    def __init__(self, town: Town, *, folder: Path, page_port: int, environ: Mapping[str, str]) -> None:
        """`folder` gets the configuration, the keys and the logs; `environ` is that of `vigilanza centre` and `web`."""
        self._town, self._folder, self._port, self._environ = town, folder, page_port, environ
        self._password = secrets.token_hex(12)
        self.keys = {name: _new_key() for name in town.names}
        self._parts: dict[str, subprocess.Popen[bytes]] = {}
        self._closing = ExitStack()

    @property
    def page(self) -> str:
        """Where the control room signs in."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def database_url(self) -> str:
        """For SQLAlchemy."""
        return f"postgresql+psycopg://{USER}@{self._postgres.place}"

    @property
    def roots(self) -> Mapping[str, int]:
        """The first process of each part."""
        parts = {name: process.pid for name, process in self._parts.items()}
        return {NATS: self._nats.pid, DATABASE: self._postgres.pid, **parts}

    def link(self, user: str) -> NatsLink:
        """The way in of a site, or of the centre itself."""
        return NatsLink((self._nats.url,), user, self._password)

    def check(self) -> None:
        """ChildProcessError if a part has ended by itself."""
        for name, process in self._parts.items():
            if process.poll() is not None:
                raise ChildProcessError(f"{name} ended with {process.returncode}: see {self._folder}/{name}.log")

    def __enter__(self) -> "Centre":
        try:
            self._open()
        except BaseException:
            self._closing.close()
            raise
        return self

    def start(self) -> None:
        """Start what takes in and what shows; return once the page answers. An operator must exist."""
        for name, command in ((INTAKE, "centre"), (PAGE, "web")):
            self._start(name, command)
        for _ in range(round(_PATIENCE_S / _AGAIN_S)):
            self.check()
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.page}/healthz", trust_env=False).status_code == httpx.codes.OK:
                    return
            with suppress(subprocess.TimeoutExpired):
                self._parts[PAGE].wait(_AGAIN_S)
        raise ChildProcessError(f"the page does not answer: see {self._folder}/{PAGE}.log")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def _open(self) -> None:
        # A short path: that of a socket may have 107 bytes.
        place = Path(tempfile.mkdtemp(prefix="vigilanza-pg-"))
        self._closing.callback(shutil.rmtree, place)
        self._postgres = PostgresServer(place)
        self._postgres.start()
        self._closing.callback(self._postgres.stop)
        variables = [f'{name} = "{self._password}"' for name in self._variables()]
        settings = "\n".join([*variables, accounts(self._town.names)])
        self._nats = NatsServer(self._folder / "nats", settings=settings)
        self._nats.start()
        self._closing.callback(self._nats.stop)
        self._config = self._written()

    def _variables(self) -> list[str]:
        return ["CENTRE_PASSWORD", *(f"SITE_{name.upper()}_PASSWORD" for name in self._town.names)]

    def _written(self) -> Path:
        for name, key in self.keys.items():
            (self._folder / f"{name}.pub").write_bytes(key.public.pem)
        sites = [{"id": name, "name": f"Site {name}", "public_key_files": [f"{name}.pub"]} for name in self.keys]
        nats = {"servers": [self._nats.url], "user": "centre", "password_env": _PASSWORD}
        database = {"database": f"postgresql://{self._postgres.place}", "database_user": USER}
        document = {
            "site": {"id": "centre", "name": "Centre", "timezone": "Europe/Rome"},
            "centre": {"nats": nats, "sites": sites},
            "storage": {**database, "media": "media", "state": "state"},
            "web": {"host": "127.0.0.1", "port": self._port},
        }
        path = self._folder / "centre.yaml"
        path.write_text(yaml.safe_dump(document), "utf-8")
        return path

    def _start(self, name: str, command: str) -> None:
        environ = {**self._environ, _PASSWORD: self._password}
        arguments = [sys.executable, "-m", "vigilanza", command, "--config", str(self._config)]
        with (self._folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(arguments, env=environ, stdin=subprocess.PIPE, stdout=log, stderr=log)
        self._parts[name] = process
        self._closing.callback(_end, process)


def _new_key() -> SigningKey:
    return SigningKey.read(
        Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.terminate()
    try:
        process.wait(_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        process.stdin.close()
