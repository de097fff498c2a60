import pytest

from vigilanza.capture.redact import redact


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (
            "Server returned 401: 'rtsp://cam:s3cret@10.0.0.5:554/main'",
            "Server returned 401: 'rtsp://***@10.0.0.5:554/main'",
        ),
        ("rtsp://cam:p@ss/w@host/x", "rtsp://***@host/x"),
        ("rtsp://host/x?user=a&password=s3cret&channel=1", "rtsp://host/x?user=***&password=***&channel=1"),
        ("http://host/onvif?PWD=s3cret", "http://host/onvif?PWD=***"),
        ("rtsp://10.0.0.5:554/main", "rtsp://10.0.0.5:554/main"),
        ("no address at all", "no address at all"),
    ],
)
def test_credentials_go_and_the_rest_stays(text: str, clean: str) -> None:
    assert redact(text) == clean
