"""Standard Webhooks signatures."""

import base64
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from tests.house.tree import ROOT
from tests.samples import BEGAN
from tests.webhook import ALERT, SECRET
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.signature import Signer
from vigilanza.clock import SystemClock
from vigilanza.domain.delivery import Alert
from vigilanza.domain.errors import ConfigError


def test_a_signature_is_of_this_attempt() -> None:
    """Standard Webhooks 1.0.0, test vector."""
    signer = Signer(["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="])
    headers = signer.headers("evt_7F3A-0", 1795313647.9, b'{"specversion":"1.0","id":"7F3A.0"}')
    assert headers == {
        "webhook-id": "evt_7F3A-0",
        "webhook-timestamp": "1795313647",
        "webhook-signature": "v1,ze6iPQ62C3yWdvWXLyQL8UBx4Yu7DvGu+53RnrJqmG0=",
    }


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False, timeout=60)


def private_key(folder: Path) -> bytes:
    """Of openssl's making, in key.pem, with its public half in public.pem; the seed."""
    for arguments in (
        ("genpkey", "-algorithm", "ed25519", "-out", "key.pem"),
        ("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"),
    ):
        assert openssl(folder, *arguments).returncode == 0
    return openssl(folder, "pkey", "-in", "key.pem", "-outform", "DER").stdout[-32:]


def is_genuine(folder: Path, signature: str, signed: bytes) -> bool:
    """What openssl says to a v1a signature."""
    (folder / "signed").write_bytes(signed)
    (folder / "signature").write_bytes(base64.b64decode(signature.removeprefix("v1a,"), validate=True))
    how: Sequence[str] = (
        "-verify",
        "-pubin",
        "-inkey",
        "public.pem",
        "-rawin",
        "-in",
        "signed",
        "-sigfile",
        "signature",
    )
    return openssl(folder, "pkeyutl", *how).returncode == 0


@pytest.mark.parametrize("with_public", [False, True], ids=["seed", "seed and public key"])
def test_an_asymmetric_signature_is_one_for_openssl_and_no_changed_byte_is(tmp_path: Path, with_public: bool) -> None:
    seed = private_key(tmp_path)
    public = openssl(tmp_path, "pkey", "-in", "key.pem", "-pubout", "-outform", "DER").stdout[-32:]
    secret = "whsk_" + base64.b64encode(seed + (public if with_public else b"")).decode()
    body = encode_alert(ALERT, site="0423")
    headers = Signer([secret]).headers(str(ALERT.id), 1795313647.9, body)
    assert headers["webhook-signature"].startswith("v1a,")
    signed = f"{ALERT.id}.1795313647.".encode() + body
    assert is_genuine(tmp_path, headers["webhook-signature"], signed)
    assert not is_genuine(tmp_path, headers["webhook-signature"], signed.replace(b"B.03.12", b"B.03.13"))
    assert not is_genuine(tmp_path, headers["webhook-signature"], signed.replace(b".1795313647.", b".1795313648."))


def test_the_commands_that_are_shown_make_such_a_key(tmp_path: Path) -> None:
    shown = re.search(
        r"```sh\n(openssl genpkey.*?)```", (ROOT / "docs" / "integrator.md").read_text("utf-8"), re.DOTALL
    )
    assert shown is not None
    made = subprocess.run(
        ["bash", "-ec", shown[1]], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    signature = Signer([made.stdout.strip()]).headers("1", 1795313647.0, b"{}")["webhook-signature"]
    assert is_genuine(tmp_path, signature, b"1.1795313647.{}")


def test_from_a_shared_secret_to_a_key_of_our_own_both_signatures_go_along(tmp_path: Path) -> None:
    body = encode_alert(ALERT, site="0423")
    secret = "whsk_" + base64.b64encode(private_key(tmp_path)).decode()
    now = SystemClock().now()
    headers = Signer([secret, SECRET]).headers(str(ALERT.id), now, body)
    Webhook(SECRET).verify(body, headers)
    asymmetric, symmetric = headers["webhook-signature"].split(" ")
    assert symmetric.startswith("v1,")
    assert is_genuine(tmp_path, asymmetric, f"{ALERT.id}.{int(now)}.".encode() + body)


def test_what_was_recorded_is_refused_later_and_a_late_attempt_is_not() -> None:
    """The library's own tolerance is five minutes: of the attempt, not of the alert."""
    body, now = encode_alert(ALERT, site="0423"), SystemClock().now()
    old = Signer([SECRET]).headers(str(ALERT.id), now - 301.0, body)
    with pytest.raises(WebhookVerificationError, match="old"):
        Webhook(SECRET).verify(body, old)
    with pytest.raises(WebhookVerificationError, match="signature"):
        Webhook(SECRET).verify(body, old | {"webhook-timestamp": str(int(now))})
    assert Webhook(SECRET).verify(body, Signer([SECRET]).headers(str(ALERT.id), now, body))["id"] == str(ALERT.id)


@given(st.text(max_size=200), st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=5))
def test_any_text_is_signed_as_it_is_sent(unit: str, more: dict[str, str]) -> None:
    alert = Alert(ALERT.id, "vms", ALERT.incident, 0, ALERT.type, BEGAN, {"unit": unit, "more": more})
    body = encode_alert(alert, site="0423")
    headers = Signer([SECRET]).headers(str(alert.id), SystemClock().now(), body)
    assert Webhook(SECRET).verify(body, headers)["data"] == {"unit": unit, "more": more}


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsk_",
        "whsk_" + base64.b64encode(b"x" * 33).decode(),
        "whsk_" + "A" * 86 + "==",
        "hunter2",
        "whsec_not base64!",
        "whsec_" + base64.b64encode(b"short").decode(),
        "whpk_" + "A" * 44,
    ],
)
def test_a_bad_secret_is_a_configuration_error_that_does_not_repeat_it(secret: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Signer([secret])
    assert len(secret) < 7 or secret not in str(raised.value)
