"""What protects less than was approved is noticed, and what protects more of both is in force."""

from dataclasses import replace
from typing import Any

import pytest

from vigilanza.domain.safeguards import Safeguards, Weak, strictest, weakenings

SEALED = {"id": "12", "role": "sealed", "leaf": [[0.1, 0.1], [0.3, 0.1], [0.3, 0.5]]}
OTHER = {"id": "13", "role": "neighbour", "leaf": [[0.4, 0.1], [0.5, 0.1], [0.5, 0.5]]}
MASK = [[0.5, 0.5], [0.7, 0.5], [0.7, 0.9], [0.5, 0.9]]
SMALLER = [[0.5, 0.5], [0.6, 0.5], [0.6, 0.9], [0.5, 0.9]]
LARGER = [[0.45, 0.45], [0.75, 0.45], [0.75, 0.95], [0.45, 0.95]]
COVER = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]]
CORNER = [[0.28, 0.1], [0.4, 0.1], [0.4, 0.15], [0.28, 0.15]]
CAMERA = {"id": "stairs", "source": "rtsp://10.0.0.1/main", "doors": [SEALED, OTHER], "masks": [MASK]}
CITY = {"id": "city", "kind": "municipal_vms", "channel": "webhook", "url": "https://city", "secret_env": "A"}
ROLES = {"vigilanza-op": "operator"}
OFFICE = {"issuer": "https://id.example", "client_id": "v", "client_secret_env": "S", "label": "Comune", "roles": ROLES}
VIEWERS = {"video vms": ["stairs"], "onvif_device vms": None}
OLD = Safeguards(24, False, {"stairs": CAMERA}, {"city": CITY}, VIEWERS, provider=OFFICE)


def seen(**changes: Any) -> Safeguards:
    return replace(OLD, cameras={"stairs": {**CAMERA, **changes}})


def told(**changes: Any) -> Safeguards:
    return replace(OLD, destinations={"city": {**CITY, **changes}})


def signing_in(**changes: Any) -> Safeguards:
    return replace(OLD, provider={**OFFICE, **changes})


WEAKER: list[tuple[Safeguards, Weak, str]] = [
    (replace(OLD, retention_hours=72), Weak.RETENTION, "24 h -> 72 h"),
    (replace(OLD, interiors_shown=True), Weak.INTERIORS, "black -> shown"),
    (replace(OLD, cameras={}), Weak.CAMERA_GONE, "stairs"),
    (seen(doors=[OTHER]), Weak.DOOR_GONE, "stairs 12: sealed -> -"),
    (seen(doors=[{**SEALED, "role": "other"}, OTHER]), Weak.DOOR_GONE, "stairs 12: sealed -> other"),
    (seen(masks=[MASK, COVER]), Weak.DOOR_HIDDEN, "stairs 12"),
    (seen(doors=[{**SEALED, "leaf": SMALLER}, OTHER]), Weak.DOOR_HIDDEN, "stairs 12"),
    (told(key_env="B"), Weak.DESTINATION_CHANGED, "- -> key_env=given"),
    (seen(masks=[]), Weak.MASK, "stairs 1"),
    (seen(masks=[SMALLER]), Weak.MASK, "stairs 1"),
    (replace(OLD, destinations={"city": CITY, "vms": {**CITY, "id": "vms"}}), Weak.DESTINATION_NEW, "https://city"),
    (told(url="https://elsewhere"), Weak.DESTINATION_CHANGED, "url=https://city -> url=https://elsewhere"),
    (told(pictures=True), Weak.DESTINATION_CHANGED, "- -> pictures=True"),
    (told(events=["entry"]), Weak.DESTINATION_CHANGED, "- -> events=['entry']"),
    (replace(OLD, destinations={}), Weak.DESTINATION_GONE, "url=https://city"),
    (replace(OLD, viewers={**OLD.viewers, "video press": ["stairs"]}), Weak.VIEWER, "video press: - -> stairs"),
    (replace(OLD, viewers={"video vms": None}), Weak.VIEWER, "video vms: stairs -> *"),
    (replace(OLD, viewers={"video vms": ["stairs", "cellar"]}), Weak.VIEWER, "stairs -> stairs, cellar"),
    (
        signing_in(issuer="https://else.example"),
        Weak.PROVIDER_CHANGED,
        "issuer=https://id.example -> issuer=https://else",
    ),
    (signing_in(roles={**ROLES, "all": "supervisor"}), Weak.PROVIDER_CHANGED, "'all': 'supervisor'}"),
    (signing_in(roles_claim="email"), Weak.PROVIDER_CHANGED, "https://id.example: - -> roles_claim=email"),
    (replace(OLD, provider={}), Weak.PROVIDER_GONE, "https://id.example: issuer=https://id.example, client_id=v"),
]


@pytest.mark.parametrize(("new", "kind", "words"), WEAKER)
def test_what_protects_less_is_told_and_does_not_count(new: Safeguards, kind: Weak, words: str) -> None:
    (weaker,) = weakenings(OLD, new)
    assert weaker.kind is kind
    assert words in weaker.words()
    counts = strictest(OLD, new)
    assert weakenings(OLD, counts) == ()
    assert weakenings(counts, new) == (weaker,)
    assert strictest(counts, new) == counts


STRONGER = [
    seen(masks=[LARGER]),
    seen(masks=[MASK, SMALLER]),
    seen(doors=[SEALED, {**OTHER, "role": "sealed"}]),
    seen(doors=[SEALED, OTHER, {**SEALED, "id": "14"}]),
    seen(source="rtsp://10.0.0.9/main"),
    seen(doors=[{**SEALED, "leaf": COVER}, OTHER]),
    seen(masks=[MASK, CORNER]),
    replace(OLD, cameras={"stairs": CAMERA, "cellar": {"id": "cellar", "source": "rtsp://10.0.0.2/main"}}),
    told(telephone="02 0208", secret_env="B", ca_file="ca.pem"),
    replace(OLD, viewers={"onvif_device vms": ["stairs"]}),
    signing_in(label="Municipio", client_secret_env="T", ca_file="ca.pem"),
]


@pytest.mark.parametrize("new", STRONGER)
def test_what_protects_no_less_counts_at_once(new: Safeguards) -> None:
    assert weakenings(OLD, new) == ()
    assert strictest(OLD, new) == new


def test_a_shorter_term_and_black_interiors_count_at_once() -> None:
    loose = replace(OLD, retention_hours=72, interiors_shown=True)
    assert strictest(loose, OLD) == OLD
    assert weakenings(loose, OLD) == ()


def test_who_may_open_what_masks_hide_takes_two_and_nobody_takes_none() -> None:
    first, other = (
        replace(OLD, originals=["DPO (a.pem)", "PL (b.pem)"]),
        replace(OLD, originals=["X (x.pem)", "Y (y.pem)"]),
    )
    for old, new in ((OLD, first), (first, other)):
        assert [one.kind for one in weakenings(old, new)] == [Weak.ORIGINALS]
        assert not strictest(old, new).originals
    assert weakenings(first, OLD) == ()
    assert strictest(first, OLD) == OLD


def test_who_else_says_who_signs_in_takes_two_but_where_it_was_no_safeguard_yet() -> None:
    none = replace(OLD, provider={})
    assert [one.kind for one in weakenings(none, OLD)] == [Weak.PROVIDER_NEW]
    assert strictest(none, OLD) == none
    before = replace(OLD, provider=None)
    for new in (OLD, none):
        assert weakenings(before, new) == ()
        assert strictest(before, new) == new


def test_what_is_new_counts_beside_what_waits() -> None:
    door = {**SEALED, "id": "14"}
    counts = strictest(OLD, seen(doors=[door], masks=[SMALLER], source="rtsp://10.0.0.9/main"))
    camera = counts.cameras["stairs"]
    assert [one["id"] for one in camera["doors"]] == ["14", "12"]
    assert camera["masks"] == [MASK, SMALLER]
    assert camera["source"] == "rtsp://10.0.0.9/main"


def test_a_mask_that_hides_a_sealed_door_waits_and_the_others_count() -> None:
    counts = strictest(OLD, seen(masks=[COVER, CORNER, LARGER]))
    assert counts.cameras["stairs"]["masks"] == [LARGER]
    swapped = strictest(OLD, seen(masks=[COVER, SMALLER]))
    assert swapped.cameras["stairs"]["masks"] == [MASK, SMALLER]


@pytest.mark.parametrize("doors", [[OTHER], [{**SEALED, "role": "other"}, OTHER]])
def test_a_door_that_was_taken_out_is_not_hidden_by_a_mask_of_the_same_edit(doors: list[dict[str, Any]]) -> None:
    camera = strictest(OLD, seen(doors=doors, masks=[MASK, COVER])).cameras["stairs"]
    assert SEALED in camera["doors"]
    assert camera["masks"] == [MASK]


def test_a_new_camera_may_be_given_its_name_at_a_destination_and_no_other_one_another() -> None:
    named = replace(OLD, destinations={"city": {**CITY, "cameras": {"stairs": "S"}}})
    more = replace(OLD, destinations={"city": {**CITY, "cameras": {"stairs": "S", "cellar": "C"}}})
    other = replace(OLD, destinations={"city": {**CITY, "cameras": {"stairs": "X", "cellar": "C"}}})
    for old in (OLD, named):
        assert strictest(old, more).destinations == more.destinations
        assert weakenings(old, more) == ()
    assert strictest(more, other).destinations == more.destinations
    assert strictest(more, named).destinations == more.destinations


@pytest.mark.parametrize("step", [0.001, 0.0001])
def test_a_mask_cannot_recede_step_by_step(step: float) -> None:
    counts = OLD
    for number in range(1, round(0.04 / step)):
        edge = 0.7 - number * step
        mask = [[0.5, 0.5], [edge, 0.5], [edge, 0.9], [0.5, 0.9]]
        counts = strictest(counts, seen(masks=[mask]))
    assert weakenings(counts, seen(masks=[mask]))
    assert weakenings(OLD, counts) == ()


def test_cameras_and_destinations_keep_the_order_of_the_file() -> None:
    one, two = {"id": "a", "source": "x"}, {"id": "b", "source": "y"}
    old = Safeguards(24, False, {"a": one, "b": two, "c": one}, {"a": CITY, "b": CITY}, {})
    counts = strictest(old, Safeguards(24, False, {"b": two, "a": one}, {"b": CITY, "a": CITY}, {}))
    assert list(counts.cameras) == ["b", "a", "c"]
    assert list(counts.destinations) == ["b", "a"]
