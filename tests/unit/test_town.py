"""What happens in a simulated town: seeded, as often as is said, and as a real site would tell it."""

from collections import Counter, defaultdict

import pytest

from vigilanza.domain.events import Phase, event_from_json, event_to_json
from vigilanza.lab.sites.occasion import DAY_S, OCCASIONS, PEAK
from vigilanza.lab.sites.town import Happening, Town

BEGAN = 1_795_000_000.0
TOWN = Town(sites=20, doors=12)


def play(factor: float = 5000.0, seconds: float = 40.0, seed: int = 7) -> list[Happening]:
    return list(TOWN.happenings(factor=factor, seconds=seconds, seed=seed, began=BEGAN))


def test_the_same_seed_gives_the_same_events_and_another_one_others() -> None:
    assert play() == play()
    assert {one.event.id for one in play()}.isdisjoint(one.event.id for one in play(seed=8))


def test_events_come_as_often_as_the_busiest_hour_has_them() -> None:
    found = len(play()) / 40.0
    assert found == pytest.approx(5000 * TOWN.peak_rate(), rel=0.1)
    doors = TOWN.sites * TOWN.doors
    told = sum(occasion.per_door_day * len(occasion.story) for occasion in OCCASIONS)
    assert TOWN.peak_rate() == pytest.approx(doors * told * PEAK / DAY_S)


def test_each_incident_is_told_from_its_first_event_to_its_last_in_order() -> None:
    incidents: defaultdict[object, list[Happening]] = defaultdict(list)
    for one in play():
        incidents[one.event.incident].append(one)
    for told in incidents.values():
        assert [one.event.sequence for one in told] == list(range(len(told)))
        assert [one.event.phase is Phase.CLOSED for one in told] == [False] * (len(told) - 1) + [True]
        assert len({(one.site, one.event.camera, one.event.door) for one in told}) == 1
        assert len(told[-1].event.evidence) == len(told)
        assert all(one.event.at == pytest.approx(BEGAN + one.at_s) for one in told)
    lengths = Counter(len(told) for told in incidents.values())
    assert set(lengths) <= {len(occasion.story) for occasion in OCCASIONS}
    assert {2, 3} <= set(lengths)


def test_sites_and_doors_are_all_there_and_events_are_what_a_site_can_send() -> None:
    found = play()
    assert {one.site for one in found} == set(TOWN.names)
    assert {one.event.door.rpartition(".")[2] for one in found if one.event.door} == {f"{n:02}" for n in range(12)}
    assert all(event_from_json(event_to_json(one.event)) == one.event for one in found)
