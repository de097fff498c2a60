"""The orders a running watch knows: renewed by a thread of its own, kept while the journal is away, bounded."""

import threading
from collections.abc import Sequence

from tests.fakes import FakeClock
from vigilanza.app.orderbook import CAPACITY, LOOK_S, OrderBook
from vigilanza.domain.errors import JournalUnavailable
from vigilanza.domain.workorder import WorkOrder


def order(number: int) -> WorkOrder:
    return WorkOrder(f"WO-{number:04d}", "B.03.12", 0.0, 1e10)


class Answers:
    """The n-th question gets the n-th answer; after the last one the book is stopped."""

    def __init__(self, stop: threading.Event, *answers: Sequence[WorkOrder] | Exception) -> None:
        self.answers, self.stop = list(answers), stop
        self.asked_at: list[float] = []
        self.known_before: list[Sequence[WorkOrder]] = []
        self.book: OrderBook | None = None

    def __call__(self, now: float) -> Sequence[WorkOrder]:
        self.asked_at.append(now)
        assert self.book is not None
        self.known_before.append(self.book.known())
        answer = self.answers.pop(0)
        if not self.answers:
            self.stop.set()
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(*answers: Sequence[WorkOrder] | Exception) -> tuple[OrderBook, Answers]:
    stop = threading.Event()
    asked = Answers(stop, *answers)
    asked.book = OrderBook(needed=asked, clock=FakeClock())
    asked.book.run(stop)
    return asked.book, asked


def test_what_changes_in_the_journal_is_known_at_the_next_look() -> None:
    book, asked = run([], [order(1)], [order(2)])
    assert asked.known_before == [(), (), (order(1),)]
    assert book.known() == (order(2),)
    assert asked.asked_at[1] - asked.asked_at[0] == LOOK_S


def test_the_last_known_orders_stay_while_the_journal_is_away_or_broken() -> None:
    book, asked = run([order(1)], JournalUnavailable("away"), ZeroDivisionError("bug"), [])
    assert asked.known_before == [(), (order(1),), (order(1),), (order(1),)]
    assert book.known() == ()


def test_the_book_is_bounded_and_counts_what_it_leaves_out() -> None:
    book, _ = run([order(number) for number in range(CAPACITY + 3)])
    assert len(book.known()) == CAPACITY
    assert book.left_out == 3
