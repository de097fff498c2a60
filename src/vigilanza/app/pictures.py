"""Pictures for those outside: the links that relay signs, and what web needs to know one by."""

from collections.abc import Callable

from sqlalchemy import Engine

from vigilanza.bridge.pictures import LinkedPictures, NoPictures, Pictures
from vigilanza.clock import Clock
from vigilanza.config import Config, Endpoint
from vigilanza.store.media import MediaStore
from vigilanza.store.releases import Releases
from vigilanza.web.pictures import LinkTerms


class PictureDesk:
    """What each destination may see, as it is configured."""

    def __init__(self, config: Config, *, engine: Engine, media: MediaStore, clock: Clock) -> None:
        self._web, self._clock = config.web, clock
        self._releases = Releases(engine=engine, store=media)

    def for_(self, endpoint: Endpoint) -> Pictures:
        """Links that hold as long as the destination's `pictures` says, if it says so."""
        url, key = self._web.public_url, self._web.pictures_key
        if endpoint.pictures is None or url is None or key is None:
            return NoPictures()
        return LinkedPictures(
            destination=endpoint.destination.id,
            releases=self._releases,
            public_url=url,
            key=key.reveal().encode(),
            seconds=endpoint.pictures,
            clock=self._clock,
        )


def link_terms(config: Config, wrong: Callable[[str], None]) -> LinkTerms:
    """Whom web shows pictures; `wrong` is told where wrong tokens come from."""
    key = config.web.pictures_key
    allowed = frozenset(one.destination.id for one in config.destinations if one.pictures is not None)
    return LinkTerms(None if key is None else key.reveal().encode(), allowed, wrong)
