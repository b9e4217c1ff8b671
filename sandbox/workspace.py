"""The workspace as tests, the page and the server know it: set it up, act as somebody, see what happened."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sandbox.acting import Acting
from sandbox.courier import Courier
from sandbox.records import (
    SLACKBOT,
    Channel,
    Delivery,
    File,
    Installation,
    Json,
    Message,
    Person,
    SlackError,
    View,
)
from sandbox.state import State

if TYPE_CHECKING:
    from sandbox.faults import Wrong
    from sandbox.mailbox import Mailbox

__all__ = [
    "SLACKBOT",
    "Acting",
    "Channel",
    "Delivery",
    "File",
    "Installation",
    "Json",
    "Message",
    "Person",
    "SlackError",
    "View",
    "Workspace",
]


class Workspace(State):
    """A Slack workspace in memory: `install` an app, `add_person`, `add_channel`, then `act_as` somebody."""

    def __init__(self, name: str = "Rekindle", domain: str = "rekindle") -> None:
        super().__init__(name, domain)
        self.rate_limits = True
        """Whether `chat.postMessage` too fast to one channel is refused over the Web API, as Slack does."""
        self.post_budget: dict[str, tuple[float, float]] = {}
        """Channel id to (messages it still takes at once, Unix seconds of that count)."""
        self.faults: Wrong | None = None
        """What goes wrong with calls of the Web API on purpose, if anything does."""
        self.mailbox: Mailbox | None = None
        """What the customers received, where the app writes to some."""
        self.courier = Courier(self)

    def install(self, manifest: Json) -> Installation:
        """Install the app that `manifest` (Slack's, as JSON) describes, or bring the installed one up to it."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        subscriptions = settings.get("event_subscriptions", {})
        scopes = frozenset(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", ()))
        commands = {each["command"]: each for each in features.get("slash_commands", ())}
        shortcuts = {each["callback_id"]: each for each in features.get("shortcuts", ())}
        display = features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"]
        with self.lock:
            if self.app is None:
                bot = Person(self.new_id("U"), self.team_id, display.lower(), display, "", is_bot=True)
                self.people[bot.id] = bot
                self.app = Installation(
                    app_id=self.new_id("A"),
                    bot_id=self.new_id("B"),
                    bot_user_id=bot.id,
                    bot_token=f"xoxb-{secrets.token_hex(16)}",
                    app_token=f"xapp-1-{secrets.token_hex(16)}",
                    signing_secret=secrets.token_hex(16),
                    manifest=manifest,
                    scopes=scopes,
                    events=frozenset(subscriptions.get("bot_events", ())),
                    commands=commands,
                    shortcuts=shortcuts,
                )
            else:
                self.app.manifest = manifest
                self.app.scopes, self.app.events = scopes, frozenset(subscriptions.get("bot_events", ()))
                self.app.commands, self.app.shortcuts = commands, shortcuts
            self.request_url = subscriptions.get("request_url") if not settings.get("socket_mode_enabled") else None
            self.touch()
            return self.app

    @property
    def request_url(self) -> str | None:
        """Where the app takes signed HTTP requests; while set, nothing goes over Socket Mode."""
        return self.courier.request_url

    @request_url.setter
    def request_url(self, url: str | None) -> None:
        self.courier.request_url = url

    def invite_app(self, channel: Channel) -> None:
        """Make the app a member of `channel`."""
        with self.lock:
            bot = self.installed().bot_user_id
            if bot not in channel.members:
                channel.members.append(bot)
                self.touch()

    def act_as(self, person: Person) -> Acting:
        """Return what `person` can do here."""
        return Acting(self, self.courier, person)

    def close(self) -> None:
        """End what still runs in the background of this workspace."""
        self.courier.close()
        super().close()
