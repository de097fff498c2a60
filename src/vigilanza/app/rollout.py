"""The configurations of many sites: checked together, and written out as one whole file for each of them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from vigilanza.app.wholefile import write_whole
from vigilanza.config import Config, advice, layers, read_config, require_assessment
from vigilanza.domain.edition import edition_of
from vigilanza.domain.errors import ConfigError


@dataclass(frozen=True, slots=True)
class SiteFile:
    """One site's: `raw` is what its box is to have."""

    path: Path
    config: Config
    raw: bytes

    @property
    def name(self) -> str:
        """Of the file that its box is to have."""
        return f"{self.config.site.id}.yaml"


def check_all(paths: Sequence[Path], *, defaults: Path | None, console: Console) -> int:
    """Print a line for each; 0. ConfigError lists everything that is wrong with any of them.

    Secrets and files lie at the sites: nobody looks for them.
    """
    table = Table("site", "name", "cameras", "doors", "configuration", box=None, pad_edge=False)
    warnings: list[str] = []
    for site in _read_all(paths, defaults):
        doors = sum(len(camera.doors) for camera in site.config.cameras)
        place = site.config.site
        table.add_row(place.id, place.name, str(len(site.config.cameras)), str(doors), edition_of(site.raw))
        warnings += [f"warning: {site.path}: {line}" for line in advice(site.config, offline=True)]
    console.print(table)
    for line in warnings:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    said = "All are valid, as far as that can be said from here: a site looks for its secrets and files by itself."
    console.print(said, highlight=False)
    return 0


def roll_out(paths: Sequence[Path], *, defaults: Path | None, into: Path, console: Console) -> int:
    """Write them into the folder `into`, what has changed, and print a line for each; 0.

    ConfigError: nothing was written, for one of them is wrong; or the folder cannot be.
    """
    table = Table("site", "file", "configuration", "", box=None, pad_edge=False)
    sites = _read_all(paths, defaults)
    try:
        for site in sites:
            file = into / site.name
            before = file.read_bytes() if file.exists() else None
            if before != site.raw:
                write_whole(file, site.raw)
            what = "new" if before is None else "as before" if before == site.raw else "changed"
            table.add_row(site.config.site.id, str(file), edition_of(site.raw), what)
    except OSError as error:
        raise ConfigError(f"{into}: cannot be written: {error.strerror}") from error
    console.print(table)
    for name in sorted({file.name for file in into.glob("*.yaml")} - {site.name for site in sites}):
        console.print(f"{into / name}: of no site named here", highlight=False, markup=False, soft_wrap=True)
    return 0


def rolled_out(folder: Path) -> dict[str, str]:
    """The configuration that each site is to run, by its id. ConfigError if the folder cannot be read."""
    try:
        return {file.stem: edition_of(file.read_bytes()) for file in sorted(folder.iterdir()) if file.suffix == ".yaml"}
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be read: {error.strerror}") from error


def _read_all(paths: Sequence[Path], defaults: Path | None) -> list[SiteFile]:
    """In their order."""
    found: list[SiteFile] = []
    wrong: list[str] = []
    for path in paths:
        try:
            found.append(_read(path, defaults))
        except ConfigError as error:
            wrong += [line for line in str(error).splitlines() if line not in wrong]
    wrong += _doubled(found)
    if wrong:
        raise ConfigError("\n".join(wrong))
    return found


def _read(path: Path, defaults: Path | None) -> SiteFile:
    sheets = layers(path, defaults=defaults)
    config = read_config(sheets, path, environ={}, offline=True)
    require_assessment(config)
    return SiteFile(path, config, sheets.written())


def _doubled(sites: Sequence[SiteFile]) -> list[str]:
    by_id: defaultdict[str, list[Path]] = defaultdict(list)
    for site in sites:
        by_id[site.config.site.id].append(site.path)
    return [
        f"{others[0]}: site.id: {name} is also that of {first}" for name, (first, *others) in by_id.items() if others
    ]
