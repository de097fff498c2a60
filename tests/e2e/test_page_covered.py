"""Pictures in which the inside of a flat is black say so on the operator's page."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.seed import Room, Scene, add_pictures, forced_entry


@pytest.mark.parametrize("covered", [True, False])
def test_the_caption_says_that_the_inside_is_blacked_out_where_it_is(room: Room, console: Page, covered: bool) -> None:
    scene = Scene("SCALA-B-P3", "0423.B.03.12", room.clock.now() - 60)
    room.journal.record(forced_entry(scene))
    add_pictures(room, scene, covered_clip=covered)
    console.get_by_role("button", name=re.compile("0423.B.03.12")).click()
    caption = console.locator("figcaption")
    expect(caption).to_contain_text("Filmato")
    expect(caption).to_have_text(re.compile("· interno oscurato$" if covered else r"\d$"))
    console.locator(".strip button.still").first.click()
    expect(caption).to_contain_text("Fermo immagine")
    expect(caption).not_to_contain_text("oscurato")
