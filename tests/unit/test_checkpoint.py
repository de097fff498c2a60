"""How a check point is written as text."""

import pytest

from vigilanza.store.evidence.checkpoint import from_texts


def test_base64_has_one_spelling() -> None:
    """The last letter of most has bits that carry nothing: flipped, they would not be found."""
    assert from_texts(1, "{}", "QQ==", "").signature == b"A"
    for signature, stamp in (("QR==", ""), ("QQ==", "QR==")):
        with pytest.raises(ValueError, match="carry nothing"):
            from_texts(1, "{}", signature, stamp)
