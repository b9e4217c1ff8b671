"""The faulty Slack does what it says: a fault before storing stores nothing, one after storing does."""

import urllib.error
import urllib.parse
import urllib.request

import pytest

from sandbox.faults import POST_FAULTS, READ_FAULTS, Wrong
from sandbox.server import serve
from sandbox.workspace import Workspace

MANIFEST = {
    "display_information": {"name": "Rekindle"},
    "oauth_config": {"scopes": {"bot": ["chat:write", "im:write", "im:history"]}},
}


class Always:
    """Chance that always draws the same fault."""

    def __init__(self, fault):
        self.fault = fault

    def random(self):
        return 0.0

    def choice(self, _faults):
        return self.fault

    def uniform(self, low, _high):
        return low


@pytest.fixture
def workspace():
    workspace = Workspace()
    workspace.app = workspace.install(MANIFEST)
    workspace.rita = workspace.add_person("rita")
    workspace.faults = Wrong(1, posts=1.0, reads=1.0, silence=0.01, late=(0.01, 0.01))
    with serve(workspace) as workspace.serving:
        yield workspace
    workspace.close()


def ask(workspace, method, **args):
    """What an app sees: the answer's text, or nothing."""
    headers = {"Authorization": f"Bearer {workspace.app.bot_token}"}
    body = urllib.parse.urlencode(args).encode()
    request = urllib.request.Request(workspace.serving.api_url + method, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read().decode()
    except (OSError, urllib.error.URLError):
        return ""


@pytest.mark.parametrize("fault", POST_FAULTS)
def test_a_post_that_goes_wrong_is_stored_or_not_as_its_fault_says(workspace, fault):
    workspace.faults._chance = Always(fault)
    told = ask(workspace, "chat.postMessage", channel=workspace.rita.id, text="hello")
    stored = [each.text for channel in workspace.channels.values() for each in channel.messages]
    assert stored == ([] if fault == "429" or fault.endswith("before") else ["hello"])
    assert ('"ok":true' in told) == (fault == "stored late")
    assert workspace.faults.counted == {f"chat.postMessage: {fault}": 1}


@pytest.mark.parametrize("fault", READ_FAULTS)
def test_a_look_that_goes_wrong_tells_nothing(workspace, fault):
    workspace.faults._chance = Always(fault)
    assert '"ok":true' not in ask(workspace, "conversations.history", channel=workspace.rita.id)


def test_while_the_history_is_closed_nobody_looks_and_after_the_end_all_is_well(workspace):
    workspace.faults.posts = workspace.faults.reads = 0.0
    workspace.faults.closed = True
    assert ask(workspace, "conversations.history", channel=workspace.rita.id) == "upstream error"
    workspace.faults.end()
    assert '"ok":true' in ask(workspace, "conversations.history", channel=workspace.rita.id)
