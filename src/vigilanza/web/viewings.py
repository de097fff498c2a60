"""Who looked at what on the page: written before it is shown (promise 10)."""

from vigilanza.domain.errors import JournalUnavailable
from vigilanza.store.viewings import ViewingBook
from vigilanza.web.problem import Problem


class Viewings:
    """A ViewingBook whose refusal is an answer of the page."""

    def __init__(self, book: ViewingBook) -> None:
        self._book = book

    @property
    def forgotten(self) -> int:
        """See ViewingBook."""
        return self._book.forgotten

    def write(self, operator: str, action: str, subject: str) -> None:
        """In the chain, on disk, when this returns; Problem 503 if not: then nothing may be shown."""
        try:
            self._book.write(operator, action, subject)
        except JournalUnavailable as error:
            raise Problem(503, "audit_unavailable", "the audit chain does not answer: nothing is shown") from error

    def end(self, operator: str, action: str, subject: str, seconds: float) -> None:
        """See ViewingBook."""
        self._book.end(operator, action, subject, seconds)
