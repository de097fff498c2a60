"""Our own centre, by way of NATS."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from vigilanza.cluster.link import NatsLink
from vigilanza.config.channels.destination import DestinationPart
from vigilanza.config.evidence import Ed25519File, PublicKeyFile, read_key, read_public_key
from vigilanza.config.fields import Surroundings
from vigilanza.config.nats import NatsPart, nats_problems
from vigilanza.config.problem import Place, Problem
from vigilanza.store.evidence.signature import PublicKey, SigningKey

_NOT_TAKEN = ("events", "quiet_hours", "per_minute", "fallback", "standby")


@dataclass(frozen=True, slots=True)
class CentreLink:
    """Where the stream is, and what signs what goes into it. `centre_keys`: whose work orders are taken,
    and whose requests for pictures.
    """

    nats: NatsLink
    key: SigningKey
    centre_keys: tuple[PublicKey, ...] = ()


class CentrePart(DestinationPart):
    """The centre of many sites: it gets all there is, at once, as it was recorded."""

    channel: Annotated[Literal["centre"], Field(description="Signed records through NATS JetStream.")]
    kind: Annotated[  # type: ignore[assignment]  # narrower than what the others may be
        Literal["centre"], Field(description="Our own: gets everything.")
    ]
    nats: Annotated[NatsPart, Field(description="The servers at the centre.")]
    key_file: Annotated[
        Ed25519File, Field(description="PEM file with the Ed25519 key that signs what this site tells.")
    ]
    public_key_files: Annotated[
        list[PublicKeyFile] | None,
        Field(
            min_length=1,
            max_length=2,
            description="PEM file with the public half of the centre's key, which signs work orders and requests for "
            "pictures; while that is changed, of both.",
        ),
    ] = None

    def link(self, around: Surroundings) -> CentreLink:
        keys = tuple(read_public_key(around.folder / file) for file in self.public_key_files or ())
        return CentreLink(self.nats.link(around), read_key(around.folder / self.key_file), keys)

    @classmethod
    def crosscheck(cls, raw: dict[str, Any], place: Place) -> Iterator[Problem]:
        yield from super().crosscheck(raw, place)
        if isinstance(nats := raw.get("nats"), dict):
            yield from nats_problems(nats, (*place, "nats"))
        for key in _NOT_TAKEN:
            if raw.get(key) not in (None, False):
                yield Problem((*place, key), "the centre gets everything, at once: leave it out")
