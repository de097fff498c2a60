"""Which box of a site watches which camera."""

from dataclasses import replace

from vigilanza.domain.lease import (
    OFFERS_AT_ONCE,
    Lease,
    LeaseState,
    LeaseTable,
    Stand,
    decide,
    duties,
    given_back,
    shares,
    state_of,
)

CAMERAS = tuple(f"cam-{number:02}" for number in range(1, 13))
BOXES = ("a", "b", "c")


def stand(box: str, *, alive: tuple[str, ...] = BOXES, capacity: int = 12, resting: bool = True) -> Stand:
    return Stand(box, capacity, CAMERAS, frozenset(alive), resting=frozenset(CAMERAS) if resting else frozenset())


def held(table: LeaseTable, box: str) -> list[str]:
    return [name for name, lease in table.leases.items() if lease.holder == box]


def unheld(table: LeaseTable, by: Stand) -> list[str]:
    return [name for name in CAMERAS if state_of(name, table, box=by.box, alive=by.alive) is LeaseState.NOBODY]


def wrote(table: LeaseTable, by: Stand) -> LeaseTable:
    """As the store takes it: with the next revision."""
    after = decide(table, by)
    return table if after == table else replace(after, revision=table.revision + 1)


def settled(table: LeaseTable, *stands: Stand) -> LeaseTable:
    """After all have written as often as they want to."""
    while True:
        before = table
        for one in stands:
            table = wrote(table, one)
        if table == before:
            return table


def test_the_first_box_takes_what_it_has_room_for_and_the_rest_is_known_to_be_unheld() -> None:
    alone = stand("a", alive=("a",), capacity=5)
    table = settled(LeaseTable(), alone)
    assert held(table, "a") == list(CAMERAS[:5])
    assert unheld(table, alone) == list(CAMERAS[5:])
    assert table.boxes == {"a": 5}


def test_boxes_that_begin_together_divide_the_cameras_without_a_quarrel() -> None:
    table = LeaseTable(boxes=dict.fromkeys(BOXES, 12), revision=3)
    first = [decide(table, stand(box)) for box in BOXES]
    claimed = [set(held(one, box)) for one, box in zip(first, BOXES, strict=True)]
    assert [len(one) for one in claimed] == [4, 4, 4]
    assert set.union(*claimed) == set(CAMERAS)


def test_the_share_is_in_proportion_to_the_room() -> None:
    assert shares(12, {"a": 12, "b": 6, "c": 6}) == {"a": 6, "b": 3, "c": 3}
    assert shares(40, {"a": 16, "b": 16}) == {"a": 16, "b": 16}
    assert shares(1, {"a": 16, "b": 16}) == {"a": 1, "b": 0}


def test_the_cameras_of_a_box_that_is_silent_go_to_the_others_each_claims_its_part() -> None:
    table = settled(LeaseTable(boxes=dict.fromkeys(BOXES, 12)), *map(stand, BOXES))
    lost = held(table, "b")
    after = settled(table, stand("a", alive=("a", "c")), stand("c", alive=("a", "c")))
    assert {after.leases[name].holder for name in lost} == {"a", "c"}
    assert len(held(after, "a")) == len(held(after, "c")) == 6
    assert "b" not in after.boxes
    assert all(after.leases[name].token > table.leases[name].token for name in lost)


def test_only_the_silent_lose_anything() -> None:
    table = settled(LeaseTable(boxes=dict.fromkeys(BOXES, 12)), *map(stand, BOXES))
    assert decide(table, stand("a")) == table
    assert set(held(decide(table, stand("a", alive=("a", "c"))), "c")) == set(held(table, "c"))


def test_a_box_that_joins_is_offered_cameras_at_rest_and_takes_those_it_has_seen() -> None:
    alone, joins = stand("a", alive=("a",)), stand("b", alive=("a", "b"))
    table = wrote(settled(LeaseTable(), alone), replace(joins, resting=frozenset()))
    assert held(table, "b") == []
    busy = replace(stand("a", alive=("a", "b")), resting=frozenset(CAMERAS[:3]))
    table = wrote(table, busy)
    offered = {name for name, lease in table.leases.items() if lease.heir == "b"}
    assert len(offered) == OFFERS_AT_ONCE
    assert offered <= busy.resting
    assert all(table.leases[name].holder == "a" for name in offered), "watched by the former one until it is taken"
    assert duties(table, joins) == dict.fromkeys(offered, False)
    blind = replace(joins, resting=frozenset())
    assert decide(table, blind) == table
    table = wrote(table, joins)
    assert set(held(table, "b")) == offered
    assert duties(table, joins) == dict.fromkeys(offered, True)


def test_in_the_end_each_has_its_share_and_all_is_still() -> None:
    table = settled(LeaseTable(), stand("a", alive=("a",)))
    table = settled(table, *map(stand, BOXES))
    assert [len(held(table, box)) for box in BOXES] == [4, 4, 4]
    assert not any(lease.heir for lease in table.leases.values())


def test_an_offer_is_taken_back_when_something_happens_or_the_heir_does_not_come_or_is_silent() -> None:
    table = wrote(settled(LeaseTable(), stand("a", alive=("a",))), stand("b", alive=("a", "b"), resting=False))
    both = stand("a", alive=("a", "b"))
    table = wrote(table, both)
    offered = frozenset(name for name, lease in table.leases.items() if lease.heir)
    for changed in (
        replace(both, resting=both.resting - offered),
        replace(both, refused=offered),
        replace(both, alive=frozenset({"a"})),
    ):
        after = decide(table, changed)
        assert all(after.leases[name] == Lease("a", table.leases[name].token) for name in offered)


def test_nobody_offers_to_a_box_without_room_and_nobody_takes_more_than_it_has_room_for() -> None:
    small, large = stand("b", alive=("a", "b"), capacity=2), stand("a", alive=("a", "b"))
    table = wrote(settled(LeaseTable(), stand("a", alive=("a",))), small)
    table = settled(table, large, small)
    assert len(held(table, "b")) == 1
    alone = replace(small, alive=frozenset({"b"}))
    after = settled(table, alone)
    assert len(held(after, "b")) == 2
    assert len(unheld(after, alone)) == 10


def test_what_is_given_back_is_claimed_at_once() -> None:
    table = settled(LeaseTable(boxes=dict.fromkeys(BOXES, 12)), *map(stand, BOXES))
    left = given_back(table, "b")
    assert not held(left, "b")
    assert {lease.holder for lease in settled(left, stand("a"), stand("c")).leases.values()} == {"a", "c"}


def test_the_heir_of_a_box_that_is_silent_goes_first() -> None:
    warm = CAMERAS[-1]
    leases = {name: Lease("a", 1) for name in CAMERAS} | {warm: Lease("a", 1, heir="c")}
    table = LeaseTable(leases, dict.fromkeys(BOXES, 12), 2)
    assert warm in held(decide(table, stand("c", alive=("b", "c"))), "c")
    assert warm not in held(decide(table, stand("b", alive=("b", "c"))), "b")


def test_what_a_box_watches_and_nobody_holds_it_goes_on_watching_and_claims() -> None:
    """The server has forgotten everything."""
    watching = replace(stand("c"), watching=frozenset(CAMERAS[:2]))
    empty = LeaseTable(boxes=dict.fromkeys(BOXES, 12))
    assert duties(empty, watching) == dict.fromkeys(CAMERAS[:2], True)
    assert set(CAMERAS[:2]) <= set(held(decide(empty, watching), "c"))


def test_what_somebody_else_holds_is_no_duty_any_more() -> None:
    watching = replace(stand("a"), watching=frozenset(CAMERAS[:2]))
    table = LeaseTable({CAMERAS[0]: Lease("b", 7), CAMERAS[1]: Lease("a", 5)}, dict.fromkeys(BOXES, 12), 8)
    assert duties(table, watching) == {CAMERAS[1]: True}


def test_a_camera_taken_out_of_the_configuration_is_forgotten_by_its_holder_only() -> None:
    leases = {"gone": Lease("a", 1), "elsewhere": Lease("b", 1)}
    table = LeaseTable(leases, dict.fromkeys(BOXES, 12), 1)
    assert "gone" not in decide(table, stand("a")).leases
    assert "elsewhere" in decide(table, stand("a")).leases
    assert "gone" not in duties(table, stand("a"))


def test_how_a_camera_stands_as_a_box_sees_it() -> None:
    leases = {"cam-01": Lease("a", 1), "cam-02": Lease("a", 1, heir="b"), "cam-03": Lease("gone", 1, heir="b")}
    table = LeaseTable(leases, dict.fromkeys(BOXES, 12), 1)
    alive = frozenset(BOXES)
    seen = {box: [state_of(name, table, box=box, alive=alive).name for name in CAMERAS[:4]] for box in BOXES}
    assert seen == {
        "a": ["HELD", "OFFERED", "NOBODY", "NOBODY"],
        "b": ["ELSEWHERE", "TAKING", "NOBODY", "NOBODY"],
        "c": ["ELSEWHERE", "ELSEWHERE", "NOBODY", "NOBODY"],
    }


def test_an_urgent_offer_ends_when_its_holder_sees_again_or_nobody_has_room() -> None:
    blind = replace(stand("a", alive=("a", "b"), resting=False), blind=frozenset({"cam-01"}))
    table = settled(
        LeaseTable(boxes={"a": 12, "b": 12}), replace(blind, blind=frozenset()), stand("b", alive=("a", "b"))
    )
    table = wrote(table, blind)
    offered = [name for name, lease in table.leases.items() if lease.urgent]
    assert offered == ["cam-01"] == [name for name, lease in table.leases.items() if lease.heir]
    assert duties(table, stand("b"))["cam-01"] is True
    assert decide(table, blind) == table
    full = LeaseTable(table.leases, {"a": 12, "b": 6}, table.revision)
    for after in (decide(table, replace(blind, blind=frozenset())), decide(full, blind)):
        assert after.leases["cam-01"] == Lease("a", table.leases["cam-01"].token)
