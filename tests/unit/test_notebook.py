"""What a channel notes is there after a restart, once per destination. On both databases."""

from sqlalchemy import Engine

from vigilanza.store.notebook import Notebook


def _next(text: str | None) -> str:
    return str(1 if text is None else int(text) + 1)


def test_a_note_is_changed_from_what_it_was_and_read_by_the_next_process(engine: Engine) -> None:
    book = Notebook(engine, "arc")
    assert book.read("sequence") is None
    assert [book.change("sequence", _next) for _ in range(3)] == ["1", "2", "3"]
    assert Notebook(engine, "arc").read("sequence") == "3"
    assert Notebook(engine, "other").read("sequence") is None


def test_a_note_can_be_removed(engine: Engine) -> None:
    book = Notebook(engine, "arc")
    book.change("sequence", _next)
    assert book.change("sequence", lambda _: None) is None
    assert book.read("sequence") is None
