"""Topic expressions of both dialects, and what is no such expression."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.onvif_site import envelope
from vigilanza.bridge import onvif_words as topics
from vigilanza.bridge.onvif_device.filter import CONCRETE, CONCRETE_SET, EXPRESSION_MAX, TopicFilter, read_filter
from vigilanza.bridge.onvif_device.soap import Fault, Request
from vigilanza.bridge.onvif_device.topicset import OFFERED

SCENE, BLURRY, LOST, FORCED = topics.SCENE, topics.BLURRY, topics.LOST, topics.FORCED
OF_VIEW = {topics.SCENE, topics.BLURRY, topics.DARK, topics.LOST, topics.FROZEN}


def wanted(text: str, dialect: str | None = CONCRETE_SET, more: str = "", declared: str = "") -> set[str]:
    """The topics that one expression takes."""
    named = "" if dialect is None else f' Dialect="{dialect}"'
    expression = f"<wsnt:TopicExpression{named}{declared}>{text}</wsnt:TopicExpression>"
    body = f"<tev:Filter>{expression}{more}</tev:Filter>"
    asked = envelope(f"<tev:CreatePullPointSubscription>{body}</tev:CreatePullPointSubscription>")
    chosen = read_filter(Request.parse(asked, path="/", base=""))
    return {topic for topic in OFFERED if chosen.takes(topic)}


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        (FORCED, {FORCED}),
        (f" {SCENE} | {LOST} ", {SCENE, LOST}),
        ("tns1:VideoSource//.", OF_VIEW),
        ("tns1:VideoSource/ImageTooBlurry//.", {BLURRY}),
        (f"{FORCED}//.", {FORCED}),
        (f"tns1:VideoSource//.|{FORCED}", {*OF_VIEW, FORCED}),
        ("tns1:RuleEngine/vgz:SealedDoor//.", {FORCED}),
        ("tns1:RuleEngine//.", {FORCED, topics.DECIDED, topics.INSIDE, topics.LOITERS}),
    ],
)
def test_expressions_of_a_set(text: str, taken: set[str]) -> None:
    assert wanted(text) == taken


@pytest.mark.parametrize("dialect", [CONCRETE, None], ids=["concrete", "unnamed"])
def test_a_concrete_expression_is_one_path(dialect: str | None) -> None:
    assert wanted(FORCED, dialect) == {FORCED}
    for text in (f"{SCENE}|{LOST}", "tns1:VideoSource//."):
        with pytest.raises(Fault) as raised:
            wanted(text, dialect)
        assert raised.value.subcode == "wsnt:InvalidTopicExpressionFault"


def test_prefixes_are_those_that_the_asker_declared() -> None:
    declared = ' xmlns:o="http://www.onvif.org/ver10/topics"'
    assert wanted("o:VideoSource/SignalLoss", declared=declared) == {LOST}
    stolen = ' xmlns:tns1="urn:somebody-else"'
    with pytest.raises(Fault) as raised:
        wanted(LOST, declared=stolen)
    assert raised.value.subcode == "wsnt:TopicNotSupportedFault"


@pytest.mark.parametrize(
    ("text", "dialect", "subcode"),
    [
        ("tns1:UserAlarm/GeneralAlarm", CONCRETE_SET, "wsnt:TopicNotSupportedFault"),
        ("tns1:VideoSource", CONCRETE_SET, "wsnt:TopicNotSupportedFault"),
        (f"{FORCED}|tns1:Nothing", CONCRETE_SET, "wsnt:TopicNotSupportedFault"),
        ("tns1:VideoSource/*", CONCRETE_SET, "wsnt:InvalidTopicExpressionFault"),
        ("none:VideoSource", CONCRETE_SET, "wsnt:InvalidTopicExpressionFault"),
        ("", CONCRETE_SET, "wsnt:InvalidTopicExpressionFault"),
        ("||", CONCRETE_SET, "wsnt:InvalidTopicExpressionFault"),
        ("//.", CONCRETE_SET, "wsnt:InvalidTopicExpressionFault"),
        ("a/" * EXPRESSION_MAX, CONCRETE_SET, "wsnt:InvalidTopicExpressionFault"),
        (FORCED, "http://docs.oasis-open.org/wsn/t-1/TopicExpression/Full", "wsnt:TopicExpressionDialectUnknownFault"),
    ],
)
def test_what_cannot_be_filtered_by_is_refused(text: str, dialect: str, subcode: str) -> None:
    with pytest.raises(Fault) as raised:
        wanted(text, dialect)
    assert raised.value.subcode == subcode


def test_filters_of_another_kind_are_refused_and_several_count_together() -> None:
    content = '<wsnt:MessageContent Dialect="x">true()</wsnt:MessageContent>'
    with pytest.raises(Fault) as raised:
        wanted(FORCED, more=content)
    assert raised.value.subcode == "wsnt:InvalidFilterFault"
    also = f'<wsnt:TopicExpression Dialect="{CONCRETE_SET}">tns1:RuleEngine//.</wsnt:TopicExpression>'
    assert wanted(f"{FORCED}|{LOST}", more=also) == {FORCED}


def test_without_a_filter_everything_is_wanted() -> None:
    bare = Request.parse(envelope("<tev:CreatePullPointSubscription/>"), path="/", base="")
    assert read_filter(bare) == TopicFilter(None)


@given(
    chosen=st.lists(st.tuples(st.sampled_from(OFFERED), st.integers(1, 4), st.booleans()), min_size=1, max_size=6),
    between=st.sampled_from(["|", " | ", "\n|\t"]),
)
def test_a_set_takes_what_any_of_its_paths_takes_and_nothing_else(
    chosen: list[tuple[str, int, bool]], between: str
) -> None:
    paths, taken = [], set[str]()
    for topic, steps, is_cut in chosen:
        above = "/".join(topic.split("/")[:steps]) if is_cut else topic
        paths.append(f"{above}//." if is_cut else above)
        taken |= {one for one in OFFERED if one == above or (is_cut and one.startswith(f"{above}/"))}
    assert wanted(between.join(paths)) == taken


@given(st.text(alphabet="tns1vgz:/.|*[]()@ \u0301RuleEngineVideoSource", max_size=40))
def test_whatever_is_asked_is_a_set_of_ours_or_refused(text: str) -> None:
    taken, refused = set[str](), ""
    try:
        taken = wanted(text)
    except Fault as error:
        refused = error.subcode
    assert taken <= set(OFFERED)
    assert bool(taken) is not bool(refused)
    assert refused in ("", "wsnt:InvalidTopicExpressionFault", "wsnt:TopicNotSupportedFault")
