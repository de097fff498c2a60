"""What masks hide, kept for two persons together to see."""

from uuid import UUID

import structlog

from vigilanza.capture.original import originals
from vigilanza.capture.ring import Recording
from vigilanza.domain.errors import JournalUnavailable, RecordingError
from vigilanza.store.evidence.envelope import KeyHolder, seal
from vigilanza.store.media import MediaStore

log = structlog.get_logger(__name__)


class Originals:
    """Nobody opens them here: the keys are elsewhere. One thread's."""

    def __init__(self, *, media: MediaStore, holders: tuple[KeyHolder, KeyHolder]) -> None:
        self._media, self._holders = media, holders
        self.lost = 0

    def keep(self, incident: UUID, recording: Recording) -> bool:
        """False if it could not be kept: then the masked clip is all there is."""
        try:
            for piece, content in originals(recording):
                self._media.add(
                    incident=incident,
                    kind="original",
                    start=piece.start,
                    end=piece.end,
                    content=seal(content, self._holders),
                    suffix=".cms",
                )
        except (RecordingError, JournalUnavailable, OSError) as error:
            self.lost += 1
            log.error("original not kept, the masked clip is", incident=str(incident), why=str(error))
            return False
        return True
