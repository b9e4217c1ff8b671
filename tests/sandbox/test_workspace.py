"""The workspace by itself: what people see and can do, without any network."""

from __future__ import annotations

import json

import pytest

from sandbox import views
from sandbox.workspace import Channel, Person, SlackError, Workspace


@pytest.fixture
def sent(workspace: Workspace) -> list[dict]:
    """What goes to the app, oldest first."""
    envelopes: list[dict] = []
    workspace.courier.connect(lambda text: envelopes.append(json.loads(text or "")))
    return envelopes


def answer(workspace: Workspace, envelope: dict, payload: dict | None = None) -> None:
    workspace.courier.acknowledge(envelope["envelope_id"], payload)


def texts(workspace: Workspace, person: Person, channel: Channel) -> list[str]:
    return [message.text for message in workspace.visible_to(person, channel)]


def test_a_command_reaches_the_app_as_slack_sends_it(workspace, sent, rita, sales) -> None:
    workspace.act_as(rita).command(sales, "/customer", "acme & <co>")
    told = sent[0]["payload"]
    assert sent[0]["type"] == "slash_commands"
    assert sent[0]["accepts_response_payload"] is True
    assert told["command"] == "/customer"
    assert told["text"] == "acme &amp; &lt;co&gt;"
    assert (told["user_id"], told["channel_id"], told["team_id"]) == (rita.id, sales.id, workspace.team_id)
    assert told["trigger_id"]
    assert "/response/" in told["response_url"]


def test_the_acknowledgement_of_a_command_is_seen_only_by_who_typed_it(workspace, sent, rita, li, sales) -> None:
    delivery = workspace.act_as(rita).command(sales, "/customer acme")
    answer(workspace, sent[0], {"text": "Acme buys every 21 days"})
    assert delivery.state == "answered"
    assert texts(workspace, rita, sales) == ["Acme buys every 21 days"]
    assert texts(workspace, li, sales) == []


def test_an_acknowledgement_in_channel_is_seen_by_all(workspace, sent, rita, li, sales) -> None:
    workspace.act_as(rita).command(sales, "/customer acme")
    answer(workspace, sent[0], {"text": "Shared", "response_type": "in_channel"})
    assert texts(workspace, li, sales) == ["Shared"]


def test_an_unknown_command_is_refused_to_the_person_and_never_sent(workspace, sent, rita, li, sales) -> None:
    delivery = workspace.act_as(rita).command(sales, "/custmer", "acme")
    assert (delivery.state, sent) == ("refused", [])
    assert "/custmer is not a valid command" in texts(workspace, rita, sales)[0]
    assert texts(workspace, li, sales) == []


def test_a_command_without_an_app_that_listens_fails_visibly(workspace, rita, sales) -> None:
    delivery = workspace.act_as(rita).command(sales, "/customer acme")
    assert delivery.state == "undelivered"
    assert texts(workspace, rita, sales) == ["/customer failed with the error “dispatch_failed”"]


def test_a_command_not_acknowledged_within_three_seconds_times_out(workspace, sent, rita, sales) -> None:
    delivery = workspace.act_as(rita).command(sales, "/customer acme")
    workspace.pass_time(2.9)
    assert delivery.state == "waiting"
    workspace.pass_time(0.2)
    assert delivery.state == "late"
    assert texts(workspace, rita, sales) == ["/customer failed with the error “operation_timeout”"]
    assert "The command /customer was not acknowledged within 3 s." in workspace.errors


def test_an_acknowledgement_that_comes_too_late_does_nothing_but_is_noted(workspace, sent, rita, sales) -> None:
    workspace.act_as(rita).command(sales, "/customer acme")
    workspace.pass_time(3.1)
    answer(workspace, sent[0], {"text": "Acme"})
    assert "Acme" not in texts(workspace, rita, sales)
    assert "too late" in workspace.errors[-1]


def test_an_event_that_is_not_acknowledged_comes_again_at_once_after_one_and_after_five_minutes(
    workspace, sent, rita
) -> None:
    workspace.act_as(rita).say(workspace.dm(rita), "hello")
    delivery = workspace.deliveries[-1]
    for seconds, comings in ((3.1, 2), (3.1, 2), (59, 2), (1, 3), (3.1, 3), (299, 3), (1, 4)):
        workspace.pass_time(seconds)
        assert len(sent) == comings
    assert [each["retry_attempt"] for each in sent] == [0, 1, 2, 3]
    assert [each["retry_reason"] for each in sent] == ["", "timeout", "timeout", "timeout"]
    assert len({each["payload"]["event_id"] for each in sent}) == 1
    workspace.pass_time(3.1)
    assert delivery.wait().state == "late"


def test_an_event_acknowledged_at_its_second_coming_does_not_come_a_third_time(workspace, sent, rita) -> None:
    workspace.act_as(rita).say(workspace.dm(rita), "hello")
    workspace.pass_time(3.1)
    answer(workspace, sent[1])
    workspace.pass_time(1000)
    assert workspace.deliveries[-1].state == "answered"
    assert len(sent) == 2


def test_a_direct_message_reaches_the_app_as_slack_sends_it(workspace, sent, rita, app) -> None:
    said = workspace.act_as(rita).say(workspace.dm(rita), "customer <acme>")
    told = sent[0]["payload"]
    assert told["type"] == "event_callback"
    assert told["authorizations"][0]["user_id"] == app.bot_user_id
    event = told["event"]
    assert (event["type"], event["channel_type"], event["user"]) == ("message", "im", rita.id)
    assert (event["text"], event["ts"]) == ("customer &lt;acme&gt;", said.ts)
    assert event["client_msg_id"]


def test_a_mention_by_name_reaches_the_app_as_its_id(workspace, sent, rita, sales, app) -> None:
    workspace.act_as(rita).say(sales, "@Rekindle customer acme")
    event = sent[0]["payload"]["event"]
    assert len(sent) == 1
    assert event["type"] == "app_mention"
    assert event["text"] == f"<@{app.bot_user_id}> customer acme"


def test_a_message_in_a_channel_without_a_mention_is_not_sent_unless_subscribed(workspace, sent, rita, sales) -> None:
    workspace.act_as(rita).say(sales, "hello all")
    assert sent == []
    assert texts(workspace, rita, sales) == ["hello all"]


def test_a_mention_where_the_app_is_no_member_is_not_sent_and_the_person_is_told(workspace, sent, rita, app) -> None:
    other = workspace.add_channel("other", [rita])
    workspace.act_as(rita).say(other, "@rekindle hello")
    assert sent == []
    assert "not in this channel" in texts(workspace, rita, other)[-1]


def test_without_the_scope_no_event_is_sent(workspace, sent, rita, app) -> None:
    app.scopes = app.scopes - {"im:history"}
    workspace.act_as(rita).say(workspace.dm(rita), "hello")
    assert sent == []


def test_nobody_sees_or_writes_where_they_are_no_member(workspace, rita, li) -> None:
    private = workspace.add_channel("managers", [li], kind="private")
    workspace.act_as(li).say(private, "secret")
    assert workspace.visible_to(rita, private) == []
    with pytest.raises(SlackError, match="not_in_channel"):
        workspace.act_as(rita).say(private, "hello")


def test_connections_take_turns_and_there_are_at_most_ten(workspace, rita, sales) -> None:
    got: list[list[str]] = [[] for _ in range(10)]
    for each in got:
        workspace.courier.connect(each.append)
    with pytest.raises(ConnectionError):
        workspace.courier.connect(got[0].append)
    for _ in range(20):
        workspace.act_as(rita).command(sales, "/customer")
    assert [len(each) for each in got] == [2] * 10


def form(*fields: dict, **more) -> dict:
    words = {"type": "plain_text", "text": "Log"}
    return {"type": "modal", "title": words, "submit": words, "callback_id": "log", "blocks": list(fields), **more}


def field(block_id: str, element: dict, **more) -> dict:
    label = {"type": "plain_text", "text": block_id}
    return {"type": "input", "block_id": block_id, "label": label, "element": {"action_id": "it", **element}, **more}


def opened(workspace: Workspace, person: Person, view: dict):
    return views.open_modal(workspace, workspace.new_trigger(person.id), view)


def test_a_submitted_form_carries_what_was_filled_in(workspace, sent, rita) -> None:
    kinds = [{"text": {"type": "plain_text", "text": words}, "value": words.lower()} for words in ("Call", "Visit")]
    view = opened(
        workspace,
        rita,
        form(
            field("note", {"type": "plain_text_input"}),
            field("kind", {"type": "static_select", "options": kinds}),
            field("day", {"type": "datepicker", "initial_date": "2026-03-05"}),
            field("who", {"type": "multi_users_select"}, optional=True),
            field("tags", {"type": "checkboxes", "options": kinds}, optional=True),
        ),
    )
    workspace.act_as(rita).submit(view, {"note": "Spoke to Ann", "kind": "Visit", "tags": ["call"]})
    told = sent[0]["payload"]
    values = told["view"]["state"]["values"]
    assert told["type"] == "view_submission"
    assert values["note"]["it"] == {"type": "plain_text_input", "value": "Spoke to Ann"}
    assert values["kind"]["it"]["selected_option"]["value"] == "visit"
    assert values["day"]["it"] == {"type": "datepicker", "selected_date": "2026-03-05"}
    assert values["who"]["it"] == {"type": "multi_users_select", "selected_users": []}
    assert [each["value"] for each in values["tags"]["it"]["selected_options"]] == ["call"]


@pytest.mark.parametrize(
    ("element", "value", "words"),
    [
        ({"type": "plain_text_input"}, "", "required"),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "at least 3"),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "no more than 3"),
        ({"type": "email_text_input"}, "ann", "valid email"),
        ({"type": "url_text_input"}, "acme", "valid URL"),
        ({"type": "number_input", "is_decimal_allowed": False}, "1.5", "valid number"),
        ({"type": "number_input", "is_decimal_allowed": True, "max_value": "2"}, "2.5", "at most 2"),
        ({"type": "number_input", "is_decimal_allowed": True, "min_value": "2"}, "1.5", "at least 2"),
    ],
)
def test_what_slacks_own_form_refuses_is_not_sent(workspace, sent, rita, element, value, words) -> None:
    view = opened(workspace, rita, form(field("note", element)))
    assert workspace.act_as(rita).submit(view, {"note": value}).state == "refused"
    assert words in view.errors["note"]
    assert sent == []


def test_errors_of_the_app_stand_beneath_their_fields_and_the_form_stays(workspace, sent, rita) -> None:
    view = opened(workspace, rita, form(field("note", {"type": "plain_text_input"})))
    workspace.act_as(rita).submit(view, {"note": "x"})
    assert view.busy
    answer(workspace, sent[0], {"response_action": "errors", "errors": {"note": "Too short"}})
    assert view.errors == {"note": "Too short"}
    assert workspace.modals_of(rita) == [view]
    assert not view.busy


def test_errors_for_a_field_that_does_not_exist_are_refused(workspace, sent, rita) -> None:
    view = opened(workspace, rita, form(field("note", {"type": "plain_text_input"})))
    workspace.act_as(rita).submit(view, {"note": "x"})
    answer(workspace, sent[0], {"response_action": "errors", "errors": {"nope": "Too short"}})
    assert view.error == "We had some trouble connecting. Try again?"
    assert workspace.errors


def test_an_empty_acknowledgement_closes_the_form(workspace, sent, rita) -> None:
    view = opened(workspace, rita, form(field("note", {"type": "plain_text_input"})))
    workspace.act_as(rita).submit(view, {"note": "x"})
    answer(workspace, sent[0])
    assert workspace.modals_of(rita) == []
    assert view.closed


def test_a_form_can_be_updated_pushed_upon_and_cleared_by_the_answer(workspace, sent, rita) -> None:
    act = workspace.act_as(rita)
    view = opened(workspace, rita, form(field("note", {"type": "plain_text_input"})))
    act.submit(view, {"note": "x"})
    answer(workspace, sent[-1], {"response_action": "update", "view": form(callback_id="second")})
    assert view.callback_id == "second"
    act.submit(view)
    answer(workspace, sent[-1], {"response_action": "push", "view": form(callback_id="third")})
    top = workspace.modals_of(rita)[-1]
    assert (top.callback_id, top.previous_view_id, top.root_view_id) == ("third", view.id, view.id)
    act.submit(top)
    answer(workspace, sent[-1], {"response_action": "clear"})
    assert workspace.modals_of(rita) == []


def test_at_most_three_forms_lie_on_each_other(workspace, rita) -> None:
    view = opened(workspace, rita, form())
    for _ in range(2):
        view = views.lay_on(workspace, view, form())
    with pytest.raises(SlackError, match="push_limit_reached"):
        views.lay_on(workspace, view, form())


def test_closing_a_form_tells_the_app_where_it_asked_for_that(workspace, sent, rita) -> None:
    act = workspace.act_as(rita)
    assert act.close(opened(workspace, rita, form())) is None
    act.close(opened(workspace, rita, form(notify_on_close=True)))
    assert [each["payload"]["type"] for each in sent] == ["view_closed"]


def test_a_form_that_times_out_stays_open_and_says_so(workspace, sent, rita) -> None:
    view = opened(workspace, rita, form())
    workspace.act_as(rita).submit(view)
    workspace.pass_time(3.1)
    assert view.error == "We had some trouble connecting. Try again?"
    assert not view.busy


def test_a_trigger_opens_one_form_within_three_seconds(workspace, rita) -> None:
    trigger = workspace.new_trigger(rita.id)
    views.open_modal(workspace, trigger, form())
    with pytest.raises(SlackError, match="exchanged_trigger_id"):
        views.open_modal(workspace, trigger, form())
    late = workspace.new_trigger(rita.id)
    workspace.pass_time(3.1)
    with pytest.raises(SlackError, match="expired_trigger_id"):
        views.open_modal(workspace, late, form())
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        views.open_modal(workspace, "12345.abc", form())


def test_an_update_keeps_what_was_filled_into_fields_that_stay(workspace, rita) -> None:
    act = workspace.act_as(rita)
    view = opened(workspace, rita, form(field("note", {"type": "plain_text_input"})))
    act.fill(view, {"note": "kept"})
    views.update_modal(
        workspace, view, form(field("note", {"type": "plain_text_input"}), field("more", {"type": "plain_text_input"}))
    )
    assert view.values["note"]["it"]["value"] == "kept"
    assert view.values["more"]["it"]["value"] is None


def test_home_is_told_when_it_is_opened(workspace, sent, rita) -> None:
    workspace.act_as(rita).open_home()
    event = sent[0]["payload"]["event"]
    assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", rita.id)


def test_shortcuts_reach_the_app_with_what_it_needs(workspace, sent, rita, sales) -> None:
    act = workspace.act_as(rita)
    said = act.say(sales, "Ann called")
    act.shortcut("look_up")
    act.message_shortcut("log_this", said)
    look_up, log_this = (each["payload"] for each in sent)
    assert (look_up["type"], look_up["callback_id"]) == ("shortcut", "look_up")
    assert log_this["type"] == "message_action"
    assert log_this["message"]["text"] == "Ann called"
    assert log_this["response_url"]
    with pytest.raises(LookupError, match="log_this"):
        act.shortcut("log_this")


def test_waiting_for_what_does_not_come_says_what_is_there(workspace, rita, sales) -> None:
    workspace.act_as(rita).say(sales, "only this")
    with pytest.raises(AssertionError, match="sales: Rita Rep: only this"):
        workspace.wait_for(lambda: False, timeout=0)


def test_pressing_what_is_not_there_says_what_is_there(workspace, sent, rita, sales) -> None:
    workspace.act_as(rita).command(sales, "/customer")
    go = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    answer(workspace, sent[0], {"text": "x", "blocks": [{"type": "actions", "elements": [go]}]})
    message = workspace.visible_to(rita, sales)[-1]
    with pytest.raises(LookupError, match="there is: go Go"):
        workspace.act_as(rita).press(message, "went")


def test_an_answer_with_bad_blocks_reaches_nobody_and_is_noted(workspace, sent, rita, sales) -> None:
    workspace.act_as(rita).command(sales, "/customer")
    answer(workspace, sent[0], {"text": "x", "blocks": [{"type": "nonsense"}]})
    assert "unsupported type: nonsense" in workspace.errors[-1]
    assert texts(workspace, rita, sales) == ["/customer failed with the error “invalid_blocks”"]


def test_a_click_is_not_sent_where_the_manifest_does_not_enable_interactivity(workspace, sent, rita, app) -> None:
    app.manifest["settings"]["interactivity"]["is_enabled"] = False
    assert workspace.act_as(rita).shortcut("look_up").state == "undelivered"
    assert sent == []
    assert "does not enable interactivity" in workspace.errors[0]


def test_every_kind_of_menu_carries_its_choice(workspace, sent, rita, li, sales) -> None:
    choices = [{"text": {"type": "plain_text", "text": words}, "value": words} for words in ("a", "b")]
    elements = {
        "users_select": (li.id, "selected_user", li.id),
        "channels_select": (sales.id, "selected_channel", sales.id),
        "conversations_select": (sales.id, "selected_conversation", sales.id),
        "datepicker": ("2026-03-05", "selected_date", "2026-03-05"),
        "timepicker": ("09:30", "selected_time", "09:30"),
        "datetimepicker": (1_772_700_000, "selected_date_time", 1_772_700_000),
        "radio_buttons": ("b", "selected_option", choices[1]),
        "checkboxes": (["a", "b"], "selected_options", choices),
        "multi_static_select": (["b"], "selected_options", [choices[1]]),
        "overflow": ("a", "selected_option", choices[0]),
    }
    offered = ("radio_buttons", "checkboxes", "multi_static_select", "overflow")
    drawn = [
        {"type": kind, "action_id": kind, **({"options": choices} if kind in offered else {})} for kind in elements
    ]
    workspace.act_as(rita).command(sales, "/customer")
    answer(workspace, sent[0], {"text": "x", "blocks": [{"type": "actions", "elements": drawn}]})
    message = workspace.visible_to(rita, sales)[-1]
    for kind, (choice, key, expected) in elements.items():
        workspace.act_as(rita).choose(message, kind, choice)
        [action] = sent[-1]["payload"]["actions"]
        assert (action["type"], action[key]) == (kind, expected)
    filled = sent[-1]["payload"]["state"]["values"][message.blocks[0]["block_id"]]
    assert filled["datepicker"] == {"type": "datepicker", "selected_date": "2026-03-05"}
    assert "overflow" not in filled


def test_a_choice_that_is_not_in_the_menu_says_what_is(workspace, sent, rita) -> None:
    menu = {"type": "static_select", "options": [{"text": {"type": "plain_text", "text": "Call"}, "value": "call"}]}
    view = opened(workspace, rita, form(field("kind", menu)))
    with pytest.raises(LookupError, match="there is: Call"):
        workspace.act_as(rita).choose(view, "it", "Visit")
    assert workspace.act_as(rita).choose(view, "it", "Call") is None
    assert sent == []


def test_a_click_that_is_not_answered_is_told_to_the_person(workspace, sent, rita, sales) -> None:
    delivery = workspace.act_as(rita).shortcut("look_up")
    workspace.pass_time(3.1)
    assert delivery.state == "late"
    assert "Rekindle did not respond" in texts(workspace, rita, workspace.dm(rita))[-1]


def test_a_stranger_and_a_guest_are_marked_as_such(workspace) -> None:
    stranger = workspace.add_person("sam", is_stranger=True)
    guest = workspace.add_person("gus", is_ultra_restricted=True)
    assert stranger.team_id != workspace.team_id
    assert guest.is_restricted
    assert guest.is_ultra_restricted
