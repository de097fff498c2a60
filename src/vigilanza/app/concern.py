"""Which parts a change of the configuration concerns, and what of it a running box cannot take over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from vigilanza.app.parts import parts_of
from vigilanza.config import Config, Web
from vigilanza.domain.delivery import Destination
from vigilanza.domain.safeguards import Safeguards

_NOTHING = Safeguards(retention_hours=0, interiors_shown=False, cameras={}, destinations={}, viewers={})
_PAGE = Web(host="", port=0)


def concerned(old: Config, new: Config) -> tuple[str, ...]:
    """The parts that have to begin anew, eyes first; both as they count: see `in_force`."""
    there = parts_of(new)
    return tuple(name for name in _OF_USE if name in there and _OF_USE[name](old) != _OF_USE[name](new))


def fixed(old: Config, new: Config) -> tuple[str, ...]:
    """What differs and needs a restart of the whole, in the file's words."""
    return tuple(_fixed(old, new))


def _fixed(old: Config, new: Config) -> Iterator[str]:
    for key in ("database", "database_password", "media", "state"):
        if getattr(old.storage, key) != getattr(new.storage, key):
            yield f"storage.{key}"
    for key in ("cameras", "centre", "video"):
        if bool(getattr(old, key)) != bool(getattr(new, key)):
            yield key


def _known(config: Config) -> Config:
    """Without what only says where the rest comes from."""
    return replace(config, accepted=None, safeguards=_NOTHING)


def _watched(config: Config) -> tuple[Config, Sequence[Destination]]:
    """Without what only others use: of destinations it knows who they are."""
    none = replace(_known(config), phone_book=(), plans=(), units=(), evidence=None, onvif_device=None, cap_office=None)
    none = replace(none, video=None, web=_PAGE, centre=None, destinations=())
    return none, [one.destination for one in config.destinations]


def _taken_in(config: Config) -> Config:
    """Without what only the page and its evidence use."""
    return replace(_known(config), phone_book=(), plans=(), evidence=None)


def _shown(config: Config) -> Config:
    """Without what only the page and who hears other sites use."""
    return replace(_taken_in(config), centre=None)


def _told(config: Config) -> Config:
    """Without what is drawn, unless live pictures or doors are told of."""
    if config.onvif_device is not None:
        return _shown(config)
    return replace(_shown(config), cameras=tuple(replace(one, doors=(), masks=()) for one in config.cameras))


_OF_USE: Mapping[str, Callable[[Config], object]] = {
    "watch": _watched,
    "centre": _taken_in,
    "video": _shown,
    "web": _known,
    "relay": _told,
}
"""By part, what of the configuration it uses; what nobody took out here counts as used."""
