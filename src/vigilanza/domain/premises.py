"""Where things are: what an alert must say so that somebody finds the door."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vigilanza.domain.flagrance import FLAGRANTE_SECONDS
from vigilanza.domain.language import Language, pick


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84: degrees, and metres above the sea if known."""

    latitude: float
    longitude: float
    altitude_m: float | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """One flat. `zone` is its number in alarm centres, unique in the site; the others are as people read them."""

    id: str
    stair: str | None = None
    floor: str | None = None
    number: str | None = None
    zone: int | None = None

    def words(self, language: Language = "it") -> str:
        """As an address goes on, e.g. "scala B, piano 3, interno 12"; empty if nothing is known."""
        names = pick(language, "scala piano interno", "stair floor flat").split()
        named = zip(names, (self.stair, self.floor, self.number), strict=True)
        return ", ".join(f"{word} {value}" for word, value in named if value)


@dataclass(frozen=True, slots=True)
class Premises:
    """One site, its units by code and its cameras in the order of the configuration.

    `address` is street and number, `istat` the municipality's code (015146 is Milano), `manager` who looks after the
    block (ALER, MM), `timezone` an IANA name, `production` False where no alert may be taken for a real one,
    `flagrante_seconds` how long the window of *flagranza* lasts. `sites`: of a centre, by their ids.
    """

    site: str
    name: str
    timezone: str = "Europe/Rome"
    address: str | None = None
    municipality: str | None = None
    istat: str | None = None
    manager: str | None = None
    position: Position | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)
    cameras: tuple[str, ...] = ()
    production: bool = False
    flagrante_seconds: float = FLAGRANTE_SECONDS
    sites: Mapping[str, "Premises"] = field(default_factory=dict)

    def whose(self, *names: str | None) -> "Premises":
        """Where a door, or else a camera, is: at a centre, whose doors and cameras are SITE/NAME, not here.

        Of a site that it does not know any more there is only the id.
        """
        site, slash, _ = next((name for name in names if name), "").partition("/")
        return self.sites.get(site, Premises(site, site, self.timezone)) if slash and self.sites else self

    def unit(self, code: str | None) -> Unit | None:
        """The flat behind a door; None for a camera's own incident. A flat that nobody described has only its code."""
        return None if code is None else self.units.get(code, Unit(code))

    def place(self, code: str | None, language: Language = "it") -> str:
        """One line to find the door by, e.g. "Milano, via Esempio 4, scala B, piano 3, interno 12"."""
        unit = self.unit(code)
        told = (self.municipality, self.address or self.name, unit.words(language) or unit.id if unit else "")
        return ", ".join(part for part in told if part)
