"""The guides are true: their examples run."""

import re
import types
from pathlib import Path
from typing import get_args

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

import plugins
from delivery import outcomes
from sandbox.listening import Listener
from tests.delivery.customers import SMS, planned, sent, text_message
from tests.delivery.doubles import StillClock, state

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = DOCS / "a-new-command.md"


def test_the_example_of_the_guide_is_found_and_complete(tmp_path, monkeypatch):
    example = re.search(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL).group(1)
    package = types.ModuleType("guide")
    package.__path__ = [str(tmp_path)]
    (tmp_path / "hello.py").write_text(example, encoding="utf-8")
    monkeypatch.setitem(__import__("sys").modules, "guide", package)
    commands = plugins.discover(package, plugins.Command)
    assert commands["/hello"].purpose == "Greet somebody"
    assert set(plugins.discover(package, plugins.Button)) == {"hello.again"}


class Provider:
    """Answers as the provider of the guide's example does, and keeps what it was sent."""

    def __init__(self):
        self.calls, self.next = [], []
        self.listener = Listener(Starlette(routes=[Route("/send", self.take, methods=["POST"])]), 0)
        self.listener.start()

    async def take(self, request):
        self.calls.append(await request.json())
        return self.next.pop(0) if self.next else JSONResponse({"id": "ot-1"})


@pytest.fixture
def provider():
    running = Provider()
    yield running
    running.listener.close()


def test_the_example_of_the_guide_for_channels_keeps_what_the_guide_promises(provider, sqlite):
    example = types.ModuleType("other_texts")
    guide = (DOCS / "a-new-channel.md").read_text(encoding="utf-8")
    exec(re.search(r"```python\n(.*?)```", guide, re.DOTALL).group(1), example.__dict__)
    channel = example.OtherTexts(url=f"{provider.listener.url}/send", token="t", timeout=5)
    provider.next = [
        JSONResponse({"id": "ot-7"}),
        JSONResponse({"error": "no_such_number"}, 400),
        JSONResponse({"error": "slow down"}, 429),
        PlainTextResponse("upstream", 502),
    ]
    clock = StillClock()
    ids = planned(sqlite, SMS, *(text_message(number) for number in range(4)))
    sent(sqlite, SMS, channel, clock, rounds=3)
    assert [state(sqlite, each) for each in ids] == [
        ("sent", None),
        ("dead", "suppressed:invalid"),
        ("sent", None),
        ("waiting", "cannot_look_up"),
    ]
    assert [call["text"][-1] for call in provider.calls] == ["0", "1", "2", "3", "2"]


def test_the_guides_table_of_outcomes_names_them_all():
    guide = (DOCS / "a-new-channel.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(\w+)\(", guide, re.MULTILINE))
    assert named == {each.__name__ for each in get_args(outcomes.Outcome)} - {"Skipped"}
