"""What the app's acknowledgement does, and what a person reads when it stayed away."""

from __future__ import annotations

from sandbox import posting, views
from sandbox.checks import check_options
from sandbox.records import Delivery, Json, SlackError
from sandbox.state import State

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack shows above a form whose submission failed."""


def named(delivery: Delivery) -> str:
    """Return what was sent, in words for the app's author."""
    told = delivery.payload
    if delivery.kind == "slash_commands":
        return f"The command {told['command']}"
    if delivery.kind == "events_api":
        return f"The event {told['event']['type']}"
    names = [each.get("action_id") for each in told.get("actions", ())]
    name = names or told.get("callback_id") or told.get("view", {}).get("callback_id") or told.get("action_id")
    return f"The {told['type']} {name or ''}".strip()


def answered(state: State, delivery: Delivery, payload: Json) -> None:
    """Do what an acknowledgement in time asks for."""
    told = delivery.payload
    try:
        if delivery.kind == "slash_commands" and delivery.response_url:
            if payload:
                token = delivery.response_url.partition("/response/")[2]
                posting.respond(state, token, payload)
                state.response_urls[token].uses_left += 1  # the acknowledgement is not one of the five uses
        elif told.get("type") == "view_submission":
            _submitted(state, delivery, payload)
        elif told.get("type") == "block_suggestion":
            posting.refuse(state, check_options(payload), "invalid options")
    except SlackError as refused:
        if refused.word in ("no_text", "invalid_arguments", "not_found"):
            state.complain(f"{named(delivery)} was acknowledged with what Slack does not take: {refused.word}.")
        delivery.answer = None
        delivery.reason = refused.word
        failed(state, delivery, refused.word)


def _submitted(state: State, delivery: Delivery, payload: Json) -> None:
    view = state.views.get(delivery.view_id or "")
    if view is None:
        return
    view.busy = False
    action = payload.get("response_action")
    if action is None:
        if payload:
            raise SlackError("invalid_arguments")
        views.take_away(state, view)
    elif action == "errors":
        known = {block.get("block_id") for block in view.blocks if block["type"] == "input"}
        errors = payload.get("errors") or {}
        if not errors or not set(errors) <= known:
            raise SlackError("invalid_arguments")
        view.errors = dict(errors)
        state.touch()
    elif action == "update":
        views.update_modal(state, view, payload.get("view"))
    elif action == "push":
        views.lay_on(state, view, payload.get("view"))
    elif action == "clear":
        views.take_away(state, view, whole_stack=True)
    else:
        raise SlackError("invalid_arguments")


def failed(state: State, delivery: Delivery, word: str) -> None:
    """Tell the person that the app did not answer, as Slack does; an event that nobody took is told to nobody."""
    told = delivery.payload
    view = state.views.get(delivery.view_id or "")
    if view is not None:
        view.busy = False
        view.error = TROUBLE
        state.touch()
    elif delivery.kind == "slash_commands" and delivery.channel_id:
        words = f"{told['command']} failed with the error “{word}”"
        state.slackbot_says(delivery.channel_id, delivery.person_id, words)
    elif delivery.kind == "interactive" and told.get("type") != "block_suggestion":
        place = delivery.channel_id or state.dm(state.people[delivery.person_id]).id
        name = state.installed().manifest.get("display_information", {}).get("name", "The app")
        state.slackbot_says(place, delivery.person_id, f"{name} did not respond: “{word}”. Try again?")
