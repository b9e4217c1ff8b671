"""The page over a real server: who sees what, and what is refused."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sandbox.server import serve
from sandbox.workspace import Workspace
from tests.sandbox.page.little_bot import Scene
from tests.sandbox.page.samples import CSV, HOSTILE


def get(url: str) -> str:
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def do(stage: Scene, verb: str, what: dict, headers: dict | None = None) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"{stage.serving.url}/page/do/{verb}", json.dumps(what).encode(), {"Content-Type": "application/json"}
    )
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def test_an_ephemeral_answer_is_drawn_for_one_person_only(stage: Scene):
    told = {"as": stage.rita.id, "channel": stage.general.id, "text": "/hello there"}
    assert do(stage, "say", told) == (200, {"state": "answered", "reason": ""})
    assert "Only visible to you" in get(stage.url(stage.rita, stage.general))
    assert "Hello" not in get(stage.url(stage.li, stage.general)).split('id="stream"')[1]


def test_each_person_reads_the_page_in_their_own_language(stage: Scene):
    assert '<html lang="en">' in get(stage.url(stage.rita))
    chinese = get(stage.url(stage.li))
    assert '<html lang="zh-CN">' in chinese
    assert "当前身份" in chinese
    assert "Acting as" not in chinese


def test_a_command_that_nobody_registered_is_refused_as_slack_does(stage: Scene):
    do(stage, "say", {"as": stage.rita.id, "channel": stage.general.id, "text": "/nonsense"})
    assert "/nonsense is not a valid command" in get(stage.url(stage.rita, stage.general))


def test_hostile_words_of_a_person_stay_words_on_the_page(stage: Scene):
    do(stage, "say", {"as": stage.rita.id, "channel": stage.general.id, "text": HOSTILE})
    drawn = get(stage.url(stage.rita, stage.general))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn
    assert "<script>alert" not in drawn


def test_the_browser_is_told_to_run_no_script_but_the_pages_own(stage: Scene):
    with urllib.request.urlopen(stage.url(stage.rita)) as answer:
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_another_site_in_the_same_browser_may_not_act(stage: Scene):
    told = {"as": stage.rita.id, "channel": stage.general.id, "text": "not me"}
    assert do(stage, "say", told, {"Origin": "https://evil.example"})[0] == 403
    assert stage.workspace.visible_to(stage.rita, stage.general) == []


def test_nobody_acts_where_they_are_not(stage: Scene):
    theirs = stage.workspace.dm(stage.li)
    assert do(stage, "say", {"as": stage.rita.id, "channel": theirs.id, "text": "x"}) == (
        400,
        {"error": "not_in_channel"},
    )
    assert do(stage, "say", {"as": "U0", "channel": theirs.id, "text": "x"})[0] == 400
    secret = stage.workspace.slackbot_says(stage.general.id, stage.li.id, "for Li alone")
    press = {"as": stage.rita.id, "channel": stage.general.id, "ts": secret.ts, "action_id": "a", "block_id": "b"}
    assert do(stage, "press", press) == (400, {"error": "this message is no longer there"})


def test_garbage_is_refused_and_not_a_crash(stage: Scene):
    assert do(stage, "say", {})[0] == 400
    assert do(stage, "press", {"as": stage.rita.id, "view": "V0"}) == (400, {"error": "this form is no longer open"})
    assert do(stage, "fly", {})[0] == 404
    assert '<html lang="en">' in get(f"{stage.serving.url}/?as=nobody&channel=nowhere&last=many&thread=1.2")


def test_a_file_is_shown_with_its_first_rows_and_given_only_to_its_readers(stage: Scene):
    do(stage, "say", {"as": stage.rita.id, "channel": stage.general.id, "text": "/table"})
    dm = stage.workspace.dm(stage.rita)
    stage.workspace.wait_for(lambda: [one for one in dm.messages if one.files])
    drawn = get(stage.url(stage.rita))
    assert "<td>Alfreds Futterkiste, Berlin</td>" in drawn
    address = drawn.split('href="/page/file/')[1].split('"')[0]
    assert get(f"{stage.serving.url}/page/file/{address}") == CSV
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        get(f"{stage.serving.url}/page/file/{address.split('?')[0]}?as={stage.li.id}")
    refused.value.close()


def test_unread_messages_are_counted_until_they_are_looked_at(stage: Scene):
    stage.workspace.act_as(stage.rita).say(stage.general, "one")
    stage.workspace.act_as(stage.rita).say(stage.general, "two")
    assert 'aria-label="2 条未读"' in get(stage.url(stage.li))
    get(stage.url(stage.li, stage.general, seen="no"))
    assert 'aria-label="2 条未读"' in get(stage.url(stage.li))
    get(stage.url(stage.li, stage.general))
    assert "条未读" not in get(stage.url(stage.li))


def test_an_open_page_hears_of_a_change_and_of_the_end():
    workspace = Workspace()
    workspace.install({"display_information": {"name": "Ember"}})
    rita = workspace.add_person("rita")
    channel = workspace.add_channel("sales", [rita])
    serving = serve(workspace)
    with connect(serving.url.replace("http", "ws") + "/page/live") as page:
        before = int(page.recv(timeout=5))
        workspace.act_as(rita).say(channel, "news")
        assert int(page.recv(timeout=5)) > before
        serving.close()
        with pytest.raises(ConnectionClosed):
            [page.recv(timeout=5) for _ in range(100)]


def test_what_the_app_did_wrong_stands_on_the_page(stage: Scene):
    assert "What the app did wrong" not in get(stage.url(stage.rita))
    stage.workspace.complain("The app sent <b>nonsense</b>.")
    drawn = get(stage.url(stage.rita))
    assert "What the app did wrong" in drawn
    assert "The app sent &lt;b&gt;nonsense&lt;/b&gt;." in drawn
