"""The disk is full, stands still, or lets nobody write."""

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.kind import Kind

_NEEDS = Needs(disk_mb=64)


def fill(box: Box) -> None:
    """Not a byte is left, for some seconds; twice."""
    disk = box.own_disk
    box.wait_for_work()
    for _ in range(2):
        box.wait(0.2, 1.5)
        disk.fill()
        box.faults["disk full"] += 1
        box.wait(1.0, 5.0)
        disk.empty()


def refuse(box: Box) -> None:
    """An error makes it read-only; a while later somebody has the machine start again."""
    disk = box.own_disk
    box.wait_for_work()
    box.wait(0.2, 1.5)
    disk.abort()
    box.faults["disk read-only"] += 1
    box.wait(2.0, 6.0)
    box.stop()
    disk.unmount()
    box.wait(0.0, 1.0)
    disk.mount()
    box.start()


def slow(box: Box) -> None:
    """Whatever is written takes seconds, again and again."""
    disk = box.own_disk
    box.wait_for_work()
    box.wait(0.2, 1.0)
    for _ in range(5):
        disk.freeze()
        box.faults["disk still"] += 1
        box.wait(0.5, 4.0)
        disk.thaw()
        box.wait(0.0, 0.3)


DISK_FULL = Kind("not a byte is left on the disk", fill, _NEEDS, told="full|No space left")
DISK_READ_ONLY = Kind(
    "the disk lets nobody write any more", refuse, _NEEDS, told="readonly|read-only|Read-only|disk I/O"
)
DISK_SLOW = Kind("whatever is written takes seconds", slow, _NEEDS)
