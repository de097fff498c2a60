"""What masks hide, kept for two persons together to see."""

from uuid import UUID

import structlog

from vigilanza.capture.original import originals
from vigilanza.capture.ring import Recording
from vigilanza.domain.errors import JournalUnavailable, RecordingError
from vigilanza.store.evidence.envelope import KeyHolder, seal
from vigilanza.store.media import MediaStore
from vigilanza.store.originals import is_original_kept

log = structlog.get_logger(__name__)


class Originals:
    """Nobody opens them here: the keys are elsewhere. One thread's."""

    def __init__(self, *, media: MediaStore, holders: tuple[KeyHolder, KeyHolder]) -> None:
        self._media, self._holders = media, holders
        self.failed = 0

    def keep(self, incident: UUID, recording: Recording) -> None:
        """The same once. If it cannot be kept that is counted, and the masked clip is all there is."""
        try:
            there = self._media.for_incident(incident)
            for piece, content in originals(recording):
                if is_original_kept(there, piece.start, piece.end):
                    continue
                self._media.add(
                    incident=incident,
                    kind="original",
                    start=piece.start,
                    end=piece.end,
                    content=seal(content, self._holders),
                    suffix=".cms",
                )
        except (RecordingError, JournalUnavailable, OSError) as error:
            self.failed += 1
            log.error("original not kept, the masked clip is", incident=str(incident), why=str(error))
