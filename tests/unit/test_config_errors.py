"""A wrong file is refused with every problem told at once: file, line, column, place, and what to do."""

from pathlib import Path

import pytest

from vigilanza.config import WebhookLink, load
from vigilanza.domain.errors import ConfigError

GOOD = """\
site: {id: "0423", name: via Esempio 4}
cameras:
  - id: landing
    source: rtsp://127.0.0.1:8554/main
    doors:
      - id: flat-12
        role: sealed
        leaf: [[0.1, 0.1], [0.3, 0.1], [0.3, 0.5], [0.1, 0.5]]
"""
DESTINATION = """\
destinations:
  - {id: vms, kind: municipal_vms, channel: webhook, url: "https://vms.example.org/x", secret_env: VMS_SECRET}
"""
WEBHOOK_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
ENVIRON = {"VMS_SECRET": WEBHOOK_SECRET}


def complaint(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> str:
    path = folder / "cameras.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as caught:
        load(path, environ=ENVIRON if environ is None else environ)
    return str(caught.value).replace(f"{path}:", "")


def test_good_text_is_good(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(GOOD + DESTINATION, "utf-8")
    link = load(path, environ=ENVIRON).destinations[0].link
    assert isinstance(link, WebhookLink)
    assert link.secrets[0].reveal() == WEBHOOK_SECRET


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    source:", "    sorce:", '4:5: cameras[0].sorce: unknown key "sorce", did you mean "source"?'),
        ("    source: rtsp://127.0.0.1:8554/main\n", "", "3:5: cameras[0].source: is missing"),
        ("role: sealed", "role: sealled", "cameras[0].doors[0].role: must be sealed, neighbour, lift or other, did"),
        ('id: "0423"', "id: 0423", '1:8: site.id: must be text: put it in quotes, e.g. "0423"'),
        ("id: landing", "id: a landing", "3:5: cameras[0].id: letters, digits"),
        ("[0.3, 0.5]", "[0.3, 1.5]", "8:46: cameras[0].doors[0].leaf[2][1]: must be at most 1"),
        ("[0.3, 0.5]", "[0.3, .nan]", "leaf[2][1]: must be a finite number"),
        ("[0.3, 0.5]", "[0.3]", "leaf[2][1]: a point is [x, y]: two numbers"),
        ("[0.3, 0.5]", "[0.3, 0.5, 0.7]", "leaf[2]: a point is [x, y]: two numbers"),
        ("[0.3, 0.5], [0.1, 0.5]", "[0.1, 0.5], [0.3, 0.5]", "edge 2 (point 2 to 3) crosses edge 4 (point 4 to 1)"),
        ("[0.3, 0.5], [0.1, 0.5]", "[0.2, 0.1]", "leaf: the polygon has no area"),
        (", [0.3, 0.5], [0.1, 0.5]", "", "leaf: must have at least 3 of them, not 2"),
        (
            "rtsp://127.0.0.1:8554/main",
            "onvif://",
            "4:5: cameras[0].source: not an address: give HOST, HOST:PORT or on",
        ),
        (
            "rtsp://127.0.0.1:8554/",
            "onvif://127.0.0.1?",
            "4:5: cameras[0].source: after the host only the name of a pro",
        ),
        (
            "rtsp://",
            "onvif://me:pw@",
            "4:5: cameras[0].source: credentials do not belong in a URL: name them with a key",
        ),
        ("rtsp://", "http://", "http:// is not a camera source"),
        ("rtsp://127.0.0.1:8554/main", "no/such.mp4", "cameras[0].source: no such file"),
        ("name: via Esempio 4", "name: x, timezone: Europe/Rom", "site.timezone: no such time zone"),
        ("name: via Esempio 4", "name: x, timezone: ../../etc/passwd", "site.timezone: no such time zone"),
        ("name: via Esempio 4", "name: x, name: y", '1:29: site.name: key "name" is given twice, first in line 1'),
        ("name: via Esempio 4", "name: !!python/name:os.system x", "the YAML tag"),
        ("name: via Esempio 4", "name: *other", "anchors (&) and aliases (*) are not used here"),
        ("name: via Esempio 4", "name: [", "1:27: while parsing a flow node, expected the node content"),
        ("rtsp://127.0.0.1:8554/main", "rtsp://127.0.0.1:99999/main", "source: not a valid URL"),
        (
            "https://vms.example.org/x",
            "http://vms.example.org/x",
            "destinations[0].url: alerts travel over https:// only",
        ),
        ("https://vms.example.org/x", "https://127.0.0.1/x", "destinations[0].url: points to this machine"),
        ("https://vms.example.org/x", "https:///x", "the URL names no host"),
        ("municipal_vms,", "municipal_vms, minimum_avs: 3,", "minimum_avs: only a control_room waits"),
        ("municipal_vms,", "control_room, minimum_avs: 0,", "minimum_avs: must be 1, 2, 3 or 4"),
        ("secret_env: VMS_SECRET", "secret_env: OTHER", "the environment variable OTHER is not set: export OTHER=…"),
        ("secret_env: VMS_SECRET", f"secret_env: {WEBHOOK_SECRET}", "not the name of an environment variable"),
        ("secret_env: VMS_SECRET", "secret_env: hunter22", "not the name of an environment variable"),
        ("secret_env: VMS_SECRET", "secret_env: VMS_SECRET, ca_file: none.pem", "ca_file: no such file"),
    ],
)
def test_each_problem_is_told_where_it_is(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = (GOOD + DESTINATION).replace(old, new, 1)
    assert text != GOOD + DESTINATION
    assert told in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("storage: {retention_hours: 72}\n", "9:11: storage.retention_hours: more than 24 hours need a recorded"),
        ("storage: {retention_hours: 30, retention_reason: x}\n", "must be 24, 48, 72 or 168"),
        ("storage: {database: 'sqlite://'}\n", "an SQLite database is a file"),
        ("storage: {database: 'mysql://host/x'}\n", "give sqlite:///FILE or postgresql://HOST/NAME"),
        ("storage: {database_user: x}\n", "an SQLite file has no user"),
        ("storage: {media: var}\n", "9:11: storage.media: media and state must be two folders"),
        ("storage: {media: var}\n", "storage.media: the database must not lie in media"),
        ("storage: {media: x, state: y/../x}\n", "storage.media: media and state must be two folders"),
        ("storage: {media: x/y, state: x}\n", "storage.media: media and state must be two folders"),
        ("storage: {state: var/media/state}\n", "storage.state: media and state must be two folders"),
        ("storage: {database: 'sqlite:///var/media/x.db'}\n", "storage.database: the database must not lie in media"),
        ("detection: {people: ultralytics}\n", "detection.people: ultralytics brings no weights: give their file"),
        ("detection: {people: movenet}\n", "detection.people: must be movenet-onnx, movenet-openvino or ultralytics"),
        ("detection: {model: no/such.onnx}\n", "detection.model: no such file"),
        ("ring: {seconds: 30}\n", "ring.seconds: the ring keeps 30 s, but a clip needs 60 s"),
        ("clips: {after: 200}\n", "clips: the ring keeps 120 s, but a clip needs 215 s"),
        ("web: {port: 123456}\n", "web.port: must be at most 65535"),
        ("web: 8080\n", "web: must be a mapping"),
        ("camera: {}\n", 'unknown key "camera", did you mean "cameras"?'),
        ("zzzz: {}\n", 'unknown key "zzzz" (valid here: site, cameras, detection, units, plans, destinations'),
    ],
)
def test_sections_are_checked(added: str, told: str, tmp_path: Path) -> None:
    assert told in complaint(tmp_path, GOOD + added)


@pytest.mark.parametrize(
    "storage",
    [
        "{}",
        "{media: media, state: state, database: 'sqlite:///vigilanza.db'}",
        "{media: db/media, database: 'sqlite:///db/vigilanza.db'}",
        "{media: data, state: data-state, database: 'postgresql://db/data'}",
    ],
)
def test_media_may_lie_beside_state_and_database(storage: str, tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(f"{GOOD}storage: {storage}\n", "utf-8")
    assert load(path, environ={}).storage.media.is_relative_to(tmp_path)


def test_an_absolute_folder_of_media_is_compared_with_relative_ones(tmp_path: Path) -> None:
    told = complaint(tmp_path, f"{GOOD}storage: {{media: {tmp_path}}}\n")
    assert "storage.media: the database must not lie in media" in told


def test_every_problem_is_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = GOOD.replace("id: flat-12", "id: 12").replace("source: rtsp", "transport: TCP\n    source: ftp")
    text += "  - {id: landing, source: rtsp://h/x, masks: [[[0, 0], [1, 0], [0.5, 0]]]}\nrings: {}\n"
    lines = complaint(tmp_path, text).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "cameras[0].transport",
        "cameras[0].source",
        "cameras[0].doors[0].id",
        "cameras[1].id",
        "cameras[1].masks[0]",
        "rings",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:hunter22@127.0.0.1/main",
        "rtsp://127.0.0.1/main?user=admin&password=hunter22",
        "rtsp://admin:hunter22@127.0.0.1:x/main",
    ],
)
def test_credentials_in_a_url_are_refused_and_not_repeated(url: str, tmp_path: Path) -> None:
    told = complaint(tmp_path, GOOD.replace("rtsp://127.0.0.1:8554/main", url))
    assert "cameras[0].source" in told
    assert "hunter22" not in told


def test_doubled_ids_are_refused(tmp_path: Path) -> None:
    door = GOOD[GOOD.index("      - id: flat-12") :]
    assert '9:9: cameras[0].doors[1].id: "flat-12" is already the id of doors[0]' in complaint(tmp_path, GOOD + door)
    twice = GOOD + DESTINATION + DESTINATION.splitlines(keepends=True)[1]
    assert 'destinations[1].id: "vms" is already the id of destinations[0]' in complaint(tmp_path, twice)


@pytest.mark.parametrize("value", ["hunter22", "whsec_%%%%", "whsec_c2hvcnQ=", "whsec_" + "QUFB" * 40])
def test_a_bad_webhook_secret_is_refused_and_not_repeated(value: str, tmp_path: Path) -> None:
    told = complaint(tmp_path, GOOD + DESTINATION, {"VMS_SECRET": value})
    assert "destinations[0].secret_env: the value of the environment variable VMS_SECRET is wrong" in told
    assert value not in told


def test_password_comes_from_one_place(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter22\n", "utf-8")
    path = tmp_path / "cameras.yaml"
    path.write_text(GOOD + "    credentials: {user: v, password_file: password}\n", "utf-8")
    credentials = load(path, environ={}).cameras[0].credentials
    assert credentials is not None
    assert credentials.password.reveal() == "hunter22"
    assert "hunter22" not in repr(credentials)

    none = complaint(tmp_path, GOOD + "    credentials: {user: v}\n")
    assert "9:5: cameras[0].credentials: give exactly one of password_env and password_file" in none
    both = "    credentials: {user: v, password_file: absent, password_env: ABSENT}\n"
    told = complaint(tmp_path, GOOD + both)
    assert "give exactly one" in told
    assert "the secret file cannot be read: No such file" in told
    assert "variable ABSENT is not set" in told


def test_postgresql_gets_its_driver_and_no_password(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    path.write_text(
        GOOD + "storage: {database: postgresql://db/vigilanza, database_user: v@x, database_password_env: DB}\n",
        "utf-8",
    )
    storage = load(path, environ={"DB": "hunter22"}).storage
    assert storage.database == "postgresql+psycopg://v%40x@db/vigilanza"
    assert storage.database_password is not None
    assert storage.database_password.reveal() == "hunter22"
