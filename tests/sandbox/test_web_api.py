"""The Web API, called by Slack's own client."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from urllib.parse import urlencode

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from sandbox.server import Serving
from sandbox.workspace import Channel, Workspace

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Acme"}}
HOME = {"type": "home", "blocks": [SECTION]}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Log"}, "blocks": [SECTION]}


def refusal(act, *args, **kwargs) -> dict:
    """The answer to a call that Slack refuses."""
    with pytest.raises(SlackApiError) as caught:
        act(*args, **kwargs)
    return caught.value.response.data


def word(act, *args, **kwargs) -> str:
    """Slack's word for why a call is refused."""
    return refusal(act, *args, **kwargs)["error"]


def raw(serving: Serving, method: str, body: bytes = b"", **headers: str) -> tuple[int, dict, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", serving.port)
    try:
        connection.request("POST", f"/api/{method}", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), dict(answer.getheaders())
    finally:
        connection.close()


def test_the_app_learns_who_and_where_it_is(client, workspace, app) -> None:
    told = client.auth_test()
    assert (told["team_id"], told["user_id"], told["bot_id"]) == (workspace.team_id, app.bot_user_id, app.bot_id)
    assert client.team_info()["team"]["domain"] == "acme"
    assert client.bots_info(bot=app.bot_id)["bot"]["user_id"] == app.bot_user_id
    assert client.api_test(foo="bar")["args"] == {"foo": "bar"}


def test_calls_without_or_with_a_wrong_token_are_refused(serving, app) -> None:
    assert raw(serving, "auth.test")[1]["error"] == "not_authed"
    assert raw(serving, "auth.test", Authorization="Bearer xoxb-nobody")[1]["error"] == "invalid_auth"
    assert raw(serving, "auth.test", Authorization=f"Bearer {app.app_token}")[1]["error"] == "not_allowed_token_type"
    opening = raw(serving, "apps.connections.open", Authorization=f"Bearer {app.bot_token}")[1]
    assert opening["error"] == "not_allowed_token_type"


def test_a_token_may_come_in_the_body(serving, app) -> None:
    form = urlencode({"token": app.bot_token}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert raw(serving, "auth.test", form, **kind)[1]["ok"] is True


def test_an_unknown_method_is_refused(client) -> None:
    assert word(client.api_call, "chat.shout") == "unknown_method"


def test_a_body_that_is_no_json_is_refused(serving, app) -> None:
    answer = raw(
        serving, "auth.test", b"{", Authorization=f"Bearer {app.bot_token}", **{"Content-Type": "application/json"}
    )
    assert answer[1]["error"] == "invalid_json"


def test_a_method_without_its_scope_says_what_is_missing(client, app, rita) -> None:
    app.scopes = frozenset({"commands"})
    told = refusal(client.users_info, user=rita.id)
    assert (told["error"], told["needed"], told["provided"]) == ("missing_scope", "users:read", "commands")


def test_a_posted_message_is_seen_and_can_be_changed_and_deleted(client, workspace, rita, sales) -> None:
    posted = client.chat_postMessage(channel=sales.id, text="Acme", blocks=[SECTION])
    assert posted["message"]["blocks"][0]["block_id"]
    [message] = workspace.visible_to(rita, sales)
    assert (message.ts, message.text) == (posted["ts"], "Acme")
    client.chat_update(channel=sales.id, ts=message.ts, text="Acme Ltd")
    assert (message.text, message.blocks) == ("Acme Ltd", [])
    assert message.edited
    client.chat_delete(channel=sales.id, ts=message.ts)
    assert workspace.visible_to(rita, sales) == []
    assert word(client.chat_update, channel=sales.id, ts=message.ts, text="x") == "message_not_found"


def test_posting_where_one_may_not_is_refused(client, workspace, rita, sales) -> None:
    assert word(client.chat_postMessage, channel="C404", text="x") == "channel_not_found"
    assert word(client.chat_postMessage, channel=workspace.add_channel("open", [rita]).id, text="x") == "not_in_channel"
    private = workspace.add_channel("closed", [rita], kind="private")
    assert word(client.chat_postMessage, channel=private.id, text="x") == "channel_not_found"
    sales.archived = True
    assert word(client.chat_postMessage, channel=sales.id, text="x") == "is_archived"


def test_a_message_of_nothing_is_refused(client, sales) -> None:
    assert word(client.api_call, "chat.postMessage", json={"channel": sales.id}) == "no_text"


def test_too_long_a_text_is_cut_when_posted_and_refused_when_changed(client, workspace, rita, sales) -> None:
    posted = client.chat_postMessage(channel=sales.id, text="x" * 40_001)
    assert len(workspace.visible_to(rita, sales)[0].text) == 40_000
    assert word(client.chat_update, channel=sales.id, ts=posted["ts"], text="x" * 40_001) == "msg_too_long"
    assert "Slack cuts it at 40000" in workspace.errors[0]


def test_bad_blocks_are_refused_with_the_place_where_they_are_bad(client, workspace, rita, sales) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}
    told = refusal(client.chat_postMessage, channel=sales.id, text="x", blocks=[SECTION, long])
    assert told["error"] == "invalid_blocks"
    words = "[ERROR] must be less than 3001 characters [json-pointer:/blocks/1/text/text]"
    assert told["response_metadata"]["messages"] == [words]
    assert workspace.visible_to(rita, sales) == []
    assert word(client.chat_postMessage, channel=sales.id, text="x", blocks="[{") == "invalid_blocks_format"


def test_blocks_without_a_text_to_fall_back_on_are_noted(serving, app, workspace, sales) -> None:
    body = json.dumps({"channel": sales.id, "blocks": [SECTION]}).encode()
    raw(
        serving,
        "chat.postMessage",
        body,
        Authorization=f"Bearer {app.bot_token}",
        **{"Content-Type": "application/json"},
    )
    assert "no text" in workspace.errors[0]


def test_the_words_of_people_cannot_be_changed_by_the_app(client, workspace, rita, sales) -> None:
    said = workspace.act_as(rita).say(sales, "mine")
    assert word(client.chat_update, channel=sales.id, ts=said.ts, text="x") == "cant_update_message"
    assert word(client.chat_delete, channel=sales.id, ts=said.ts) == "cant_delete_message"


def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_changed(client, workspace, rita, li, sales) -> None:
    sent = client.chat_postEphemeral(channel=sales.id, user=rita.id, text="only you")
    assert [each.text for each in workspace.visible_to(rita, sales)] == ["only you"]
    assert workspace.visible_to(li, sales) == []
    assert word(client.chat_update, channel=sales.id, ts=sent["message_ts"], text="x") == "message_not_found"
    assert client.conversations_history(channel=sales.id)["messages"] == []


def test_an_ephemeral_message_needs_somebody_in_the_channel(client, workspace, sales) -> None:
    other = workspace.add_person("otto")
    assert word(client.chat_postEphemeral, channel=sales.id, user=other.id, text="x") == "user_not_in_channel"
    assert word(client.chat_postEphemeral, channel=sales.id, user="U404", text="x") == "user_not_found"


def test_a_channel_takes_a_burst_and_then_one_message_a_second(client, workspace, sales) -> None:
    for _ in range(10):
        client.chat_postMessage(channel=sales.id, text="x")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=sales.id, text="x")
    answer = caught.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    workspace.pass_time(1)
    client.chat_postMessage(channel=sales.id, text="x")
    workspace.rate_limits = False
    for _ in range(12):
        client.chat_postMessage(channel=sales.id, text="x")
    assert len(sales.messages) == 23


def test_history_pages_from_the_newest_and_knows_metadata(client, workspace, sales) -> None:
    workspace.rate_limits = False
    note = {"event_type": "reminder", "event_payload": {"key": "k1"}}
    stamps = [client.chat_postMessage(channel=sales.id, text=str(each), metadata=note)["ts"] for each in range(5)]
    first = client.conversations_history(channel=sales.id, limit=2, include_all_metadata=True)
    assert [each["text"] for each in first["messages"]] == ["4", "3"]
    assert first["messages"][0]["metadata"] == note
    assert first["has_more"] is True
    cursor = first["response_metadata"]["next_cursor"]
    second = client.conversations_history(channel=sales.id, limit=3, cursor=cursor)
    assert [each["text"] for each in second["messages"]] == ["2", "1", "0"]
    assert "metadata" not in second["messages"][0]
    assert second["has_more"] is False
    between = client.conversations_history(channel=sales.id, oldest=stamps[1], latest=stamps[3])
    assert [each["text"] for each in between["messages"]] == ["2"]
    both = client.conversations_history(channel=sales.id, oldest=stamps[1], latest=stamps[3], inclusive=True)
    assert [each["text"] for each in both["messages"]] == ["3", "2", "1"]


def test_metadata_of_another_shape_is_refused(client, sales) -> None:
    bad = {"event_type": "reminder", "event_payload": "k1"}
    assert word(client.chat_postMessage, channel=sales.id, text="x", metadata=bad) == "invalid_metadata_schema"


def test_history_needs_its_scope_and_sensible_bounds(client, app, sales) -> None:
    assert word(client.conversations_history, channel=sales.id, oldest="yesterday") == "invalid_ts_oldest"
    assert word(client.conversations_history, channel=sales.id, cursor="x") == "invalid_cursor"
    app.scopes = app.scopes - {"channels:history"}
    assert refusal(client.conversations_history, channel=sales.id)["needed"] == "channels:history"


def test_metadata_and_forms_that_are_too_large_are_refused(client, workspace, rita, sales) -> None:
    large = {"event_type": "reminder", "event_payload": {"key": "x" * 8000}}
    assert word(client.chat_postMessage, channel=sales.id, text="x", metadata=large) == "metadata_too_large"
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}}
    trigger = workspace.new_trigger(rita.id)
    assert word(client.views_open, trigger_id=trigger, view={**MODAL, "blocks": [long] * 90}) == "view_too_large"


def test_a_thread_has_its_own_replies(client, workspace, rita, sales) -> None:
    said = workspace.act_as(rita).say(sales, "question")
    client.chat_postMessage(channel=sales.id, text="answer", thread_ts=said.ts)
    thread = client.conversations_replies(channel=sales.id, ts=said.ts)["messages"]
    assert [each["text"] for each in thread] == ["question", "answer"]
    assert [each["text"] for each in client.conversations_history(channel=sales.id)["messages"]] == ["question"]
    assert word(client.chat_postMessage, channel=sales.id, text="x", thread_ts="1.1") == "thread_not_found"


def test_a_person_is_told_with_locale_zone_and_guest_flags(client, app, workspace, li) -> None:
    told = client.users_info(user=li.id, include_locale=True)["user"]
    assert (told["locale"], told["tz"], told["tz_offset"]) == ("zh-CN", "Asia/Shanghai", 28800)
    assert told["tz_label"] == "China Standard Time"
    assert told["profile"]["email"] == li.email
    assert (told["is_restricted"], told["team_id"]) == (False, workspace.team_id)
    assert "locale" not in client.users_info(user=li.id)["user"]
    app.scopes = app.scopes - {"users:read.email"}
    assert "email" not in client.users_info(user=li.id)["user"]["profile"]
    assert word(client.users_info, user="U404") == "user_not_found"


def test_a_stranger_is_told_with_another_team(client, workspace) -> None:
    stranger = workspace.add_person("sam", is_stranger=True)
    told = client.users_info(user=stranger.id)["user"]
    assert told["is_stranger"] is True
    assert told["team_id"] != workspace.team_id
    assert stranger.id not in [each["id"] for each in client.users_list()["members"]]
    assert word(client.users_lookupByEmail, email=stranger.email) == "users_not_found"


def test_people_are_found_by_email_whatever_its_case(client, rita) -> None:
    assert client.users_lookupByEmail(email="RITA@acme.example")["user"]["id"] == rita.id


def test_channels_and_their_members_are_listed(client, workspace, app, rita, li, sales) -> None:
    assert [each["name"] for each in client.conversations_list()["channels"]] == ["sales"]
    assert client.conversations_info(channel=sales.id)["channel"]["is_member"] is True
    assert set(client.conversations_members(channel=sales.id)["members"]) == {rita.id, li.id, app.bot_user_id}
    assert [each["id"] for each in client.users_conversations(user=rita.id)["channels"]] == [sales.id]
    assert word(client.conversations_list, types="mail") == "invalid_types"


def test_a_direct_message_is_opened_once(client, workspace, rita) -> None:
    opened = client.conversations_open(users=rita.id)["channel"]["id"]
    assert opened == client.conversations_open(users=[rita.id])["channel"]["id"]
    client.chat_postMessage(channel=rita.id, text="hello")
    assert workspace.dm(rita).messages[-1].text == "hello"
    assert word(client.conversations_open, users="U404") == "user_not_found"


def test_a_permalink_points_at_the_message(client, workspace, rita, sales) -> None:
    said = workspace.act_as(rita).say(sales, "hello")
    link = client.chat_getPermalink(channel=sales.id, message_ts=said.ts)["permalink"]
    assert link.endswith(f"/archives/{sales.id}/p{said.ts.replace('.', '')}")


def test_a_reaction_is_added_once(client, workspace, app, rita, sales) -> None:
    said = workspace.act_as(rita).say(sales, "hello")
    client.reactions_add(channel=sales.id, timestamp=said.ts, name="eyes")
    assert said.reactions == {"eyes": [app.bot_user_id]}
    assert word(client.reactions_add, channel=sales.id, timestamp=said.ts, name="eyes") == "already_reacted"


def test_home_is_published_and_a_stale_hash_conflicts(client, workspace, rita) -> None:
    first = client.views_publish(user_id=rita.id, view=HOME)["view"]
    assert workspace.home_of(rita).id == first["id"]
    second = client.views_publish(user_id=rita.id, view=HOME, hash=first["hash"])["view"]
    assert second["id"] == first["id"]
    assert word(client.views_publish, user_id=rita.id, view=HOME, hash=first["hash"]) == "hash_conflict"


def test_forms_open_push_and_update_over_the_api(client, workspace, rita) -> None:
    opened = client.views_open(trigger_id=workspace.new_trigger(rita.id), view={**MODAL, "external_id": "log-1"})[
        "view"
    ]
    inside = workspace.new_trigger(rita.id, opened["id"])
    pushed = client.views_push(trigger_id=inside, view=MODAL)["view"]
    assert pushed["previous_view_id"] == opened["id"]
    changed = client.views_update(external_id="log-1", view={**MODAL, "callback_id": "second"})["view"]
    assert (changed["id"], changed["callback_id"]) == (opened["id"], "second")
    assert word(client.views_update, view_id=opened["id"], view=MODAL, hash="old") == "hash_conflict"
    assert word(client.views_update, view_id="V404", view=MODAL) == "not_found"
    assert len(workspace.modals_of(rita)) == 2


def test_a_form_after_three_seconds_is_refused(client, workspace, rita) -> None:
    trigger = workspace.new_trigger(rita.id)
    workspace.pass_time(3.1)
    assert word(client.views_open, trigger_id=trigger, view=MODAL) == "expired_trigger_id"
    assert word(client.views_open, trigger_id="1.a", view=MODAL) == "invalid_trigger_id"
    assert "3 s" in workspace.errors[0]


def test_a_bad_form_is_refused_and_does_not_use_the_trigger_up(client, workspace, rita) -> None:
    trigger = workspace.new_trigger(rita.id)
    long = {**MODAL, "title": {"type": "plain_text", "text": "x" * 25}}
    told = refusal(client.views_open, trigger_id=trigger, view=long)
    assert told["error"] == "invalid_arguments"
    assert "less than 25 characters [json-pointer:/view/title/text]" in told["response_metadata"]["messages"][0]
    client.views_open(trigger_id=trigger, view=MODAL)
    assert len(workspace.modals_of(rita)) == 1


def test_a_file_is_uploaded_shared_and_fetched_with_the_token(client, workspace, app, rita) -> None:
    channel = client.conversations_open(users=rita.id)["channel"]["id"]
    shared = client.files_upload_v2(
        content="name,spend\nAcme,1", filename="客户.csv", title="Lost", channel=channel, initial_comment="Here"
    )
    [file_id] = [each["id"] for each in shared["files"]]
    message = workspace.visible_to(rita, workspace.dm(rita))[-1]
    assert (message.text, message.files) == ("Here", [file_id])
    told = client.files_info(file=file_id)["file"]
    assert (told["name"], told["title"], told["size"]) == ("客户.csv", "Lost", 17)
    url = told["url_private_download"].replace("客户.csv", "x.csv")
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {app.bot_token}"})
    with urllib.request.urlopen(request) as answer:
        assert answer.read() == b"name,spend\nAcme,1"
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url)
    caught.value.close()
    assert caught.value.code == 403


def test_a_file_that_was_not_uploaded_cannot_be_shared(client, sales) -> None:
    asked = client.files_getUploadURLExternal(filename="a.csv", length=3)
    files = [{"id": asked["file_id"]}]
    assert word(client.files_completeUploadExternal, files=files, channel_id=sales.id) == "file_not_found"


def response_url(workspace: Workspace, channel: Channel, person) -> str:
    return workspace.new_response_url(channel.id, person.id)


def test_a_response_address_works_five_times(serving, workspace, rita, sales) -> None:
    hook = WebhookClient(response_url(workspace, sales, rita))
    for _ in range(5):
        assert hook.send(text="more").status_code == 200
    sixth = hook.send(text="too much")
    assert (sixth.status_code, json.loads(sixth.body)["error"]) == (404, "used_url")
    assert len(workspace.visible_to(rita, sales)) == 5


def test_a_response_address_works_for_half_an_hour(serving, workspace, rita, sales) -> None:
    hook = WebhookClient(response_url(workspace, sales, rita))
    workspace.pass_time(1799)
    assert hook.send(text="still").status_code == 200
    workspace.pass_time(2)
    late = hook.send(text="late")
    assert (late.status_code, json.loads(late.body)["error"]) == (404, "expired_url")


def test_a_response_address_of_a_command_has_no_original_to_replace(serving, workspace, rita, li, sales) -> None:
    hook = WebhookClient(response_url(workspace, sales, rita))
    hook.send(text="first")
    hook.send(text="second", replace_original=True)
    assert [each.text for each in workspace.visible_to(rita, sales)] == ["first", "second"]
    hook.send(text="all", response_type="in_channel")
    assert [each.text for each in workspace.visible_to(li, sales)] == ["all"]


def test_a_response_address_of_a_click_replaces_and_deletes_the_message(
    serving, client, workspace, rita, sales
) -> None:
    ts = client.chat_postMessage(channel=sales.id, text="card", blocks=[SECTION])["ts"]
    hook = WebhookClient(workspace.new_response_url(sales.id, rita.id, ts))
    hook.send(text="done")
    [message] = workspace.visible_to(rita, sales)
    assert (message.ts, message.text, message.blocks) == (ts, "done", [])
    hook.send(text="beside", replace_original=False)
    assert [each.text for each in workspace.visible_to(rita, sales)] == ["done", "beside"]
    hook.send(delete_original=True)
    assert [each.text for each in workspace.visible_to(rita, sales)] == ["beside"]


def test_an_update_keeps_attachments_and_is_marked_as_edited_only_by_a_text(client, workspace, rita, sales) -> None:
    attached = [{"fallback": "x", "text": "more"}]
    ts = client.chat_postMessage(channel=sales.id, text="card", attachments=attached)["ts"]
    [message] = workspace.visible_to(rita, sales)
    client.chat_update(channel=sales.id, ts=ts, text="card", blocks=[SECTION])
    assert (message.attachments, message.edited) == (attached, None)
    client.chat_update(channel=sales.id, ts=ts, text="words", attachments=[])
    assert (message.attachments, message.blocks) == ([], [])
    assert message.edited


def test_a_response_with_bad_blocks_is_refused(serving, workspace, rita, sales) -> None:
    answer = WebhookClient(response_url(workspace, sales, rita)).send(text="x", blocks=[{"type": "nonsense"}])
    assert json.loads(answer.body)["error"] == "invalid_blocks"
    assert workspace.visible_to(rita, sales) == []


def test_two_clients_at_once_do_not_disturb_each_other(serving, client, workspace, app, rita, sales) -> None:
    other = WebClient(token=app.bot_token, base_url=serving.api_url)
    assert client.auth_test().data == other.auth_test().data
