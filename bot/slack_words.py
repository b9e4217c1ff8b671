"""Slack's words for what went wrong with a message, and what each means: wait, look again, or what a person can do."""

from __future__ import annotations

from collections.abc import Mapping

from delivery.outcomes import TOO_FAST, Closed, Later, Outcome, Refused, Unknown
from words.speech import message

# Seconds to wait where Slack asks for patience without saying how long.
PATIENCE = 30.0
# Seconds to wait while Slack moves a workspace.
MOVING = 60.0

# Slack: "some aspect of the operation may have succeeded before the error was raised", or it does not say.
PERHAPS = {"fatal_error", "internal_error", "service_unavailable"}
# Slack: too many messages, from this app or from the whole workspace; nothing was posted.
TOO_MANY = {"ratelimited", "rate_limited", "message_limit_exceeded"}
# Slack: the workspace is being moved, or the request did not arrive whole; nothing was posted.
MOVED = {"team_added_to_org", "request_timeout"}

_TOKEN = message("Slack refuses the bot token: set SLACK_BOT_TOKEN to a valid one and start Rekindle anew.")
_SCOPE = message("The Slack app lacks a permission: install it anew with the manifest of `rekindle manifest`.")
_ADMIN = message("Slack's administrators do not let the app write there: ask them to allow it.")
_CHANNEL = message("Rekindle cannot write in that channel: invite it there, or choose another channel.")
_ARCHIVED = message("That channel is archived: unarchive it, or choose another channel.")
_PERSON = message("That person cannot be written to in Slack any more: hand over their customers.")
_MESSAGE = message("Slack did not take the message as it is: please report it with its number.")
_GONE = message("The earlier message is not there any more, so it could not be changed.")

# What concerns every message: nothing can be sent until somebody has mended it.
CLOSING: Mapping[str, str] = {
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "account_inactive": _TOKEN,
    "not_allowed_token_type": _TOKEN,
    "missing_scope": _SCOPE,
    "no_permission": _SCOPE,
    "access_denied": _ADMIN,
    "org_login_required": _ADMIN,
    "team_access_not_granted": _ADMIN,
    "two_factor_setup_required": _ADMIN,
    "accesslimited": _ADMIN,
}
WHAT_TO_DO: Mapping[str, str] = {
    **CLOSING,
    "channel_not_found": _CHANNEL,
    "not_in_channel": _CHANNEL,
    "is_archived": _ARCHIVED,
    "restricted_action": _ADMIN,
    "restricted_action_read_only_channel": _ADMIN,
    "restricted_action_thread_only_channel": _ADMIN,
    "restricted_action_non_threadable_channel": _ADMIN,
    "user_not_found": _PERSON,
    "user_disabled": _PERSON,
    "cannot_dm_bot": _PERSON,
    "messages_tab_disabled": _SCOPE,
    "message_not_found": _GONE,
    "cant_update_message": _GONE,
    "edit_window_closed": _GONE,
    "thread_not_found": _GONE,
    "invalid_blocks": _MESSAGE,
    "msg_too_long": _MESSAGE,
    "no_text": _MESSAGE,
}
"""Slack's word to what a person can do about it, to be said in that person's language."""


def meaning(word: str, retry_after: float | None = None) -> Outcome:
    """What an error word of Slack means for a message; a word that is not known here is a refusal."""
    if word in TOO_MANY:
        return Later(retry_after or PATIENCE, TOO_FAST)
    if word in MOVED:
        return Later(MOVING, word)
    if word in PERHAPS:
        return Unknown(word)
    if word in CLOSING:
        return Closed(word)
    return Refused(word)
