"""Whom an operator may telephone, in the configuration."""

from pathlib import Path

import pytest

from tests.unit.test_config_privacy import loaded
from vigilanza.domain.errors import ConfigError

CARETAKER = "{id: caretaker, name: Custode, telephone: 02 1}"


def test_those_besides_the_destinations_are_read(tmp_path: Path) -> None:
    [found] = loaded(tmp_path, f"phone_book: [{CARETAKER}]").phone_book
    assert (found.id, found.telephone) == ("caretaker", "02 1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"phone_book: [{CARETAKER}, {CARETAKER}]", 'phone_book[1].id: "caretaker" is already the id of phone_book[0]'),
        (
            "destinations: [{id: caretaker}]\nphone_book: [" + CARETAKER + "]",
            'phone_book[0].id: "caretaker" is already the id of a destination',
        ),
    ],
)
def test_a_call_is_noted_under_one_name(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert told in str(caught.value)
