"""Signing in at npm's certified oidc-provider; installed by `make test-peers`."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.seed import OPERATOR, PASSWORD, furnish
from tests.e2e.server import serving
from tests.oidc import CLIENT, SECRET, LateProvider
from tests.peers.installed import HERE, module_of, node
from vigilanza.clock import SystemClock


@contextmanager
def provider_for(redirect: str) -> Iterator[str]:
    """Its issuer while it runs."""
    command = [node(), str(HERE / "oidc_provider.mjs"), str(module_of("oidc-provider")), CLIENT, SECRET, redirect]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["issuer"]
        finally:
            process.kill()


def test_somebody_signs_in_there_and_is_an_operator_here(browser: Browser, tmp_path: Path) -> None:
    provider = LateProvider("", SystemClock())
    for room in furnish(tmp_path, provider=provider):
        room.accounts.create(OPERATOR, PASSWORD)
        with serving(room.app) as url:
            provider.page = url.replace("127.0.0.1", "localhost")
            with provider_for(f"{provider.page}/api/oidc/callback") as provider.issuer:
                context = browser.new_context(base_url=provider.page)
                page = context.new_page()
                page.goto("/")
                page.get_by_role("link", name="Entra con Comune").click()
                page.get_by_placeholder("Enter any login").fill("maria.rossi")
                page.get_by_placeholder("and password").fill("whatever")
                page.get_by_role("button", name="Sign-in").click()
                page.get_by_role("button", name="Continue").click()
                expect(page.locator("#link")).to_have_attribute("data-state", "up")
                expect(page.locator("#operator")).to_contain_text("maria.rossi")
                context.close()
        assert room.records("operator.created") == ["maria.rossi", OPERATOR]
