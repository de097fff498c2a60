"""Which boxes give no sign of life."""

from vigilanza.domain.silence import GRACE_LOOKS, LOOKS, Silence


def test_a_box_is_silent_after_so_many_looks_without_a_new_sign() -> None:
    silence = Silence()
    silence.note({"a": 1, "b": 1})
    for number in range(2, LOOKS + 1):
        silence.note({"a": number, "b": 1})
        assert silence.alive() == {"a", "b"}
    silence.note({"a": LOOKS + 1, "b": 1})
    assert silence.alive() == {"a"}
    silence.note({"a": LOOKS + 2, "b": 2})
    assert silence.alive() == {"a", "b"}


def test_after_nothing_could_be_seen_for_a_while_more_looks_are_granted() -> None:
    silence = Silence()
    silence.note({"a": 1})
    silence.note({"a": 1})
    silence.begin_anew()
    for _ in range(GRACE_LOOKS - 1):
        silence.note({"a": 1})
        assert silence.alive() == {"a"}
    silence.note({"a": 1})
    assert silence.alive() == frozenset()


def test_a_box_that_is_not_in_the_table_any_more_is_silent_and_forgotten() -> None:
    silence = Silence()
    silence.note({"a": 1, "b": 1})
    for number in range(2, LOOKS + 1):
        silence.note({"a": number})
        assert silence.alive() == {"a", "b"}
    silence.note({"a": LOOKS + 1})
    assert silence.alive() == {"a"}
    silence.note({"a": LOOKS + 2, "b": 1})
    assert silence.alive() == {"a", "b"}
