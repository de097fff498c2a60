"""What docs/examples shows: one alert as every channel sends it. `python -m tests.examples` writes the files anew."""

import base64
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from tests.house.tree import ROOT
from tests.onvif_site import Client, journal, onvif_site
from tests.samples import break_in
from vigilanza.bridge.cap import CapWriter
from vigilanza.bridge.cap_signature import CapSigner
from vigilanza.bridge.cloudevents import encode_alert
from vigilanza.bridge.dc09_frame import Line, Message, Token, encode_frame
from vigilanza.bridge.dc09_message import Wording, messages
from vigilanza.bridge.mqtt import Mode, message_of
from vigilanza.bridge.onvif_mqtt import payload_of, topic_of
from vigilanza.bridge.onvif_topic import onvif_events
from vigilanza.bridge.onvif_words import FORCED, INPUT
from vigilanza.bridge.signature import Signer
from vigilanza.bridge.xprotect_event import encode_event
from vigilanza.domain.delivery import Alert
from vigilanza.domain.premises import Position, Premises, Unit
from vigilanza.lab.cap_party import make_party
from vigilanza.lab.specimen import BEGAN, specimens
from vigilanza.store.database import open_database

FOLDER = ROOT / "docs" / "examples"
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
"""Published, like the key of the other signature: worth nothing."""
KEY = b"an example's key, worth nothing!"
SENT_AT = BEGAN + 46.0
ACCOUNT = "04230312"
DS = "{http://www.w3.org/2000/09/xmldsig#}Signature"
PREMISES = Premises(
    site="0423",
    name="via Esempio 4",
    address="via Esempio 4",
    municipality="Milano",
    istat="015146",
    manager="ALER",
    position=Position(45.4642, 9.19),
    units={"0423.B.03.12": Unit("0423.B.03.12", "B", "3", "12", 12)},
    cameras=("b3-landing",),
)


def alert(what: str) -> Alert:
    return specimens()[f"it.aler.vigilanza.{what}.v1"][0]


def cap_message() -> etree._Element:
    """Without its signature."""
    addresses = ("co.pl@comune.example.it",)
    sender = "vigilanza@aler.example.it"
    writer = CapWriter(premises=PREMISES, destination="comune", sender=sender, addresses=addresses)
    return writer.write(alert("incident.confirmed"))


def unchanging() -> dict[str, bytes]:
    """By file name: all but CAP, whose signature is never the same twice, and what is heard from a running device."""
    confirmed = alert("incident.confirmed")
    body = encode_alert(confirmed, site="0423")
    private = Ed25519PrivateKey.from_private_bytes(KEY)
    ours = "whsk_" + base64.b64encode(KEY).decode()
    headers = Signer([SECRET, ours]).headers(str(confirmed.id), SENT_AT, body)
    event = onvif_events(alert("detection.updated").type, alert("detection.updated").data, PREMISES)[0]
    return {
        "webhook.json": body,
        "webhook.headers": "".join(f"{name}: {value}\n" for name, value in headers.items()).encode(),
        "webhook.pem": private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "mqtt.json": message_of(confirmed, site="0423", mode=Mode.STRUCTURED, needs_subscriber=True).payload,
        "onvif-mqtt.json": payload_of(event),
        "onvif-mqtt.topic": topic_of(event, "VGZ-0423").encode(),
        "xprotect.xml": encode_event(confirmed, premises=PREMISES, cameras={"b3-landing": "10.20.4.23"}),
        "dc09.frames": _frames(confirmed),
    }


def _frames(told: Alert) -> bytes:
    line, said = Line(ACCOUNT), list[Message]()
    for token in (Token.SIA, Token.CONTACT_ID):
        # pysiaalarm reads at most one extended field of ADM-CID.
        said += messages(told, premises=PREMISES, wording=Wording(ACCOUNT, token, where=token is Token.SIA))
    numbered = [*enumerate(said, start=1), (0, Message(Token.NULL))]
    return b"".join(encode_frame(line, message, number=number, at=SENT_AT) for number, message in numbered)


def pulled() -> bytes:
    """What a VMS hears by PullMessages of a break-in, from a running device; the two times are those of the answer."""
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/vigilanza.db")
        with onvif_site(engine) as site:
            client = Client(site)
            point = client.subscribe(wanted=f"{FORCED}|{INPUT}")
            client.drain(point)
            journal(engine).record(break_in("a", count=3))
            raw = client.pull(point).raw
    return re.sub(rb"(<tev:(Current|Termination)Time>)[^<]+", rb"\g<1>2026-11-22T02:14:33.480Z", raw)


def write() -> None:
    for name, content in {**unchanging(), "onvif-pull.xml": pulled()}.items():
        (FOLDER / name).write_bytes(content)
    with TemporaryDirectory() as folder:
        ours = make_party(Path(folder), "vigilanza", at=SENT_AT)
        (FOLDER / "cap.xml").write_bytes(CapSigner("comune", ours.file).sign(cap_message()))
        (FOLDER / "cap.pem").write_bytes(ours.public_file.read_bytes())


if __name__ == "__main__":
    write()
