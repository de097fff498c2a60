"""/api/setup/search and /api/setup/probe: which cameras there are, and how one is set."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Protocol, TypeAlias

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vigilanza.domain.errors import OutOfReach
from vigilanza.domain.role import Permission
from vigilanza.store.audit import AuditChain
from vigilanza.web.auth import Operator
from vigilanza.web.errand import Errands
from vigilanza.web.layouts import Drawings, present
from vigilanza.web.permit import needs
from vigilanza.web.plain import Plain

Note: TypeAlias = Callable[[str, Mapping[str, object]], None]
"""Is told, before it is done, whom something is asked, and what."""
Place = Annotated[str, StringConstraints(min_length=1, max_length=200), Plain]
User = Annotated[str, StringConstraints(min_length=1, max_length=100), Plain]
Password = Annotated[str, StringConstraints(pattern=r"^[^\r\n]{1,200}$"), Plain]


@dataclass(frozen=True, slots=True)
class Spotted:
    """A camera that answered. `camera`: its id in the configuration, None if it is not there."""

    address: str
    name: str
    hardware: str
    service: str
    camera: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask, and as whom. `certificate`: PEM to know an onvifs:// address by, `tls_name`: the name in it."""

    address: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    tls_name: str | None = None


class Scout(Protocol):
    """Finds cameras, and adds them. Asking takes seconds, ends soon after `stop` is set, and `before` is told of it.

    CameraRefused and OutOfReach for what cannot or may not be asked.
    """

    def search(
        self, hosts: Sequence[str], subnets: Sequence[str], *, before: Note, stop: threading.Event
    ) -> Sequence[Spotted]:
        """Who answers: of all networks of this machine, or of these."""

    def probe(self, question: Question, *, before: Note, stop: threading.Event) -> Mapping[str, Any]:
        """What a camera is, its streams, and what to set otherwise; ready to be told. SourceError."""

    def add(
        self, camera: str, question: Question, *, digest: str, before: Callable[[Mapping[str, object]], None]
    ) -> Drawings:
        """Write it into the configuration's file as a camera of that id, if the file still has that digest, and keep
        its password beside; `before` is told what is about to be written. At once.

        NameUnresolved; LayoutStale; LayoutUnwritable.
        """


class NoScout:
    """See Scout: nobody may be asked."""

    def search(
        self,
        hosts: Sequence[str],  # noqa: ARG002 - the protocol's signature
        subnets: Sequence[str],  # noqa: ARG002 - the protocol's signature
        *,
        before: Note,  # noqa: ARG002 - the protocol's signature
        stop: threading.Event,  # noqa: ARG002 - the protocol's signature
    ) -> Sequence[Spotted]:
        """See Scout."""
        raise OutOfReach("hosts", "this page was started without a configuration")

    def probe(
        self,
        question: Question,  # noqa: ARG002 - the protocol's signature
        *,
        before: Note,  # noqa: ARG002 - the protocol's signature
        stop: threading.Event,  # noqa: ARG002 - the protocol's signature
    ) -> Mapping[str, Any]:
        """See Scout."""
        raise OutOfReach("address", "this page was started without a configuration")

    def add(
        self,
        camera: str,  # noqa: ARG002 - the protocol's signature
        question: Question,  # noqa: ARG002 - the protocol's signature
        *,
        digest: str,  # noqa: ARG002 - the protocol's signature
        before: Callable[[Mapping[str, object]], None],  # noqa: ARG002 - the protocol's signature
    ) -> Drawings:
        """See Scout."""
        raise OutOfReach("address", "this page was started without a configuration")


class SearchBody(BaseModel):
    """Where to look; nothing for all networks of the server."""

    model_config = ConfigDict(extra="forbid")

    hosts: Annotated[list[Place], Field(max_length=16, description="Addresses or names to ask by themselves.")] = []
    subnets: Annotated[
        list[Place], Field(max_length=4, description="Networks such as 192.168.1.0/24, up to 1024 addresses in all.")
    ] = []


class ProbeBody(BaseModel):
    """A camera, and what it wants to hear."""

    model_config = ConfigDict(extra="forbid")

    address: Annotated[Place, Field(description="HOST, HOST:PORT, or onvifs://HOST to ask by HTTPS.")]
    user: User | None = None
    password: Annotated[Password | None, Field(repr=False, description="Asked with, and forgotten.")] = None
    certificate: Annotated[
        str | None,
        Field(max_length=12_000, description="PEM to know an onvifs:// camera by: its authority or itself."),
    ] = None
    tls_name: Annotated[Place | None, Field(description="Name in its certificate, if that is not the host.")] = None

    def question(self) -> Question:
        """As it is asked."""
        return Question(self.address, self.user, self.password, self.certificate or None, self.tls_name)


class CameraBody(ProbeBody):
    """A camera that is to be watched, too."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="What it is to be called.")]
    hash: Annotated[str, Field(max_length=64, description="Of the file, as it was read.")]


class FindRoutes:
    """Whom somebody has asked, and what was added, is in the audit chain before; no password is."""

    def __init__(self, *, scout: Scout, audit: AuditChain, errands: Errands) -> None:
        self._scout, self._audit, self._errands = scout, audit, errands

    def router(self) -> APIRouter:
        """The routes, to be included in the app."""
        router = APIRouter(prefix="/api/setup", tags=["setup"], dependencies=[needs(Permission.SET_UP_CAMERAS)])
        router.post("/search")(self.search)
        router.post("/probe")(self.probe)
        router.post("/cameras")(self.add)
        return router

    async def search(self, body: SearchBody, operator: Operator, request: Request) -> dict[str, Any]:
        """The cameras that answer to ONVIF's discovery within some seconds. Audited.

        429 while cameras are asked already, or too often; 422 `out_of_reach` outside `web.camera_networks`.
        """

        def work(stop: threading.Event) -> Sequence[Spotted]:
            before = self._note(operator, "setup.searched")
            return self._scout.search(body.hosts, body.subnets, before=before, stop=stop)

        return {"found": [asdict(one) for one in await self._errands.run(operator, request, work)]}

    async def probe(self, body: ProbeBody, operator: Operator, request: Request) -> Mapping[str, Any]:
        """What a camera is, how its streams are set, and what to set otherwise. Audited, without user and password.

        422 says why it does not tell: `camera_password`, `camera_silent`, `camera_not_onvif`, `camera_untrusted`, …
        """

        def work(stop: threading.Event) -> Mapping[str, Any]:
            return self._scout.probe(body.question(), before=self._note(operator, "setup.probed"), stop=stop)

        return await self._errands.run(operator, request, work)

    def add(self, body: CameraBody, operator: Operator) -> dict[str, Any]:
        """A new camera, into the file; its password into a file of its own. `takeover` says whether it is watched.
        Audited, without user and password.

        409 `layout_stale` if the file was changed since it was read; 422 with the field that is wrong.
        """

        def note(detail: Mapping[str, object]) -> None:
            self._audit.append(who=operator, action="setup.added", subject=body.id, detail=detail)

        return present(self._scout.add(body.id, body.question(), digest=body.hash, before=note))

    def _note(self, operator: str, action: str) -> Note:
        def note(subject: str, detail: Mapping[str, object]) -> None:
            self._audit.append(who=operator, action=action, subject=subject, detail=detail)

        return note
