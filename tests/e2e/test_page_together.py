"""Cameras that are hit at once, on the operator's page."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.seed import Room, Scene, camera_covered, tampering
from vigilanza.domain.decision import RejectReason


def hit_at_once(room: Room, count: int) -> list[Scene]:
    """Cameras that were covered a second apart, and an alarm of a door between them."""
    began = room.clock.now() - 60
    scenes = [Scene(f"SCALA-B-P{floor}", None, began + floor) for floor in range(count)]
    for one in scenes:
        room.journal.record(camera_covered(one))
    room.journal.record(tampering(Scene("SCALA-A-P1", "0423.A.01.12", began + 1.5)))
    return scenes


def test_cameras_hit_at_once_are_one_row_that_unfolds(room: Room, console: Page) -> None:
    hit_at_once(room, 4)
    group = console.locator("#waiting .group")
    expect(group).to_contain_text("4 telecamere")
    expect(group).to_contain_text("Colpite insieme: Telecamera coperta")
    expect(group).to_contain_text("4 non visti")
    expect(group).to_have_attribute("aria-expanded", "false")
    expect(console.locator("#waiting .row >> visible=true")).to_have_count(2)
    expect(console.locator("#waiting-count")).to_have_text("5")
    group.click()
    expect(console.locator("#waiting .member .code >> visible=true")).to_have_text(
        ["SCALA-B-P0", "SCALA-B-P1", "SCALA-B-P2", "SCALA-B-P3"]
    )
    console.locator("#waiting .member .row").nth(2).click()
    expect(console.locator("#incident h2").first).to_contain_text("SCALA-B-P2")
    expect(group).to_contain_text("3 non visti")
    group.click()
    expect(console.locator("#waiting .member >> visible=true")).to_have_count(0)
    console.keyboard.press("j")
    expect(console.locator("#waiting .member >> visible=true")).to_have_count(4)


def test_one_decision_for_all_that_were_hit_at_once_only_if_it_is_ticked(room: Room, console: Page) -> None:
    scenes = hit_at_once(room, 4)
    console.locator("#waiting .group").click()
    console.locator("#waiting .member .row").first.click()
    every = console.get_by_label("Vale per tutte le 4 telecamere colpite insieme")
    expect(every).not_to_be_checked()
    console.keyboard.press("1")
    console.get_by_role("button", name="Conferma AVS 1").click()
    expect(console.locator("#decided .row")).to_have_count(1)
    console.locator("#waiting .group").click()
    console.locator("#waiting .member .row").first.click()
    console.get_by_label("Vale per tutte le 3 telecamere colpite insieme").check()
    console.keyboard.press("r")
    expect(console.get_by_label("Vale per tutte le 3 telecamere colpite insieme")).not_to_be_checked()
    console.get_by_label("Vale per tutte le 3 telecamere colpite insieme").check()
    expect(console.get_by_role("button", name="Respingi")).to_be_disabled()
    console.keyboard.press("8")
    console.get_by_role("button", name="Respingi").click()
    expect(console.locator("#decided .row")).to_have_count(4)
    expect(console.locator("#waiting .group")).to_have_count(0)
    decided = [room.queries.incident(one.incident) for one in scenes]
    assert [(one.decision.avs, one.decision.reason) for one in decided if one and one.decision] == [
        (1, None),
        *[(None, RejectReason.CAMERA_FAULT)] * 3,
    ]
    assert len(room.records("incident.rejected")) == 3


def test_a_decision_for_all_that_stops_midway_says_how_far_it_came(room: Room, console: Page) -> None:
    scenes = hit_at_once(room, 4)

    def refuse(route: Route) -> None:
        route.fulfill(status=503, json={"error": {"code": "journal_unavailable", "message": "the disk is full"}})

    console.route(re.compile(f"{scenes[2].incident}/confirm$"), refuse)
    console.locator("#waiting .group").click()
    console.locator("#waiting .member .row").first.click()
    console.get_by_label("Vale per tutte le 4 telecamere").check()
    console.keyboard.press("1")
    console.get_by_role("button", name="Conferma AVS 1").click()
    expect(console.locator("#failure")).to_contain_text(
        "Decise 2 telecamere su 4, poi interrotto alla telecamera SCALA-B-P2. Il registro non risponde"
    )
    expect(console.locator("#decided .row")).to_have_count(2)


def test_a_decision_whose_answer_is_lost_is_not_said_to_be_unrecorded(room: Room, console: Page) -> None:
    hit_at_once(room, 1)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    console.route(re.compile("/confirm$"), lose)
    console.locator("#waiting .row").first.click()
    console.locator(".decision").get_by_text("Verifica non possibile").click()
    console.get_by_role("button", name="Conferma AVS 1").click()
    expect(console.locator("#failure")).to_contain_text("non è certo che sia stato registrato")
    expect(console.locator(".decision")).to_contain_text("Confermato AVS 1")


@pytest.mark.parametrize("arrives", [True, False])
def test_a_decision_that_is_lost_on_the_way_is_sent_again_and_counts_once(
    room: Room, console: Page, arrives: bool
) -> None:
    scene, *_ = hit_at_once(room, 1)
    lost: list[str] = []

    def lose_one(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        if arrives:
            route.fetch()
        return route.abort()

    console.route(re.compile("/confirm$"), lose_one)
    console.locator("#waiting .row").filter(has_text=scene.camera).click()
    console.locator(".decision").get_by_text("Verifica non possibile").click()
    console.get_by_role("button", name="Conferma AVS 1").click()
    expect(console.locator(".verdict")).to_contain_text("Confermato AVS 1")
    expect(console.locator("#failure")).to_be_hidden()
    assert lost
    assert room.records("incident.confirmed") == [str(scene.incident)]
