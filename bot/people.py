"""Recognises who asks: a Slack user becomes one of the tenant's own people, or is politely refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.settings import Settings
from customers import reps
from customers.reps import Person
from database.engine import Database
from words.errors import FixSetup, NotAllowed
from words.speech import Speech, language_of, message

# How long (seconds) Slack's answer about a user is believed: locale, zone and guest flags change rarely ...
PROFILE_LASTS = 600
# ... while a right that was taken away here must soon be gone.
RIGHTS_LAST = 15
# Entries kept per cache; a workspace of more people only asks Slack more often.
KEPT = 20_000


@dataclass(frozen=True)
class Profile:
    """What Slack says about a user."""

    email: str | None
    language: str
    time_zone: str
    refusal: str | None  # why this user may not ask at all, as a message


class People:
    """Slack users and who they are here. Safe to use from many threads.

    `clock` tells the present moment. Slack is asked for the id of its workspace, unless that is handed in.
    """

    def __init__(
        self,
        client: WebClient,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime],
        team_id: str | None = None,
    ) -> None:
        self._client, self._database, self._settings, self._clock = client, database, settings, clock
        self._profiles: dict[str, tuple[float, Profile]] = {}
        self._persons: dict[str, tuple[float, Person | None]] = {}
        self._lock = threading.Lock()
        self.team_id = _own_team(client, settings.slack_api_url) if team_id is None else team_id

    def recognise(self, user_id: str) -> tuple[Person, Speech]:
        """Say who a Slack user is here and how to speak to them.

        Raises `Refused` for guests, strangers and people without an entry.
        """
        profile = self._profile(user_id)
        person = self._person(profile.email) if profile.email and not profile.refusal else None
        language = person.language if person and person.language else profile.language
        say = Speech(language, zone=profile.time_zone)
        if profile.refusal:
            raise Refused(profile.refusal, say)
        if person is None:
            raise Refused(NO_ENTRY, say, email=profile.email or "?")
        return person, say

    def slack_speech(self, user_id: str) -> Speech:
        """How Slack itself speaks to a user, whatever was chosen here."""
        profile = self._profile(user_id)
        return Speech(profile.language, zone=profile.time_zone)

    def forget(self, email: str) -> None:
        """Read a person anew at the next question, after a setting or right of theirs changed."""
        with self._lock:
            self._persons.pop(email, None)

    def _profile(self, user_id: str) -> Profile:
        known = self._profiles.get(user_id)
        if known and known[0] > time.monotonic():
            return known[1]
        user: dict[str, Any] = self._client.users_info(user=user_id, include_locale=True)["user"]
        profile = Profile(
            email=(user.get("profile") or {}).get("email"),
            language=language_of(user.get("locale")),
            time_zone=user.get("tz") or self._settings.time_zone,
            refusal=refusal(user, self.team_id),
        )
        _keep(self._profiles, self._lock, user_id, PROFILE_LASTS, profile)
        return profile

    def _person(self, email: str) -> Person | None:
        known = self._persons.get(email)
        if known and known[0] > time.monotonic():
            return known[1]
        with self._database.reading() as db:
            person = reps.load(db, email, self._clock().astimezone(self._settings.zone).date())
        _keep(self._persons, self._lock, email, RIGHTS_LAST, person)
        return person


class Refused(NotAllowed):
    """A Slack user may not ask; carries the language in which to say so."""

    def __init__(self, text: str, speech: Speech, **values: str) -> None:
        super().__init__(text, **values)
        self.speech = speech


STRANGER = message(
    "Rekindle shows customers only to people of this workspace. "
    "Please ask the colleague who shared the channel with you."
)
GUEST = message("Rekindle is not open to guests. If you need a customer's data, please ask the person who invited you.")
UNCONFIRMED = message(
    "Slack has not confirmed your e-mail address yet, so Rekindle cannot tell who you are. Confirm it first."
)
NOBODY = message("Rekindle answers people only.")
NO_ENTRY = message(
    "Rekindle does not know {email} yet. "
    "Please ask an operator to import you as a rep, or to run: rekindle grant {email} rep"
)


def _own_team(client: WebClient, address: str) -> str:
    try:
        return str(client.auth_test()["team_id"])
    except SlackApiError as refused:
        word = str(refused.response.get("error"))
        raise FixSetup("Slack refused SLACK_BOT_TOKEN ({word}): see the README.", word=word) from refused
    except OSError as away:
        raise FixSetup("Slack cannot be reached at {address}: check SLACK_API_URL.", address=address) from away


def refusal(user: Mapping[str, Any], team_id: str) -> str | None:
    """Why a user, as Slack describes it, may not ask and is not written to; None for one of the own people."""
    if user.get("is_bot") or user.get("deleted"):
        return NOBODY
    if user.get("is_stranger") or user.get("team_id") != team_id:
        return STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return GUEST
    if user.get("is_email_confirmed") is False:
        return UNCONFIRMED
    return None


def _keep(cache: dict[str, Any], lock: threading.Lock, key: str, seconds: float, value: object) -> None:
    with lock:
        if len(cache) >= KEPT:
            cache.clear()
        cache[key] = (time.monotonic() + seconds, value)
