"""The Bolt listeners, written once: acknowledge, check who asks, answer, and apologise when something broke."""

from __future__ import annotations

import html
import json
import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import blocks, home
from bot.acknowledging import Watch
from bot.answering import TIMEOUT, Answering
from bot.desk import Ask, Desk, Press, Reply, Sent, Typing
from bot.people import Refused
from bot.settings import Settings
from bot.wording import understood
from customers.reps import Person
from delivery.claims import claim
from plugins import Button, Command, Form, Shortcut, TypeAhead
from words.errors import RekindleError
from words.failures import noted
from words.speech import LANGUAGES, Speech, message

# Requests remembered in memory, so that a redelivered one is recognised without a look into the database.
REMEMBERED = 10_000
# Requests whose answer never rides in the acknowledgement.
ANSWERED_APART = ("block_actions", "shortcut", "message_action")

APOLOGY = message("Sorry, something went wrong here. If you report it, name the reference {reference}.")
SLOW_FORM = message("That took longer than Slack waits. Please try it once more.")


@dataclass(frozen=True)
class Plugs:
    """Everything that was discovered in commands/, by kind and name."""

    commands: Mapping[str, Command]
    buttons: Mapping[str, Button]
    forms: Mapping[str, Form]
    type_aheads: Mapping[str, TypeAhead]
    shortcuts: Mapping[str, Shortcut]


def web_client(settings: Settings) -> WebClient:
    """The client for Slack. It never repeats a call by itself: that would say things twice."""
    return WebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )


class Edge:
    """The Slack app: one listener for each kind of request, which finds the plug-in that answers."""

    def __init__(self, client: WebClient, desk: Desk, plugs: Plugs) -> None:
        self.desk, self.plugs = desk, plugs
        self.answering = Answering(client)
        self._watch = Watch()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        # Bolt's own log shows whole requests, which are personal.
        quiet = logging.getLogger("rekindle.bolt")
        quiet.setLevel(logging.CRITICAL + 1)
        # What a listener acknowledges goes at once, see bot/envelopes.py: so nothing is gained by bolt's own threads.
        self.app = App(
            client=client,
            logger=quiet,
            process_before_response=True,
            token_verification_enabled=False,
            # What only requests over HTTP and steps of workflows need; none of them come by Socket Mode.
            request_verification_enabled=False,
            ssl_check_enabled=False,
            url_verification_enabled=False,
            attaching_function_token_enabled=False,
        )
        self.app.error(_failed)
        anything = re.compile("")
        self.app.command(anything)(self.on_command)
        self.app.event("message")(self.on_message)
        self.app.event("app_mention")(self.on_message)
        self.app.event("app_home_opened")(self.on_home)
        self.app.event(anything)(lambda: None)
        self.app.action(anything)(self.on_press)
        self.app.options(anything)(self.on_typing)
        self.app.view(anything)(self.on_sent)
        self.app.shortcut(anything)(self.on_shortcut)

    def close(self) -> None:
        """Stop."""
        self._watch.close()

    def arrived(self, ack: Callable[..., Any], context: dict[str, Any], body: dict[str, Any]) -> None:
        """Watch over every request from the moment it arrives, before it waits for a worker."""
        context["waiting"] = waiting = self._watch.over(ack)
        if body.get("type") in ANSWERED_APART:
            waiting.give()

    def on_command(self, context: dict[str, Any], body: dict[str, Any]) -> None:
        """A slash command."""
        waiting = context["waiting"]
        if not self._first(body["trigger_id"]):
            waiting.give()
            return
        typed = unescaped(body.get("text") or "")
        reply = self._answer(body["user_id"], lambda person, say: self._ask(body["command"], typed, person, say))
        self._deliver(lambda: self.answering.command(reply, waiting, body))
        waiting.give()

    def on_message(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Words in a DM with the bot, or after an @mention."""
        direct = event.get("channel_type") == "im"
        spoken = event["type"] == "app_mention" or direct
        if not spoken or event.get("bot_id") or event.get("subtype") or "user" not in event:
            return
        key = f"event:{body['event_id']}"
        if not self._first(key):
            return
        name, text = understood(event.get("text", ""), self.plugs.commands)
        reply = self._answer(event["user"], lambda person, say: self._ask(name, text, person, say), key=key)
        self._deliver(lambda: self.answering.message(reply, event))

    def on_home(self, event: dict[str, Any]) -> None:
        """Somebody opened the Home tab: it is drawn as things are now."""
        if event.get("tab") != "home":
            return
        reply = self._answer(event["user"], lambda _person, _say: Reply(home=True))
        self._deliver(lambda: self.answering.publish(event["user"], reply))

    def on_press(self, body: dict[str, Any]) -> None:
        """A button or a menu."""
        action = body["actions"][0]
        plug = self.plugs.buttons.get(action["action_id"].split(":")[0])
        key = f"press:{body['trigger_id']}"
        if plug is None or not self._first(key):
            return
        value = action.get("value") or (action.get("selected_option") or {}).get("value") or ""
        channel = (body.get("channel") or {}).get("id", "")

        def answer(person: Person, say: Speech) -> Reply:
            reply: Reply = plug.handler(
                Press(person, say, value, body["user"]["id"], in_channel=channel[:1] not in ("", "D")), self.desk
            )
            return reply

        reply = self._answer(body["user"]["id"], answer, beside=True, key=key)
        self._deliver(lambda: self.answering.press(reply, body), lambda words: self.answering.press(words, body))

    def on_typing(self, context: dict[str, Any], body: dict[str, Any]) -> None:
        """Somebody types into a menu: offer choices."""
        waiting = context["waiting"]
        plug = self.plugs.type_aheads.get(body["action_id"].split(":")[0])
        choices: list[tuple[str, str]] = []

        def answer(person: Person, say: Speech) -> Reply:
            if plug:
                choices.extend(plug.handler(Typing(person, say, body.get("value", "")), self.desk))
            return Reply()

        self._answer(body["user"]["id"], answer)
        waiting.give(options=[blocks.option(text, value) for text, value in choices[: blocks.OPTIONS]])

    def on_sent(self, context: dict[str, Any], body: dict[str, Any]) -> None:
        """A form was sent."""
        waiting = context["waiting"]
        view = body["view"]
        kept = json.loads(view.get("private_metadata") or "{}")
        plug = self.plugs.forms.get(view["callback_id"])
        key = f"form:{body['trigger_id']}"
        if plug is None or not self._first(key):
            waiting.give()
            return

        def answer(person: Person, say: Speech) -> Reply:
            reply: Reply = plug.handler(Sent(person, say, values_of(view), kept.get("memory", {})), self.desk)
            return reply

        reply = self._answer(body["user"]["id"], answer, beside=True, key=key)
        if reply.faults:
            if not waiting.give(response_action="errors", errors=dict(reply.faults)):
                late = Reply(" ".join(reply.faults.values()), beside=True)  # the form has been closed meanwhile
                self._deliver(lambda: self.answering.sent(late, body["user"]["id"], {}))
            return
        waiting.give()
        self._deliver(lambda: self.answering.sent(reply, body["user"]["id"], kept.get("origin", {})))

    def on_shortcut(self, body: dict[str, Any]) -> None:
        """A global or message shortcut."""
        plug = self.plugs.shortcuts.get(body["callback_id"])
        if plug is None or not self._first(body["trigger_id"]):
            return
        text = unescaped(str((body.get("message") or {}).get("text", "")))

        def answer(person: Person, say: Speech) -> Reply:
            reply: Reply = plug.handler(Ask(person, say, text), self.desk)
            return reply

        reply = self._answer(body["user"]["id"], answer)
        self._deliver(lambda: self.answering.press(reply, body), lambda words: self.answering.press(words, body))

    def _ask(self, name: str, text: str, person: Person, say: Speech) -> Reply:
        # Words that name no command are for /rekindle, which says what can be said.
        command = self.plugs.commands.get(name) or self.plugs.commands["/rekindle"]
        reply: Reply = command.handler(Ask(person, say, text.strip()), self.desk)
        return reply

    def _answer(
        self, user_id: str, make: Callable[[Person, Speech], Reply], *, beside: bool = False, key: str = ""
    ) -> Reply:
        """Recognise the person and make the reply; every failure becomes words for that person.

        With a `key` it is made only by whoever claims that key first, of all processes; for the others it is empty.
        """
        say = Speech()
        try:
            person, say = self.desk.people.recognise(user_id)
            self.desk.freshness.ensure(self.desk.today)
            if key and not self._claimed(key):
                return Reply()
            reply = make(person, say)
            if reply.home:
                person, say = self.desk.people.recognise(user_id)  # perhaps in another language from now on
                return home.around(reply, person, say, self.desk)
            return reply
        except Refused as refused:
            return Reply(refused.speech.error(refused), beside=beside)
        except RekindleError as problem:
            return Reply(say.error(problem), beside=beside)
        except Exception as failure:
            return Reply(say(APOLOGY, reference=noted(failure)), beside=beside)

    def _deliver(self, send: Callable[[], None], apologise: Callable[[Reply], None] | None = None) -> None:
        """Send a reply; where that fails, say at least so: a form whose time was over, a file that Slack refused."""
        try:
            send()
        except Exception as failure:
            reference = noted(failure)
            if apologise is None:
                return
            late = isinstance(failure, SlackApiError) and "trigger" in str(failure.response.get("error"))
            # In both languages, since who reads it may be what could not be found out.
            said = [Speech(language) for language in LANGUAGES]
            words = [say(SLOW_FORM) if late else say(APOLOGY, reference=reference) for say in said]
            self._deliver(lambda: apologise(Reply(" / ".join(words), beside=True)))

    def _first(self, key: str) -> bool:
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            if len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)
            return True

    def _claimed(self, key: str) -> bool:
        """Take a key among all processes; where the database fails, Slack may deliver the request once more."""
        try:
            with self.desk.transaction() as db:
                return claim(db, key, self.desk.now)
        except Exception:
            with self._lock:
                self._seen.pop(key, None)
            raise


def _failed(error: Exception) -> None:
    """What went wrong before an answer could be made: nobody can be told, so it stands in the log."""
    noted(error)


def unescaped(text: str) -> str:
    """What a person typed: Slack sends & < > escaped, and passes on halves of characters that nothing can store."""
    return html.unescape(text).encode("utf-8", "ignore").decode()


def values_of(view: dict[str, Any]) -> dict[str, Any]:
    """The values of a sent form by field name: text, the chosen value, or the list of those that are ticked.

    None where a field was left empty.
    """
    found: dict[str, Any] = {}
    for name, elements in view["state"]["values"].items():
        for state in elements.values():
            if "selected_option" in state:
                found[name] = (state["selected_option"] or {}).get("value")
            elif "selected_options" in state:
                found[name] = [option["value"] for option in state["selected_options"] or ()]
            else:
                found[name] = state.get("value") or state.get("selected_date")
    return found
