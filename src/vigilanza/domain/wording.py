"""What a person may write into a field that is kept: one line."""

from vigilanza.domain.errors import FieldRefused


def check_line(field: str, text: str, longest: int, refusal: type[FieldRefused]) -> None:
    """`refusal` unless `text` is one line of 1 to `longest` printable characters."""
    if not text.strip():
        raise refusal(field, "must not be empty")
    if len(text) > longest or not text.isprintable():
        raise refusal(field, f"is one line of at most {longest} characters")
