"""How long a subscription lives, how it ends, and what it refuses."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.onvif_site import Client, Running, is_pulled, onvif_site
from vigilanza.bridge.onvif_device.capabilities import PULL_POINTS_MAX
from vigilanza.bridge.onvif_device.events import PULL_MAX_S
from vigilanza.bridge.onvif_words import FORCED
from vigilanza.store.database import open_database


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path}/vigilanza.db")


@pytest.fixture
def site(engine: Engine) -> Iterator[Running]:
    with onvif_site(engine) as it:
        yield it


def test_subscriptions_end_by_themselves_or_when_they_are_given_back(engine: Engine, site: Running) -> None:
    client = Client(site)
    point = client.subscribe(lifetime="PT1S")
    while site.figure("vigilanza_onvif_pull_points"):
        threading.Event().wait(0.05)
    assert client.pull(point).subcode == "wsrf:ResourceUnknownFault"
    point = client.subscribe(lifetime="PT2S")
    renewed = client.simple("wsnt:Renew", url=point, inside="<wsnt:TerminationTime>PT90S</wsnt:TerminationTime>")
    assert renewed.text("TerminationTime") > renewed.text("CurrentTime")
    assert client.simple("wsnt:Unsubscribe", url=point).status == 200
    assert client.simple("wsnt:Unsubscribe", url=point).subcode == "wsrf:ResourceUnknownFault"


def test_giving_back_ends_the_pull_that_waits(site: Running) -> None:
    client = Client(site)
    point = client.subscribe(wanted=FORCED)
    client.drain(point)
    with ThreadPoolExecutor() as pool:
        pull = pool.submit(client.pull, point, patience=60.0)
        while not is_pulled(site, point):
            pass
        Client(site).simple("wsnt:Unsubscribe", url=point)
        assert pull.result(timeout=30).subcode == "wsrf:ResourceUnknownFault"


def test_a_pull_that_cannot_be_is_refused(site: Running) -> None:
    client = Client(site)
    point = client.subscribe()
    for inside in (
        f"<tev:Timeout>PT{PULL_MAX_S + 1:.0f}S</tev:Timeout><tev:MessageLimit>1</tev:MessageLimit>",
        "<tev:Timeout>soon</tev:Timeout><tev:MessageLimit>1</tev:MessageLimit>",
        "<tev:Timeout>PT1S</tev:Timeout><tev:MessageLimit>0</tev:MessageLimit>",
        "<tev:Timeout>PT1S</tev:Timeout>",
    ):
        said = client.simple("tev:PullMessages", url=point, inside=inside)
        assert (said.status, said.subcode) == (400, "ter:InvalidArgVal")


def test_a_huge_message_limit_and_a_minute_are_no_fault(site: Running) -> None:
    client = Client(site)
    assert client.pull(client.subscribe(), patience=60.0, limit=1_000_000).status == 200


def test_times_of_a_subscription_may_be_absolute_and_must_be_to_come(site: Running) -> None:
    client = Client(site)
    assert client.subscribe(lifetime="2100-01-01T00:00:00Z")
    for lifetime in ("2020-01-01T00:00:00Z", "PT0S", "tomorrow"):
        said = client.simple(
            "tev:CreatePullPointSubscription",
            inside=f"<tev:InitialTerminationTime>{lifetime}</tev:InitialTerminationTime>",
        )
        assert said.subcode == "wsnt:UnacceptableInitialTerminationTimeFault"


def test_there_are_not_more_subscriptions_than_was_told(site: Running) -> None:
    client = Client(site)
    for _ in range(PULL_POINTS_MAX):
        client.subscribe()
    said = client.simple("tev:CreatePullPointSubscription")
    assert (said.status, said.subcode) == (500, "wsnt:SubscribeCreationFailedFault")
