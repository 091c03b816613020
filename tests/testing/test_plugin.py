"""The plugin in a project of its own, as its users run it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

pytestmark = pytest.mark.slow
pytest_plugins = ("pytester",)

PAGE = Path(__file__).parents[2] / "docs" / "testing.md"
HEAVY = ("axme.client", "axme.gateway", "axme.resources", "requests", "marshmallow", "sqlalchemy", "starlette")
FAILING = """
from datetime import timedelta
from axme import HumanTask

def test_fails(axme_client, axme_gateway):
    other = axme_client.intents.create("other.v1", to="desk")
    intent = axme_client.intents.create(
        "go.v1", to="desk", human_task=HumanTask.approval("Go?"), remind_after=timedelta(hours=8)
    )
    axme_gateway.advance(timedelta(hours=9))
    assert intent.refresh().status == "COMPLETED"
"""


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "axme.testing.plugin", "-W", "error", *arguments)


def test_the_page_passes_on_every_worker(pytester: pytest.Pytester) -> None:
    blocks = [token.content for token in MarkdownIt().parse(PAGE.read_text()) if token.info == "python"]
    pytester.makepyfile(test_page="\n".join(blocks))
    _run(pytester, "-n", "2").assert_outcomes(passed=4)


def test_nothing_is_loaded_until_a_fixture_is_used(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other plugins may load what they like
    pytester.makepyfile(
        f"""
        import sys

        def test_light():
            assert 1 < 2
            assert [name for name in {HEAVY!r} if name in sys.modules] == []
        """
    )
    _run(pytester).assert_outcomes(passed=1)


def test_a_failed_status_shows_the_life_of_its_intent(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING)
    result = _run(pytester)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "AssertionError: assert 'WAITING' == 'COMPLETED'" in text
    assert re.search(r"E +go\.v1 to desk is WAITING \([0-9a-f-]{36}\)", text)
    assert re.search(r"E +\+8:00:00  reminder +no\. 1\n", text)
    # What stands above is not said twice.
    below = text.partition("axme: the intents of this test")[2].partition("short test summary")[0]
    assert "other.v1 to desk is DELIVERED" in below
    assert "go.v1" not in below


def test_a_gateway_that_is_not_installed_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("import axme.gateway.local as local\nlocal._NEEDED = ('a_library_that_is_missing',)")
    pytester.makepyfile("def test_it(axme_client): ...")
    result = _run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ['axme_gateway: the gateway needs a_library_that_is_missing: pip install "axme[[]gateway[]]"']
    )


def test_code_under_test_finds_the_tenant_in_its_environment(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import axme

        def test_it(axme_environ, axme_agent):
            with axme.AxmeClient.from_env() as client:
                client.intents.create("hello.v1", to=axme_agent)
                assert client.me().organization.id == axme_environ.organization.id
            assert next(axme_agent.listen(timeout=30)).intent_type == "hello.v1"
        """
    )
    _run(pytester).assert_outcomes(passed=1)
