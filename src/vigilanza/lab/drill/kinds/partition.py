"""Nobody whom alerts go to can be reached."""

from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.kind import Kind


def partition(box: Box) -> None:
    """All at once: some refuse connections, the others take them and never answer; then they come back one by one."""
    box.wait_for_work()
    box.wait(0.0, 1.0)
    silent = [party for party in box.parties if box.chance.random() < 0.5]
    gone = [party for party in box.parties if party not in silent]
    for party in silent:
        party.freeze()
    for party in gone:
        party.down()
    box.faults["all receivers away"] += 1
    box.wait(3.0, 15.0)
    for party in silent:
        party.thaw()
        box.wait(0.0, 1.0)
    for party in gone:
        party.up()
        box.wait(0.0, 1.0)


PARTITION = Kind("no receiver can be reached", partition)
