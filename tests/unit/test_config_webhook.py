"""How a webhook is signed, what token goes along, and under which name its agreement is asked."""

import base64
from pathlib import Path

import pytest

from tests.unit.test_config_errors import DESTINATION, GOOD, WEBHOOK_SECRET, complaint
from vigilanza.config import Config, WebhookLink, load

PRIVATE = "whsk_" + base64.b64encode(b"0123456789abcdef" * 2).decode()
MORE = DESTINATION.replace("}", ", bearer_token_env: VMS_TOKEN, request_origin: aler.example.org}")


def loaded(folder: Path, environ: dict[str, str]) -> Config:
    path = folder / "cameras.yaml"
    path.write_text(GOOD + MORE, "utf-8")
    return load(path, environ=environ)


@pytest.mark.parametrize("secret", [WEBHOOK_SECRET, PRIVATE], ids=["shared", "our own"])
def test_secrets_of_both_kinds_and_what_goes_along(tmp_path: Path, secret: str) -> None:
    link = loaded(tmp_path, {"VMS_SECRET": secret, "VMS_TOKEN": "mF_9.B5f-4.1JqM=="}).destinations[0].link
    assert isinstance(link, WebhookLink)
    assert [one.reveal() for one in link.secrets] == [secret]
    assert link.bearer is not None
    assert (link.bearer.reveal(), link.origin) == ("mF_9.B5f-4.1JqM==", "aler.example.org")


@pytest.mark.parametrize("token", ["two words", "a=b", "line\r\nbreak", "ü"])
def test_a_token_that_no_header_can_carry_is_refused_and_not_repeated(tmp_path: Path, token: str) -> None:
    told = complaint(tmp_path, GOOD + MORE, {"VMS_SECRET": WEBHOOK_SECRET, "VMS_TOKEN": token})
    assert "destinations[0].bearer_token_env: the value of the environment variable VMS_TOKEN is wrong" in told
    assert token not in told


@pytest.mark.parametrize("secret", ["whsk_", "whsk_QUFB", "whpk_" + PRIVATE[5:], PRIVATE + "="])
def test_a_bad_key_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    told = complaint(tmp_path, GOOD + DESTINATION, {"VMS_SECRET": secret})
    assert "destinations[0].secret_env: the value of the environment variable VMS_SECRET is wrong" in told
    assert len(secret) < 6 or secret not in told


@pytest.mark.parametrize("name", ["https://aler.example.org", "-x", "a b", ""])
def test_an_origin_is_a_dns_name(tmp_path: Path, name: str) -> None:
    document = GOOD + DESTINATION.replace("}", f', request_origin: "{name}"}}')
    assert "destinations[0].request_origin" in complaint(tmp_path, document, {"VMS_SECRET": WEBHOOK_SECRET})
