"""What a centre knows of its sites: where their messages come from, and who signs them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, Field

from vigilanza.cluster.link import NatsLink
from vigilanza.config.evidence import Ed25519File, PublicKeyFile, read_key, read_public_key
from vigilanza.config.fields import Identifier, Surroundings, Text
from vigilanza.config.nats import NatsPart, nats_problems
from vigilanza.config.part import STRICT
from vigilanza.config.place import AddressPart
from vigilanza.config.problem import Place, Problem
from vigilanza.domain.premises import Position
from vigilanza.store.evidence.signature import PublicKey, SigningKey


@dataclass(frozen=True, slots=True)
class RemoteSite:
    """A site as the centre knows it; each of `keys` is its own. Where it is, as in Premises."""

    id: str
    name: str
    keys: tuple[PublicKey, ...]
    address: str | None = None
    municipality: str | None = None
    istat: str | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """Whose messages are taken, and where from. `key` None: they get no work orders, and are not asked for pictures."""

    nats: NatsLink
    sites: tuple[RemoteSite, ...]
    key: SigningKey | None = None


class RemoteSitePart(AddressPart):
    """A site that sends what it records."""

    id: Annotated[Identifier, Field(description="Its site.id.")]
    name: Annotated[Text, Field(description="Its name, for people.")]
    public_key_files: Annotated[
        list[PublicKeyFile],
        Field(
            min_length=1,
            max_length=2,
            description="PEM file with the public half of its Ed25519 key; while that is changed, of both.",
        ),
    ]

    def settings(self, around: Surroundings) -> RemoteSite:
        """The document has passed every check."""
        keys = tuple(read_public_key(around.folder / key) for key in self.public_key_files)
        return RemoteSite(self.id, self.name, keys, self.address, self.municipality, self.istat, self.at())


class SitesPart(BaseModel):
    """This is the centre of other sites."""

    model_config = STRICT

    nats: Annotated[NatsPart, Field(description="The servers that keep what the sites send.")]
    key_file: Annotated[
        Ed25519File | None,
        Field(description="PEM file with the Ed25519 key that signs work orders for them, and requests for pictures."),
    ] = None
    sites: Annotated[list[RemoteSitePart], Field(min_length=1, max_length=5000, description="At least one.")]

    def settings(self, around: Surroundings) -> CentreSettings:
        """The document has passed every check."""
        sites = (one.settings(around) for one in self.sites)
        key = None if self.key_file is None else read_key(around.folder / self.key_file)
        return CentreSettings(self.nats.link(around), tuple(sites), key)


def crosscheck_centre(raw: dict[str, Any]) -> Iterator[Problem]:
    """A centre may have no cameras of its own; whatever else has one."""
    centre = raw.get("centre")
    if centre is None:
        if raw.get("cameras") in (None, []):
            yield Problem(("cameras",), "give at least one camera")
        return
    if not isinstance(centre, dict):
        return
    if isinstance(nats := centre.get("nats"), dict):
        yield from nats_problems(nats, ("centre", "nats"))
    destinations = raw.get("destinations")
    for index, one in enumerate(destinations if isinstance(destinations, list) else []):
        if isinstance(one, dict) and one.get("channel") == "centre":
            yield Problem(("destinations", index, "channel"), "a centre has none above it: let the sites name both")
    own = raw["site"].get("id") if isinstance(raw.get("site"), dict) else None
    seen = {own}
    sites = centre.get("sites")
    for index, one in enumerate(sites if isinstance(sites, list) else []):
        place: Place = ("centre", "sites", index, "id")
        name = one.get("id") if isinstance(one, dict) else None
        if not isinstance(name, str):
            continue
        if name in seen:
            yield Problem(place, f'"{name}" is already the id of another site, or of the centre itself')
        seen.add(name)
