"""A stand-in for an identity provider: OpenID Connect with a page to choose who one is, and lies on request."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws, jwt
from joserfc.jwk import OctKey, RSAKey

from vigilanza.clock import Clock
from vigilanza.lab.stand_in import HttpServer, HttpStandIn

TOKEN_S = 300
DEEP = b'{"more": ' * 12_000 + b"1" + b"}" * 12_000
"""JSON that Python's reader gives up on."""


class Lie(StrEnum):
    """What the next token request is answered with."""

    OTHER_NONCE = "other nonce"
    OTHER_ISSUER = "other issuer"
    OTHER_AUDIENCE = "other audience"
    OTHER_PROGRAM = "made for another program"
    EXPIRED = "expired"
    FROM_TOMORROW = "from tomorrow"
    OTHER_KEY = "signed with another key"
    UNSIGNED = "not signed"
    SHARED_SECRET = "signed with the client's secret"
    NO_TOKEN = "no ID token"
    NOT_JSON = "not JSON"
    DEEP = "nested deeper than anybody reads"
    DEEP_TOKEN = "an ID token nested likewise"
    ODD_SUBJECT = "a subject that no database takes"
    ODD_GROUPS = "groups that are no texts, beside the right ones"
    REFUSED = "status 400"
    OTHER_PERSON = "userinfo of somebody else"


@dataclass(frozen=True, slots=True)
class Person:
    """One who can sign in there; `subject` is theirs for ever."""

    subject: str
    name: str
    groups: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Granted:
    person: Person
    asked: Mapping[str, str]


class StandInProvider(HttpStandIn[Lie]):
    """Use as a context manager: it serves on 127.0.0.1 in a thread of its own until the end.

    Knows one client. A code is good once, for the program that proves that it asked (PKCE). `told_late`: the ID token
    is silent about groups, userinfo tells them.
    """

    def __init__(
        self,
        persons: Sequence[Person],
        *,
        client_id: str,
        client_secret: str,
        clock: Clock,
        told_late: bool = False,
    ) -> None:
        server = _Server(("127.0.0.1", 0), _Answering)
        super().__init__(server, name="identity provider")
        server.provider = self
        self.persons = {person.subject: person for person in persons}
        self.client = (client_id, client_secret)
        self.told_late, self._clock = told_late, clock
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, _Granted] = {}
        self.tokens: dict[str, Person] = {}

    @property
    def issuer(self) -> str:
        """As it spells itself."""
        return f"http://127.0.0.1:{self.port}/realms/city"

    def grant(self, person: Person, asked: Mapping[str, str]) -> str:
        """The address to which the browser goes back."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = _Granted(person, asked)
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def id_token(self, granted: _Granted, lie: Lie | None) -> str:
        """Signed, and wrong in the one thing that `lie` says."""
        now, (client, secret) = int(self._clock.now()), self.client
        person = granted.person
        claims: dict[str, Any] = {
            "iss": f"{self.issuer}/other" if lie is Lie.OTHER_ISSUER else self.issuer,
            "aud": "another" if lie is Lie.OTHER_AUDIENCE else client,
            "sub": person.subject,
            "nonce": "other" if lie is Lie.OTHER_NONCE else granted.asked["nonce"],
            "iat": now + 86_400 if lie is Lie.FROM_TOMORROW else now,
            "exp": now - TOKEN_S if lie is Lie.EXPIRED else now + TOKEN_S,
            "preferred_username": person.name,
        }
        if lie is Lie.OTHER_PROGRAM:
            claims |= {"aud": [client, "another"], "azp": "another"}
        if lie is Lie.ODD_SUBJECT:
            claims["sub"] = "u\0\ud800"
        if not self.told_late:
            claims["groups"] = [*([{"id": 7}, ["x"], None] if lie is Lie.ODD_GROUPS else ()), *person.groups]
        if lie is Lie.UNSIGNED:
            head, body = (_base64(json.dumps(part).encode()) for part in ({"alg": "none"}, claims))
            return f"{head}.{body}."
        if lie is Lie.SHARED_SECRET:
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=["HS256"])
        if lie in (Lie.DEEP_TOKEN, Lie.ODD_SUBJECT):
            raw = DEEP if lie is Lie.DEEP_TOKEN else json.dumps(claims).encode()
            return jws.serialize_compact({"alg": "RS256", "kid": "one"}, raw, self.key)
        key = RSAKey.generate_key(2048, {"kid": "one"}) if lie is Lie.OTHER_KEY else self.key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


class _Server(HttpServer):
    provider: StandInProvider


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        provider, parts = self.server.provider, urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        match parts.path.removeprefix("/realms/city"):
            case "/.well-known/openid-configuration":
                self._say(_addresses(provider.issuer))
            case "/keys":
                self._say({"keys": [provider.key.as_dict(private=False)]})
            case "/authorize":
                self._choose(asked)
            case "/chosen" if (person := provider.persons.get(asked.pop("who", ""))) is not None:
                self._go(provider.grant(person, asked))
            case "/cancelled":
                said = {"error": "access_denied", "state": asked["state"]}
                self._go(f"{asked['redirect_uri']}?{urlencode(said)}")
            case "/userinfo":
                self._tell_more()
            case _:
                self._say({"error": "not_found"}, 404)

    def do_POST(self) -> None:
        provider = self.server.provider
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
        sent = {key: values[0] for key, values in form.items()}
        granted, lie = provider.codes.pop(sent.get("code", ""), None), provider.next_act()
        if granted is None or lie is Lie.REFUSED or not self._proves(sent, granted):
            self._say({"error": "invalid_grant"}, 400)
            return
        if lie in (Lie.NOT_JSON, Lie.DEEP):
            self._answer(b"<html>" if lie is Lie.NOT_JSON else DEEP, "text/html", 200)
            return
        token = secrets.token_urlsafe(16)
        other = Person("nobody", "nobody", ("supervisors",))
        provider.tokens[token] = other if lie is Lie.OTHER_PERSON else granted.person
        told = {"access_token": token, "token_type": "Bearer"}
        self._say(told if lie is Lie.NO_TOKEN else told | {"id_token": provider.id_token(granted, lie)})

    def _proves(self, sent: Mapping[str, str], granted: _Granted) -> bool:
        """RFC 7636, 4.6, and RFC 6749, 2.3.1."""
        client = base64.b64encode(":".join(self.server.provider.client).encode()).decode()
        challenge = _base64(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        return (
            self.headers.get("Authorization") == f"Basic {client}"
            and sent.get("redirect_uri") == granted.asked["redirect_uri"]
            and challenge == granted.asked["code_challenge"]
        )

    def _choose(self, asked: Mapping[str, str]) -> None:
        provider = self.server.provider
        needed = {"response_type": "code", "client_id": provider.client[0], "code_challenge_method": "S256"}
        if not needed.items() <= asked.items() or "openid" not in asked.get("scope", "").split():
            self._say({"error": "invalid_request"}, 400)
            return
        links = [
            f'<p><a href="chosen?{escape(urlencode({**asked, "who": one.subject}))}">{escape(one.name)}</a></p>'
            for one in provider.persons.values()
        ]
        links.append(f'<p><a href="cancelled?{escape(urlencode(asked))}">Annulla</a></p>')
        self._answer("".join(("<!doctype html><title>Accesso</title>", *links)).encode(), "text/html", 200)

    def _tell_more(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        person = self.server.provider.tokens.get(token)
        if person is None:
            self._say({"error": "invalid_token"}, 401)
        else:
            self._say({"sub": person.subject, "groups": list(person.groups)})

    def _go(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _say(self, said: Mapping[str, Any], status: int = 200) -> None:
        self._answer(json.dumps(said).encode(), "application/json", status)

    def _answer(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: tests watch what is answered."""


def _addresses(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/keys",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
