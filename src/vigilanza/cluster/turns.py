"""Who is next, where some have much to say and others one thing that matters."""

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Turns(Generic[Item]):
    """What waits of each sender, in its own order; senders take turns, one thing each."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[tuple[Item, int]]] = OrderedDict()
        self._count, self._size_bytes = 0, 0

    def __len__(self) -> int:
        return self._count

    @property
    def size_bytes(self) -> int:
        """Of all that waits."""
        return self._size_bytes

    def add(self, sender: str, item: Item, size_bytes: int) -> None:
        """Behind what waits of this sender."""
        self._waiting.setdefault(sender, deque()).append((item, size_bytes))
        self._count += 1
        self._size_bytes += size_bytes

    def take(self, most: int) -> list[Item]:
        """The next ones: whoever has something waits for no more than one thing of each other sender."""
        taken: list[Item] = []
        while self._waiting and len(taken) < most:
            sender, items = self._waiting.popitem(last=False)
            item, size_bytes = items.popleft()
            taken.append(item)
            self._count -= 1
            self._size_bytes -= size_bytes
            if items:
                self._waiting[sender] = items
        return taken

    def clear(self) -> None:
        """Nothing waits any more."""
        self._waiting.clear()
        self._count, self._size_bytes = 0, 0
