"""Has the running parts take over what the configuration's file says, once it was found good."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import Engine

from vigilanza.app.concern import concerned, fixed
from vigilanza.app.lull import Lull
from vigilanza.app.memory import open_memory
from vigilanza.app.replacement import Replacement
from vigilanza.app.safeguards import settle, settled
from vigilanza.app.takeovertold import ACCEPTED, tell
from vigilanza.app.wholefile import write_whole
from vigilanza.clock import Clock
from vigilanza.config import Config, in_force, load, require_assessment
from vigilanza.domain.errors import ConfigError, JournalUnavailable, VigilanzaError
from vigilanza.domain.takeover import Stage, Takeover
from vigilanza.store.safeguards import SafeguardBook

log = structlog.get_logger(__name__)

LOOK_S, WAIT_S, CHECK_S = 1.0, 0.1, 120.0
PUT_OFF_S, MADE_S = 5.0, 10.0
"""So often it is looked whether something still happens; and so long the last clip of it takes to be made."""
FIRST_WAIT_S, LONGEST_WAIT_S = 60.0, 3600.0
"""Before what was refused is tried again, as something beside the file may have been mended: doubled each time. With
what costs the cameras' sight that is done once.
"""


class NotTaken(VigilanzaError):
    """The file cannot be taken over; the message says why."""


class NotStayed(NotTaken):
    """A part did not stay with it: nobody saw the cameras for a moment, for nothing."""


@dataclass(frozen=True, slots=True)
class Version:
    """The file's SHA-256, and how far two persons have approved what protects less."""

    digest: str
    approved: int


@dataclass(frozen=True, slots=True)
class Standing:
    """The file's bytes, what they say, and what counts of it."""

    raw: bytes
    written: Config
    counts: Config

    @property
    def digest(self) -> str:
        """SHA-256 in hex."""
        return _digest(self.raw)


class Successor:
    """One thread runs it, beside the Supervisor. Nothing changes before the whole file was found good.

    All or nothing: if one part does not stay with the new file, those before it go back to the former one, too.
    """

    def __init__(
        self,
        config: Config,
        *,
        environ: Mapping[str, str],
        clock: Clock,
        replace_part: Callable[[Replacement], None],
        complaint: Callable[[Path], str | None] | None = None,
    ) -> None:
        """`config` with its accepted copy, as the parts were started; `replace_part`: see Supervisor.replace.

        `complaint` says what is wrong with a file that names another network, if anything.
        """
        self._config, self._path, self._copy = config, config.path, config.storage.state / ACCEPTED
        self._former = self._copy.with_name(f"{ACCEPTED}.former")
        self._environ, self._clock, self._replace_part = environ, clock, replace_part
        self._complaint = complaint or partial(complaint_of, environ=environ)
        memory = open_memory(config, clock=clock)
        self._engine: Engine = memory.engine
        self._lull = Lull(memory.journal.open_incidents, quiet_s=config.clips.after + MADE_S, clock=clock)
        self._book = SafeguardBook(engine=self._engine, clock=clock)
        self._in_force = Standing(self._copy.read_bytes(), config, config)
        self._done: Version | None = None
        self._seen: Version | None = None
        self._again, self._wait = float("inf"), FIRST_WAIT_S
        self._told = Takeover(Stage.PENDING)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. ConfigError."""
        counts = settled(self._config, environ=self._environ, clock=self._clock)
        self._in_force = replace(self._in_force, counts=counts)
        self._tell(Takeover(Stage.IN_FORCE, self._in_force.digest, self._clock.now()))
        while not self._clock.wait(LOOK_S, stop):
            self.look(stop)
        self._engine.dispose()

    def look(self, stop: threading.Event) -> None:
        """Take over what is new, once it was the same at two looks: editors write in several steps."""
        try:
            raw = self._path.read_bytes()
        except OSError:
            raw = b""
        try:
            now = Version(_digest(raw), self._book.number())
            if now == self._done and self._clock.monotonic() < self._again:
                return
            if now != self._seen:
                self._seen = now
            else:
                self._take(raw, now, stop)
        except JournalUnavailable as error:
            if _digest(raw) != self._in_force.digest:
                self._tell(Takeover(Stage.PENDING, _digest(raw), why=f"waits for the database: {error}"))

    def _take(self, raw: bytes, version: Version, stop: threading.Event) -> None:
        """JournalUnavailable: what is left to do is done at a later look."""
        if version != self._done:
            self._wait = FIRST_WAIT_S
        try:
            new = self._judged(raw)
            parts = concerned(self._in_force.counts, new.counts)
            if "watch" in parts and not self._lull.has_come():
                self._put_off(version)
                return
            if not self._replace(new, parts, stop):
                return
            former, self._in_force = self._in_force, new
        except NotTaken as error:
            in_vain = isinstance(error, NotStayed) and self._wait > FIRST_WAIT_S
            self._again = float("inf") if in_vain else self._clock.monotonic() + self._wait
            self._wait = min(2 * self._wait, LONGEST_WAIT_S)
            self._tell(Takeover(Stage.REFUSED, version.digest, self._clock.now(), str(error)))
        else:
            settle(new.written, self._book)
            self._again = float("inf")
            if parts or new.digest != former.digest or self._told.stage is not Stage.IN_FORCE:
                self._tell(Takeover(Stage.IN_FORCE, version.digest, self._clock.now()))
        self._done = version

    def _put_off(self, version: Version) -> None:
        """What happens at a door is seen to its end, and kept whole."""
        self._done, self._again = version, self._clock.monotonic() + PUT_OFF_S
        self._tell(Takeover(Stage.PENDING, version.digest, self._clock.now()))

    def _judged(self, raw: bytes) -> Standing:
        """What it would come to. NotTaken; JournalUnavailable."""
        written = self._in_force.written if raw == self._in_force.raw else self._checked(raw)
        try:
            counts = in_force(written, self._book.counting(written.safeguards), environ=self._environ)
        except ConfigError as error:
            raise NotTaken(str(error)) from error
        return Standing(raw, written, counts)

    def _checked(self, raw: bytes) -> Config:
        """As by `vigilanza check`. NotTaken if it is wrong, or no longer what it was."""
        try:
            written = load(self._path, environ=self._environ, raw=raw or None)
            require_assessment(written)
            other = written.detection != self._in_force.written.detection
            if other and (complaint := self._complaint(self._path)) is not None:
                raise NotTaken(complaint)
            if self._path.read_bytes() != raw:
                raise NotTaken("the file was changed again meanwhile")
        except (ConfigError, OSError) as error:
            raise NotTaken(str(error)) from error
        if keys := fixed(self._in_force.written, written):
            raise NotTaken(f"{', '.join(keys)}: another value needs a restart of vigilanza")
        return replace(written, accepted=self._copy)

    def _replace(self, new: Standing, parts: Sequence[str], stop: threading.Event) -> bool:
        """One part after the other. False if `stop` came first; NotTaken once all is as it was."""
        is_other = new.raw != self._in_force.raw
        if is_other:
            self._lay(new.raw)
        if parts:
            self._tell(Takeover(Stage.PENDING, new.digest, self._clock.now()))
        for number, name in enumerate(parts):
            stayed = self._succeed(name, self._put_back if is_other else lambda: None, stop)
            if stayed is None:
                return False
            if not stayed:
                kept = [before for before in parts[:number] if self._succeed(before, lambda: None, stop) is False]
                now = f"{', '.join(kept)} goes on with it: restart vigilanza" if kept else "all is as it was before"
                raise NotStayed(f"{name} does not stay with it: its log says why; {now}")
        return True

    def _lay(self, new: bytes) -> None:
        """Beside the former copy, which takes no room any more when it is put back. NotTaken."""
        try:
            write_whole(self._former, self._in_force.raw, private=True)
            write_whole(self._copy, new, private=True)
        except OSError as error:
            raise NotTaken(f"{self._copy} cannot be written: {error.strerror}") from error

    def _put_back(self) -> None:
        try:
            self._former.replace(self._copy)
        except OSError as error:
            log.critical("the former configuration cannot be put back: restart vigilanza", why=error.strerror)

    def _succeed(self, name: str, undo: Callable[[], None], stop: threading.Event) -> bool | None:
        """Whether the part's new process stayed; None if `stop` came first."""
        replacement = Replacement(name, undo=undo)
        self._replace_part(replacement)
        while not replacement.done.is_set():
            if self._clock.wait(WAIT_S, stop):
                return None
        return replacement.stayed

    def _tell(self, takeover: Takeover) -> None:
        """To the page, and where it says anything new to the log."""
        if (takeover.stage, takeover.digest, takeover.why) == (self._told.stage, self._told.digest, self._told.why):
            return
        self._told = takeover
        tell(self._config.storage.state, takeover)
        if takeover.stage is Stage.REFUSED:
            told = "the configuration is not taken over: mend the file, or put the former one back"
            log.error(told, file=str(self._path), why=takeover.why)
        else:
            log.info("configuration", stage=takeover.stage.value, sha256=takeover.digest[:12], why=takeover.why)


def complaint_of(path: Path, *, environ: Mapping[str, str]) -> str | None:
    """What `vigilanza check` finds wrong; in a process of its own, as it opens the network that finds people."""
    command = [sys.executable, "-m", "vigilanza", "check", str(path)]
    try:
        done = subprocess.run(
            command, env=dict(environ), stdin=subprocess.DEVNULL, capture_output=True, timeout=CHECK_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"it cannot be checked: {error}"
    return None if done.returncode == 0 else done.stderr.decode(errors="replace").strip() or "it cannot be checked"


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
