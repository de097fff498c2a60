"""Fetches what is wanted of the pictures of sites: of each site one file at a time, no faster than a line bears."""

import hashlib
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Protocol

import structlog

from vigilanza.clock import Clock
from vigilanza.cluster.pictureline import Inventory
from vigilanza.domain.errors import ClusterUnavailable, DispatchRefused, JournalUnavailable
from vigilanza.domain.picturerefusal import PictureRefusal, PictureRefused
from vigilanza.domain.picturerequest import RemotePicture
from vigilanza.store.media import MediaStore
from vigilanza.store.quarantine import Quarantine
from vigilanza.store.secondlook import SecondLooks
from vigilanza.store.sitepictures import PictureWish, SitePictures
from vigilanza.store.withdrawal import Withdrawal

log = structlog.get_logger(__name__)

LOOK_S = 0.5
SECOND_LOOK_S = 5.0
"""So often one sees whether a site is to be asked what it withdrew: of each one incident at a time."""
JOURNAL_S = 10.0
"""What cannot be noted is asked for again after so long."""
AT_ONCE, KEPT_AT_ONCE = 12, 4
"""So many sites, of these so many for what is merely kept: whoever waits does not wait behind slow ones of those."""
BYTES_PER_SECOND = 1_000_000
"""Of one site: what it has to tell goes beside it."""
LEAST_BYTES_PER_SECOND, LEAST_S = 8_000, 60.0
"""What takes longer is given up, and tried again later."""
SIZE_MAX_BYTES = 500_000_000
TIMES = 3
"""A piece that does not come is asked for so often before the site counts as away."""


class Asking(Protocol):
    """See PictureLine."""

    def inventory(self, wish: PictureWish) -> Inventory:
        """See PictureLine."""
        ...

    def piece(self, wish: PictureWish, sha256: str, offset: int) -> bytes:
        """See PictureLine."""
        ...


class PicturePost:
    """What is wanted is in the journal: nothing is missed after a restart. What was fetched in part is not kept."""

    def __init__(
        self,
        *,
        line: Asking,
        wishes: SitePictures,
        looks: SecondLooks,
        media: MediaStore,
        withdrawal: Withdrawal,
        quarantine: Quarantine,
        sites: Collection[str],
        folder: Path,
        clock: Clock,
    ) -> None:
        """`folder` is for what is on its way, and for nothing else."""
        self._line, self._wishes, self._looks = line, wishes, looks
        self._media, self._withdrawal = media, withdrawal
        self._quarantine, self._sites, self._folder, self._clock = quarantine, sites, folder, clock
        self._busy: dict[str, tuple[bool, Future[None]]] = {}
        """By site, whether somebody waits for it."""
        self._away = False
        self._looked_at = float("-inf")

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        rmtree(self._folder, ignore_errors=True)  # of one that was killed
        pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
        try:
            while not self._clock.wait(LOOK_S, stop):
                self._look(pool, stop)
        finally:
            pool.shutdown(wait=stop.is_set())  # whoever starts us anew does not wait for a slow line

    def _look(self, pool: ThreadPoolExecutor, stop: threading.Event) -> None:
        """Begin what is due and has a place; what nobody expected of what was begun is raised."""
        for site in [site for site, (_, one) in self._busy.items() if one.done()]:
            self._busy.pop(site)[1].result()
        idle = [site for site in self._sites if site not in self._busy]
        try:
            due = self._wishes.due(idle)
            looks = self._due_looks([site for site in idle if site not in due])
            self._away = False
        except JournalUnavailable as error:
            if not self._away:
                log.error("no pictures are fetched from sites for now", why=str(error))
            self._away = True
            return
        for site, wish in due.items():
            if self._has_place(waited_for=not wish.pinned):
                self._busy[site] = not wish.pinned, pool.submit(self._fulfil, self.run_once, wish, stop)
        for site, wish in looks.items():
            if self._has_place(waited_for=False):
                self._busy[site] = False, pool.submit(self._fulfil, self.look_again, wish, stop)

    def _due_looks(self, sites: Collection[str]) -> dict[str, PictureWish]:
        if self._clock.monotonic() - self._looked_at < SECOND_LOOK_S:
            return {}
        self._looked_at = self._clock.monotonic()
        return self._looks.due(sites)

    def _has_place(self, *, waited_for: bool) -> bool:
        kept = sum(not waited for waited, _ in self._busy.values())
        return len(self._busy) < AT_ONCE and (waited_for or kept < KEPT_AT_ONCE)

    def _fulfil(
        self, work: Callable[[PictureWish, threading.Event], None], wish: PictureWish, stop: threading.Event
    ) -> None:
        try:
            work(wish, stop)
        except JournalUnavailable as error:
            log.error("pictures of a site wait for the journal", site=wish.site, why=str(error))
            self._clock.wait(JOURNAL_S, stop)  # in the place of this site: until then nobody is asked in vain

    def run_once(self, wish: PictureWish, stop: threading.Event) -> None:
        """Fetch what is missing, or note why not. JournalUnavailable."""
        try:
            inventory = self._line.inventory(wish)
            self._wishes.learn(wish, inventory.listed)
            self._take_back(wish, inventory)
            missing = self._wishes.missing(wish)
            if not self._bring_all(wish, missing, stop):
                return
        except ClusterUnavailable as error:
            self._put_off(wish, None, str(error))
        except DispatchRefused as error:
            self._quarantine.count(wish.site, self._clock.now())
            self._put_off(wish, PictureRefusal.NOT_BELIEVED, str(error))
        except PictureRefused as error:
            self._put_off(wish, error.refusal, str(error))
        except OSError as error:
            why = f"no file can be written at the centre: {error.strerror or error}"
            self._put_off(wish, PictureRefusal.CENTRE_CANNOT_WRITE, why)
        else:
            self._wishes.rest(wish, brought=bool(missing))

    def look_again(self, wish: PictureWish, stop: threading.Event) -> None:  # noqa: ARG002 - as run_once
        """Delete what the site withdrew meanwhile; nothing is fetched. JournalUnavailable."""
        away = False
        try:
            self._take_back(wish, self._line.inventory(wish))
        except ClusterUnavailable as error:
            away, why = True, str(error)
        except DispatchRefused as error:
            self._quarantine.count(wish.site, self._clock.now())
            why = str(error)
        except (PictureRefused, OSError) as error:
            why = str(error)
        else:
            self._looks.looked(wish)
            return
        log.warning("not known what a site withdrew", site=wish.site, incident=str(wish.incident), why=why)
        self._looks.put_off(wish, away=away)

    def _take_back(self, wish: PictureWish, inventory: Inventory) -> None:
        if copies := self._wishes.withdrawn(wish, inventory.withdrawn):
            self._withdrawal.withdraw(copies, why="withdrawn at its site", who=f"site {wish.site}")

    def _put_off(self, wish: PictureWish, refusal: PictureRefusal | None, why: str) -> None:
        """None: the site is away."""
        log.warning("pictures not fetched", site=wish.site, incident=str(wish.incident), why=why)
        said = why if refusal in (None, PictureRefusal.OTHER) else str(refusal)
        self._wishes.put_off(wish, away=refusal is None, why=said)

    def _bring_all(self, wish: PictureWish, missing: Sequence[RemotePicture], stop: threading.Event) -> bool:
        """As many as can be had, whichever is not; then DispatchRefused or PictureRefused. False: see `_bring`."""
        refused: DispatchRefused | PictureRefused | None = None
        for picture in missing:
            try:
                if not self._bring(wish, picture, stop):
                    return False
            except (DispatchRefused, PictureRefused) as error:
                refused = error
        if refused is not None:
            raise refused
        return True

    def _bring(self, wish: PictureWish, picture: RemotePicture, stop: threading.Event) -> bool:
        """Keep it as one of ours; False if `stop` came first."""
        if picture.size_bytes > SIZE_MAX_BYTES:
            why = f"a file of {picture.size_bytes} bytes: allowed are {SIZE_MAX_BYTES}"
            raise PictureRefused(why, PictureRefusal.TOO_LARGE)
        self._folder.mkdir(parents=True, exist_ok=True)
        incoming = self._folder / f"{wish.incident}-{picture.sha256}"
        try:
            if not self._copy(wish, picture, incoming, stop):
                return False
            self._media.add(
                incident=wish.incident,
                kind=picture.kind,
                start=picture.start,
                end=picture.end,
                content=incoming,
                suffix=picture.suffix,
                covered=picture.covered,
            )
        finally:
            incoming.unlink(missing_ok=True)
        log.info("picture of a site", site=wish.site, kind=picture.kind, size_bytes=picture.size_bytes, by=wish.by)
        return True

    def _copy(self, wish: PictureWish, picture: RemotePicture, incoming: Path, stop: threading.Event) -> bool:
        """Never more than one piece of it is in memory. DispatchRefused if it is not what the site said."""
        digest, size, began = hashlib.sha256(), 0, self._clock.monotonic()
        with incoming.open("wb") as file:
            while size < picture.size_bytes:
                piece = self._piece(wish, picture.sha256, size, stop)
                if not piece:
                    break
                file.write(piece)
                digest.update(piece)
                size += len(piece)
                passed = self._clock.monotonic() - began
                if passed > max(LEAST_S, size / LEAST_BYTES_PER_SECOND):
                    raise ClusterUnavailable(f"the line of site {wish.site} is too slow")
                if self._clock.wait(max(0.0, size / BYTES_PER_SECOND - passed), stop):
                    return False
        if size != picture.size_bytes or digest.hexdigest() != picture.sha256:
            raise DispatchRefused(f"site {wish.site} gave other bytes than those it had told of")
        return True

    def _piece(self, wish: PictureWish, sha256: str, offset: int, stop: threading.Event) -> bytes:
        for _ in range(TIMES - 1):
            with suppress(ClusterUnavailable):
                return self._line.piece(wish, sha256, offset)
            if stop.is_set():
                break
        return self._line.piece(wish, sha256, offset)
