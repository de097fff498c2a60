"""Events as JSON, evidence in words, decisions."""

import json
import re
from dataclasses import replace
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilanza.domain.decision import CONFIRMING_AVS, Decision, RejectReason
from vigilanza.domain.events import Event, EventKind, Phase, Severity, event_from_json, event_to_json
from vigilanza.domain.evidence import Evidence
from vigilanza.domain.language import Language
from vigilanza.domain.observation import Fact

LANGUAGES: tuple[Language, ...] = get_args(Language)
NOT_NEUTRAL = re.compile(
    r"occupant|abusiv|reat[oi]|crimin|delinquent|ladr[oi]|sospett|squatter|intrud|intrus|thief|burglar|suspect|offend"
    r"|perpetrat|illegal|crime|zingar|nomad",
    re.IGNORECASE,
)
TIMES = st.floats(0, 4e9, allow_nan=False)
NAMES = st.text(min_size=1, max_size=20)
EVIDENCE = st.builds(
    Evidence,
    fact=st.sampled_from(Fact),
    at=TIMES,
    seconds=st.floats(0, 1e6),
    confidence=st.floats(0, 1),
    count=st.integers(1, 40),
)
EVENTS = st.builds(
    Event,
    id=st.uuids(),
    incident=st.uuids(),
    sequence=st.integers(0, 10_000),
    kind=st.sampled_from(EventKind),
    severity=st.sampled_from(Severity),
    phase=st.sampled_from(Phase),
    camera=NAMES,
    door=st.none() | NAMES,
    at=TIMES,
    evidence=st.lists(EVIDENCE, max_size=4).map(tuple),
    order=st.none() | NAMES,
)
EXAMPLE = Event(
    id=UUID(int=1),
    incident=UUID(int=2),
    sequence=0,
    kind=EventKind.DOOR_OPENED,
    severity=Severity.ALARM,
    phase=Phase.FORCED,
    camera="stairs-3",
    door="B.03.12",
    at=1_795_000_000.0,
    evidence=(Evidence(Fact.LEAF_CHANGED, 1_794_999_998.0, 2.0, 0.9),),
)


@given(event=EVENTS)
def test_an_event_survives_json(event: Event) -> None:
    assert event_from_json(json.loads(json.dumps(event_to_json(event)))) == event


def test_an_event_without_an_order_says_nothing_of_orders() -> None:
    assert "order" not in event_to_json(EXAMPLE)
    assert event_to_json(replace(EXAMPLE, order="WO-1")) == event_to_json(EXAMPLE) | {"order": "WO-1"}


@given(evidence=EVIDENCE)
def test_evidence_survives_json(evidence: Evidence) -> None:
    assert Evidence.from_json(json.loads(json.dumps(evidence.to_json()))) == evidence


def test_one_is_no_count_and_evidence_of_before_counts_as_one() -> None:
    one = Evidence(Fact.PERSON_AT_DOOR, 1.0, 2.0, 0.9)
    assert "count" not in one.to_json()
    assert Evidence.from_json({"fact": "person_at_door", "at": 1.0, "seconds": 2.0, "confidence": 0.9}) == one
    assert Evidence(Fact.PERSON_AT_DOOR, 1.0, 2.0, 0.9, 3).to_json()["count"] == 3


@pytest.mark.parametrize("key", event_to_json(EXAMPLE))
def test_an_event_with_a_part_missing_is_refused(key: str) -> None:
    raw = event_to_json(EXAMPLE)
    del raw[key]
    with pytest.raises(KeyError):
        event_from_json(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "no uuid"},
        {"sequence": "first"},
        {"kind": "burnt"},
        {"severity": "loud"},
        {"phase": ""},
        {"at": "noon"},
        {"evidence": [{}]},
        {"evidence": [{"fact": "smell", "at": 0, "seconds": 0, "confidence": 0}]},
    ],
    ids=str,
)
def test_an_event_with_a_wrong_part_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        event_from_json(event_to_json(EXAMPLE) | wrong)


@pytest.mark.parametrize(
    "wrong", [{"id": None}, {"id": 5}, {"at": None}, {"sequence": []}, {"evidence": None}], ids=str
)
def test_a_part_of_another_type_is_refused_as_promised(wrong: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError)):
        event_from_json(event_to_json(EXAMPLE) | wrong)


def test_severities_are_ordered() -> None:
    assert [severity.rank for severity in (Severity.INFO, Severity.ATTENTION, Severity.ALARM, Severity.CRITICAL)] == [
        *range(4)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_can_be_said_and_no_two_sound_alike(language: Language) -> None:
    said = [Evidence(fact, 0.0, 0.0, 1.0).say(language) for fact in Fact]
    assert all(words.strip() == words and words for words in said)
    assert len(set(said)) == len(Fact)


@pytest.mark.parametrize("fact", Fact)
def test_the_two_languages_differ_and_are_neutral_about_people(fact: Fact) -> None:
    words = [Evidence(fact, 0.0, 0.0, 1.0).say(language) for language in LANGUAGES]
    assert len(set(words)) == len(LANGUAGES)
    assert not [text for text in words if NOT_NEUTRAL.search(text)]


def test_how_long_is_said_only_if_it_was_longer_than_a_moment() -> None:
    assert Evidence(Fact.HAND_ON_LEAF, 0.0, 6.2, 1.0).say("en").startswith("hands on the leaf for 6")
    assert Evidence(Fact.HAND_ON_LEAF, 0.0, 6.2, 1.0).say("it").startswith("mani sull'anta per 6")
    assert Evidence(Fact.VIEW_FROZEN, 0.0, 0.4, 1.0).say("en") == "picture frozen"


@given(
    avs=st.none() | st.integers(-3, 8), reason=st.none() | st.sampled_from(RejectReason), operator=st.text(max_size=5)
)
def test_a_decision_confirms_or_rejects_and_names_who_took_it(
    avs: int | None, reason: RejectReason | None, operator: str
) -> None:
    wrong = (avs is None) == (reason is None) or (avs is not None and avs not in CONFIRMING_AVS) or not operator.strip()
    if wrong:
        with pytest.raises(ValueError, match=r"decision|AVS"):
            Decision(uuid4(), operator, 0.0, avs=avs, reason=reason)
    else:
        assert Decision(uuid4(), operator, 0.0, avs=avs, reason=reason).confirmed == (avs is not None)


def test_a_decision_has_a_reproducible_id() -> None:
    incident = uuid4()
    first = Decision(incident, "anna", 100.0, avs=2)
    assert first.id == Decision(incident, "anna", 100.0, reason=RejectReason.TEST).id
    others = [Decision(incident, "bruno", 100.0, avs=2), Decision(incident, "anna", 100.1, avs=2)]
    others.append(Decision(uuid4(), "anna", 100.0, avs=2))
    assert len({first.id, *(other.id for other in others)}) == 4
