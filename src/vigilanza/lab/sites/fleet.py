"""All simulated sites, connected to the centre's NATS server from one thread."""

import asyncio
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from random import Random
from types import TracebackType

from vigilanza.clock import Clock
from vigilanza.cluster.link import NatsLink
from vigilanza.lab.sites.remote_site import RemoteSite, Sent
from vigilanza.lab.sites.town import Happening
from vigilanza.store.database import open_database
from vigilanza.store.evidence.signature import SigningKey
from vigilanza.store.notebook import Notebook

_AT_ONCE = 50


class Fleet:
    """From `with` to the end of it; the sites keep up their lines and give signs of life all the time."""

    def __init__(
        self,
        keys: Iterable[tuple[str, SigningKey]],
        *,
        link: Callable[[str], NatsLink],
        folder: Path,
        seed: int,
        clock: Clock,
    ) -> None:
        """`keys`: that of each site; `link`: the way in of a site; `folder` gets what the sites must remember."""
        random = Random(seed)
        self._engine = open_database(f"sqlite:///{folder / 'sites.db'}")
        self.sent: list[Sent] = []
        self._clock = clock
        self._sites = {
            name: RemoteSite(
                name,
                key=key,
                options=link(name).options() | {"name": name},
                notebook=Notebook(self._engine, name),
                clock=clock,
                phase=random.random(),
                note=self.sent.append,
            )
            for name, key in keys
        }
        self._living: list[asyncio.Future[None]] = []
        self._played: Future[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sites", daemon=True)

    @property
    def pulses(self) -> int:
        """Signs of life so far, of all sites."""
        return sum(one.pulses for one in self._sites.values())

    @property
    def attempts_failed(self) -> int:
        """How often a site had to try again."""
        return sum(one.attempts_failed for one in self._sites.values())

    def __enter__(self) -> "Fleet":
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(), self._loop).result()
        return self

    def play(self, happenings: Sequence[Happening], *, began: float) -> "Future[None]":
        """Done once the stream has all of them. `began`: by the monotonic clock."""
        self._played = asyncio.run_coroutine_threadsafe(self._tell(happenings, began), self._loop)
        return self._played

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._played is not None:
            self._played.cancel()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._engine.dispose()

    async def _begin(self) -> None:
        room = asyncio.Semaphore(_AT_ONCE)

        async def join(site: RemoteSite) -> None:
            async with room:
                await site.join()

        await asyncio.gather(*(join(site) for site in self._sites.values()))
        self._living = [asyncio.ensure_future(site.live()) for site in self._sites.values()]

    async def _tell(self, happenings: Sequence[Happening], began: float) -> None:
        apart: dict[str, list[Happening]] = defaultdict(list)
        for one in happenings:
            apart[one.site].append(one)
        await asyncio.gather(*(self._sites[name].tell(told, began=began) for name, told in apart.items()))

    async def _end(self) -> None:
        for one in self._living:
            one.cancel()
        await asyncio.gather(*self._living, return_exceptions=True)
        await asyncio.gather(*(site.leave() for site in self._sites.values()))
        await self._loop.shutdown_asyncgens()
