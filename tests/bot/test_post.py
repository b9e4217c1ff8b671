"""A message reaches Slack in one attempt, and Slack's words are understood."""

from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk import WebClient
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse

from bot.post import WHAT_TO_DO, SlackPosts
from bot.slack_words import CLOSING, PERHAPS, meaning
from delivery import SLACK, Message, Run, plan, put
from delivery.dispatcher import Dispatcher
from delivery.leasing import Leasing, lease
from delivery.outcomes import CannotTell, Closed, Later, NotFound, NotSent, Refused, Sent, Unknown
from sandbox import api
from sandbox.server import serve
from sandbox.workspace import Workspace
from tests.delivery.doubles import DAY, StillClock, row

MANIFEST = {
    "display_information": {"name": "Rekindle"},
    "oauth_config": {"scopes": {"bot": ["chat:write", "im:write", "im:history"]}},
}
CHART = {"type": "data_visualization", "what": "Slack refuses"}


class Answers:
    """Answers the next calls of a method as it was told, and otherwise as Slack does."""

    def __init__(self):
        self.next, self.calls = [], []

    async def answer(self, workspace, request, args, token):
        method = request.path_params["method"]
        self.calls.append((method, dict(args)))
        if not self.next:
            return JSONResponse(api.call(workspace, method, args, token).body)
        what = self.next.pop(0)
        if what == "stored, then reset":
            api.call(workspace, method, args, token)
            request.app.state.cut(request.client)
            return PlainTextResponse("")
        return what


@pytest.fixture
def slack():
    workspace = Workspace()
    app = workspace.install(MANIFEST)
    workspace.rita = workspace.add_person("rita")
    workspace.faults = Answers()
    with serve(workspace) as serving:
        client = WebClient(token=app.bot_token, base_url=serving.api_url, timeout=5, retry_handlers=[])
        workspace.posts = SlackPosts(client, 5)
        yield workspace
    workspace.close()


def leased(sqlite, message, clock=None):
    with sqlite.transaction() as db:
        put(db, "alerts", [message])
        (mine,) = lease(db, clock or StillClock(datetime.now(UTC)), [SLACK], [], 1, Leasing())
    return mine


def to(slack, payload=None, **more):
    now = datetime.now(UTC)
    return Message(slack.rita.id, payload or {"text": "hello"}, now, now + timedelta(hours=1), **more)


def said(slack):
    return [each.text for channel in slack.channels.values() for each in channel.messages]


def always():
    return True


def test_a_message_goes_to_the_persons_dm_with_its_key_and_is_found_again(slack, sqlite):
    mine = leased(sqlite, to(slack))
    assert slack.posts.find(mine) == NotFound()
    sent = slack.posts.send(mine, always)
    assert isinstance(sent, Sent)
    assert set(slack.channels[sent.place].members) == {slack.rita.id, slack.installed().bot_user_id}
    assert slack.posts.find(mine) == sent
    assert slack.faults.calls[-1][1]["include_all_metadata"]
    posted = next(args for method, args in slack.faults.calls if method == "chat.postMessage")
    assert posted["metadata"] == {"event_type": "rekindle", "event_payload": {"key": mine.key}}


def test_a_message_is_found_behind_several_pages_of_others(slack, sqlite, monkeypatch):
    monkeypatch.setattr("bot.post.PAGE", 2)
    mine = leased(sqlite, to(slack))
    sent = slack.posts.send(mine, always)
    for number in range(5):
        slack.posts._client.chat_postMessage(channel=sent.place, text=f"{number}")
    assert slack.posts.find(mine) == sent


def test_nothing_leaves_when_the_lease_is_over_in_the_last_moment(slack, sqlite):
    assert slack.posts.send(leased(sqlite, to(slack)), lambda: False) == NotSent()
    assert said(slack) == []


def test_the_client_says_nothing_twice_after_a_reset(slack, sqlite):
    mine = leased(sqlite, to(slack))
    slack.faults.next = ["stored, then reset"]
    assert isinstance(slack.posts.send(mine, always), Unknown)
    assert said(slack) == ["hello"]
    assert isinstance(slack.posts.find(mine), Sent)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (PlainTextResponse("upstream", 503), Unknown("http_503")),
        (HTMLResponse("<html>"), Unknown("http_200")),
        (PlainTextResponse('{"ok": true, "cha'), Unknown("http_200")),
        (JSONResponse({"ok": True}), Unknown("garbage")),
        (JSONResponse([1]), Unknown("http_200")),
        (JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"}), Later(7, "ratelimited")),
        (PlainTextResponse("slow down", 429), Later(30, "ratelimited")),
        (JSONResponse({"ok": False, "error": "fatal_error"}), Unknown("fatal_error")),
        (JSONResponse({"ok": False, "error": "team_added_to_org"}), Later(60, "team_added_to_org")),
        (JSONResponse({"ok": False, "error": "is_archived"}), Refused("is_archived")),
        (JSONResponse({"ok": False, "error": "token_revoked"}), Closed("token_revoked")),
        (JSONResponse({"ok": False, "error": "a_word_of_tomorrow"}), Refused("a_word_of_tomorrow")),
    ],
)
def test_slacks_answers_are_understood(slack, sqlite, answer, outcome):
    slack.faults.next = [answer]
    assert slack.posts.send(leased(sqlite, to(slack)), always) == outcome


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "9"}), CannotTell("ratelimited", 9)),
        (JSONResponse({"ok": False, "error": "internal_error"}), CannotTell("internal_error")),
        (JSONResponse({"ok": False, "error": "missing_scope"}), CannotTell("missing_scope")),
        (JSONResponse({"ok": False, "error": "invalid_auth"}), Closed("invalid_auth")),
        (JSONResponse({"ok": True}), CannotTell("TypeError")),
    ],
)
def test_a_look_up_that_fails_never_says_that_the_message_is_not_there(slack, sqlite, answer, finding):
    slack.faults.next = [JSONResponse({"ok": True, "channel": {"id": "D1"}}), answer]
    assert slack.posts.find(leased(sqlite, to(slack))) == finding


@pytest.mark.parametrize("answer", [PlainTextResponse("upstream", 500), HTMLResponse("<html>", 200)])
def test_a_look_up_that_brings_no_json_cannot_tell(slack, sqlite, answer):
    slack.faults.next = [JSONResponse({"ok": True, "channel": {"id": "D1"}}), answer]
    assert isinstance(slack.posts.find(leased(sqlite, to(slack))), CannotTell)


def test_where_slack_cannot_be_reached_nothing_was_said_and_it_is_tried_again(sqlite, slack):
    away = SlackPosts(WebClient(token="xoxb-1", base_url="http://127.0.0.1:9/api/", retry_handlers=[]), 5)
    assert away.send(leased(sqlite, to(slack)), always) == Later(5.0, "unreachable")


def test_a_message_whose_chart_is_refused_goes_out_without_it_once(slack, sqlite):
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "numbers"}}
    mine = leased(sqlite, to(slack, {"text": "hello", "blocks": [section, CHART]}))
    assert isinstance(slack.posts.send(mine, always), Sent)
    assert [method for method, _ in slack.faults.calls] == ["chat.postMessage", "chat.postMessage"]


def test_a_message_that_is_refused_for_another_reason_than_its_chart_is_refused(slack, sqlite):
    mine = leased(sqlite, to(slack, {"text": "hello", "blocks": [{"type": "nonsense"}]}))
    assert slack.posts.send(mine, always) == Refused("invalid_blocks")
    assert [method for method, _ in slack.faults.calls] == ["chat.postMessage"]


def test_a_job_says_a_thing_changes_it_and_answers_in_its_thread(slack, sqlite):
    sending = Dispatcher(sqlite, {SLACK: slack.posts}, clock=(clock := StillClock(datetime.now(UTC))))
    with sqlite.transaction() as db:
        (card,) = plan(db, Run("lost_customers", "acme", DAY), [to(slack, {"text": "Acme is slipping away"})], clock.at)
        put(db, "lost_customers", [to(slack, {"text": "Acme came back"}, action="update", earlier=card)])
        (thread,) = put(db, "lost_customers", [to(slack, {"text": "It ordered"}, action="reply", earlier=card)])
    for _ in range(4):
        sending.once()
        clock.pass_time(3)
    sending.stop()
    assert said(slack) == ["Acme came back", "It ordered"]
    channel, ts = row(sqlite, card).reference.split()
    assert slack.channels[channel].find(row(sqlite, thread).reference.split()[1]).thread_ts == ts


def test_every_word_that_stops_all_messages_says_what_to_do():
    assert set(CLOSING) <= set(WHAT_TO_DO)
    assert all(isinstance(meaning(word), Closed) for word in CLOSING)
    assert all(isinstance(meaning(word), Unknown) for word in PERHAPS)
    assert all(isinstance(meaning(word), Refused) for word in WHAT_TO_DO if word not in CLOSING)
