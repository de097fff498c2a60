"""The power goes, in the middle of whatever is being written."""

from vigilanza.lab.drill.box import torn
from vigilanza.lab.drill.box.box import Box
from vigilanza.lab.drill.box.needs import Needs
from vigilanza.lab.drill.kind import Kind

_TIMES = 3


def tear(box: Box) -> None:
    """All parts end at once; what nobody was promised to be on disk is cut or spoilt."""
    for _ in range(_TIMES):
        box.wait_for_work()
        box.wait(0.0, 1.5)
        box.stop()
        place = box.folder / "box"
        places = torn.tear_database(place / "vigilanza.db", box.chance)
        places += torn.tear_spool(place / "state" / "events.spool", box.recorded.kept, box.chance)
        places += torn.tear_media(place / "media", box.chance)
        box.faults["power cut"] += 1
        box.faults["torn place"] += places
        box.wait(0.0, 1.0)
        box.start()


def cut(box: Box) -> None:
    """All parts end at once, and the file system is left as it is: what fsync has not put there is gone."""
    disk = box.own_disk
    for _ in range(_TIMES):
        box.wait_for_work()
        box.wait(0.0, 1.5)
        box.stop(meanwhile=disk.cut)
        disk.unmount()
        box.faults["power cut"] += 1
        box.wait(0.0, 1.0)
        disk.mount()
        box.start()


TORN_WRITE = Kind("the power goes: what was being written is cut, or rubbish", tear)
POWER_CUT = Kind("the power goes: the file system keeps what fsync has put there", cut, Needs(disk_mb=64))
