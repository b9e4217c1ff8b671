"""A real bolt app over Socket Mode in this workspace, exactly as it would run in Slack."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode.websocket_client import SocketModeHandler
from slack_sdk import WebClient

from sandbox.server import Serving
from sandbox.workspace import Installation, Workspace


def plain(words: str) -> dict:
    return {"type": "plain_text", "text": words}


FORM = {
    "type": "modal",
    "callback_id": "log",
    "title": plain("Log"),
    "submit": plain("Save"),
    "private_metadata": "acme",
    "blocks": [
        {
            "type": "input",
            "block_id": "note",
            "label": plain("Note"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        },
        {
            "type": "input",
            "block_id": "customer",
            "label": plain("Customer"),
            "optional": True,
            "element": {"type": "external_select", "action_id": "find", "min_query_length": 2},
        },
    ],
}
CARD = [
    {"type": "section", "block_id": "card", "text": {"type": "mrkdwn", "text": "*Acme*"}},
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {"type": "button", "action_id": "log", "text": plain("Log"), "value": "acme"},
            {"type": "button", "action_id": "why", "text": plain("Why?"), "value": "acme"},
            {
                "type": "static_select",
                "action_id": "stage",
                "options": [{"text": plain(words), "value": words.lower()} for words in ("New", "Lost")],
            },
        ],
    },
]


class Bot:
    """A tiny app: what it heard, and the doors that hold it back."""

    def __init__(self, serving: Serving, installed: Installation) -> None:
        self.heard: list[tuple[str, str]] = []
        self.hold = threading.Event()
        self.serving = serving
        self.app = App(client=WebClient(token=installed.bot_token, base_url=serving.api_url), signing_secret="x")
        self._listen()
        self.handler = SocketModeHandler(self.app, installed.app_token, concurrency=5)
        self.handler.connect()

    def _listen(self) -> None:
        app = self.app

        @app.command("/customer")
        def customer(ack, respond, command):
            if command["text"] == "slow":
                self.hold.wait(20)
                ack("too late")
                return
            if command["text"] == "card":
                ack(text="Acme", blocks=CARD)
                return
            ack(f"looking for {command['text']}")
            respond(f"found {command['text']}")

        @app.action("log")
        def log(ack, body, client):
            ack()
            self.heard.append(("log", body["actions"][0]["value"]))
            client.views_open(trigger_id=body["trigger_id"], view=FORM)

        @app.action("why")
        def why(ack, respond):
            ack()
            respond(text="because", replace_original=False)

        @app.action("stage")
        def stage(ack, body, respond):
            ack()
            chosen = body["actions"][0]["selected_option"]["value"]
            again = body["state"]["values"]["buttons"]["stage"]["selected_option"]["value"]
            respond(f"stage is {chosen} and {again}")

        @app.options("find")
        def find(ack, payload):
            ack(options=[{"text": plain(f"{payload['value']} {each}"), "value": f"c{each}"} for each in (1, 2)])

        @app.view("log")
        def submitted(ack, view, body, client):
            values = view["state"]["values"]
            if len(values["note"]["text"]["value"]) < 3:
                ack(response_action="errors", errors={"note": "Too short"})
                return
            ack()
            chosen = values["customer"]["find"]["selected_option"]
            self.heard.append(("submitted", chosen["value"] if chosen else ""))
            client.chat_postMessage(channel=body["user"]["id"], text=f"logged {view['private_metadata']}")

        @app.event("message")
        def message(event, say):
            self.heard.append(("message", event["text"]))
            say(f"you said {event['text']}")

        @app.event("app_mention")
        def mention(event, client):
            client.chat_postEphemeral(channel=event["channel"], user=event["user"], text="only you")

        @app.event("app_home_opened")
        def home(event, client):
            card = [{"type": "section", "text": {"type": "mrkdwn", "text": "Your day"}}, CARD[1]]
            client.views_publish(user_id=event["user"], view={"type": "home", "blocks": card})

        @app.shortcut("look_up")
        def look_up(ack, shortcut, client):
            ack()
            client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

        @app.shortcut("log_this")
        def log_this(ack, shortcut, respond):
            ack()
            respond(f"logged: {shortcut['message']['text']}")

    def close(self) -> None:
        self.hold.set()
        gone = threading.Event()
        self.handler.client.on_close_listeners.append(lambda _: gone.set())
        self.handler.client.auto_reconnect_enabled = False
        self.serving.hang_up()
        gone.wait(10)
        self.handler.close()


@pytest.fixture
def bot(workspace: Workspace, serving: Serving, app: Installation) -> Iterator[Bot]:
    it = Bot(serving, app)
    workspace.wait_for(lambda: workspace.courier.connections)
    yield it
    it.close()


def texts(workspace, person, channel) -> list[str]:
    return [each.text for each in workspace.visible_to(person, channel)]


def see(workspace, person, channel, words: str):
    """The first message with these words that this person sees."""
    return workspace.wait_for(
        lambda: next((each for each in workspace.visible_to(person, channel) if words in each.text), None)
    )


@pytest.fixture
def card(bot, workspace, rita, sales):
    workspace.act_as(rita).command(sales, "/customer card").wait()
    return see(workspace, rita, sales, "Acme")


def test_a_command_is_acknowledged_and_answered(bot, workspace, rita, li, sales) -> None:
    assert workspace.act_as(rita).command(sales, "/customer acme").wait().state == "answered"
    see(workspace, rita, sales, "looking for acme")
    see(workspace, rita, sales, "found acme")
    assert texts(workspace, li, sales) == []
    assert workspace.errors == []


def test_a_button_opens_a_form_whose_errors_are_shown_before_it_is_taken(bot, workspace, rita, card) -> None:
    act = workspace.act_as(rita)
    assert act.press(card, "log").wait().state == "answered"
    [view] = workspace.wait_for(lambda: workspace.modals_of(rita))
    act.submit(view, {"note": "x"}).wait()
    assert view.errors == {"note": "Too short"}
    options = act.type_ahead(view, "find", "ac")
    assert [each["text"]["text"] for each in options] == ["ac 1", "ac 2"]
    act.submit(view, {"note": "spoke to Ann", "customer": "ac 2"}).wait()
    assert workspace.modals_of(rita) == []
    see(workspace, rita, workspace.dm(rita), "logged acme")
    assert bot.heard[:2] == [("log", "acme"), ("submitted", "c2")]
    assert workspace.errors == []


def test_a_type_ahead_asks_only_after_enough_letters(bot, workspace, rita) -> None:
    act = workspace.act_as(rita)
    act.shortcut("look_up").wait()
    [view] = workspace.wait_for(lambda: workspace.modals_of(rita))
    assert act.type_ahead(view, "find", "a") == []


def test_an_answer_to_a_button_can_stand_beside_the_card(bot, workspace, rita, sales, card) -> None:
    workspace.act_as(rita).press(card, label="Why?").wait()
    see(workspace, rita, sales, "because")
    assert card in workspace.visible_to(rita, sales)


def test_a_choice_carries_its_state_and_its_answer_replaces_the_card(bot, workspace, rita, sales, card) -> None:
    workspace.act_as(rita).choose(card, "stage", "Lost").wait()
    see(workspace, rita, sales, "stage is lost and lost")
    assert card.text == "stage is lost and lost"


def test_a_direct_message_and_a_mention_are_heard_and_answered(bot, workspace, rita, li, sales) -> None:
    act = workspace.act_as(rita)
    act.say(workspace.dm(rita), "acme")
    see(workspace, rita, workspace.dm(rita), "you said acme")
    act.say(sales, "@Rekindle acme")
    see(workspace, rita, sales, "only you")
    assert "only you" not in texts(workspace, li, sales)


def test_home_is_drawn_when_it_is_opened_and_its_buttons_work(bot, workspace, rita) -> None:
    act = workspace.act_as(rita)
    act.open_home()
    home = workspace.wait_for(lambda: workspace.home_of(rita))
    act.press(home, "log").wait()
    workspace.wait_for(lambda: workspace.modals_of(rita))
    assert bot.heard == [("log", "acme")]


def test_a_message_shortcut_knows_its_message(bot, workspace, rita, sales) -> None:
    act = workspace.act_as(rita)
    said = act.say(sales, "Ann called")
    act.message_shortcut("log_this", said).wait()
    see(workspace, rita, sales, "logged: Ann called")


def test_an_envelope_brought_again_reaches_the_app_again_as_the_same_one(bot, serving, workspace, rita) -> None:
    workspace.act_as(rita).say(workspace.dm(rita), "acme")
    see(workspace, rita, workspace.dm(rita), "you said acme")
    delivery = next(each for each in workspace.deliveries if each.payload["event"]["user"] == rita.id)
    serving.redeliver(delivery)
    workspace.wait_for(lambda: delivery.acknowledgements == 2)
    workspace.wait_for(lambda: bot.heard.count(("message", "acme")) == 2 and len(workspace.dm(rita).messages) == 3)
    assert delivery.attempt == 1


def test_a_late_acknowledgement_is_told_to_the_person_as_a_time_out(bot, workspace, rita, sales) -> None:
    delivery = workspace.act_as(rita).command(sales, "/customer slow")
    workspace.pass_time(3.1)
    assert delivery.state == "late"
    assert texts(workspace, rita, sales) == ["/customer failed with the error “operation_timeout”"]
    bot.hold.set()


def test_after_a_reset_the_app_comes_back_and_goes_on(bot, serving, workspace, rita, sales) -> None:
    serving.reset_sockets()
    workspace.wait_for(lambda: not workspace.courier.connections)
    workspace.wait_for(lambda: workspace.courier.connections, timeout=20)
    assert workspace.act_as(rita).command(sales, "/customer acme").wait().state == "answered"


def test_an_app_that_is_asked_to_refresh_connects_anew(bot, serving, workspace, rita, sales) -> None:
    [before] = workspace.courier.connections
    serving.refresh_sockets()
    workspace.wait_for(
        lambda: workspace.courier.connections and before not in workspace.courier.connections, timeout=20
    )
    assert workspace.act_as(rita).command(sales, "/customer acme").wait().state == "answered"
