"""Standard Webhooks signatures."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

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


@given(st.text(max_size=200), st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=5))
def test_any_text_is_signed_as_it_is_sent(unit: str, more: dict[str, str]) -> None:
    alert = Alert(ALERT.id, "vms", ALERT.incident, 0, ALERT.type, BEGAN, {"unit": unit, "more": more})
    body = encode_alert(alert, site="0423")
    headers = Signer([SECRET]).headers(str(alert.id), SystemClock().now(), body)
    assert Webhook(SECRET).verify(body, headers)["data"] == {"unit": unit, "more": more}


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "hunter2", "whsec_not base64!", "whsec_" + base64.b64encode(b"short").decode(), "whpk_" + "A" * 44],
)
def test_a_bad_secret_is_a_configuration_error_that_does_not_repeat_it(secret: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Signer([secret])
    assert len(secret) < 7 or secret not in str(raised.value)
