"""The part of the Web API that tells who and what is there: people, channels, the team."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.api_chat import find_channel, paged
from sandbox.posting import truthy
from sandbox.records import SLACKBOT, Channel, Json, Person, SlackError
from sandbox.workspace import Workspace

READ_SCOPES = {"channel": "channels:read", "private": "groups:read", "dm": "im:read"}
TYPES = {"public_channel": "channel", "private_channel": "private", "im": "dm"}


def _need(workspace: Workspace, scope: str) -> None:
    scopes = workspace.installed().scopes
    if scope not in scopes:
        raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(scopes)))


def told_person(workspace: Workspace, person: Person, *, with_locale: bool = False) -> Json:
    """Return a person as users.info shows them; the e-mail only with the scope users:read.email."""
    first, _, last = person.real_name.partition(" ")
    profile: Json = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "team": person.team_id,
    }
    if "users:read.email" in workspace.installed().scopes and not person.is_bot:
        profile["email"] = person.email
    told: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot and person.id != SLACKBOT,
        "is_app_user": False,
        "updated": int(workspace.now()),
    }
    if not person.deleted:
        told |= {"tz": person.tz, "tz_label": person.tz_label, "tz_offset": person.tz_offset}
        told |= {"is_admin": False, "is_owner": False, "is_primary_owner": False}
        told |= {"is_restricted": person.is_restricted, "is_ultra_restricted": person.is_ultra_restricted}
        told["is_email_confirmed"] = person.is_email_confirmed and not person.is_bot
    if person.is_stranger:
        told["is_stranger"] = True
    if with_locale:
        told["locale"] = person.locale
    return told


def users_info(workspace: Workspace, args: Json) -> Json:
    """users.info."""
    person = workspace.people.get(str(args.get("user") or ""))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": told_person(workspace, person, with_locale=truthy(args.get("include_locale")))}


def users_list(workspace: Workspace, args: Json) -> Json:
    """users.list: everybody of this workspace; strangers are not in it."""
    members = [person for person in list(workspace.people.values()) if not person.is_stranger]
    page, cursor = paged(members, args)
    locale = truthy(args.get("include_locale"))
    told = [told_person(workspace, person, with_locale=locale) for person in page]
    return {"members": told, "cache_ts": int(workspace.now()), "response_metadata": {"next_cursor": cursor}}


def users_lookup_by_email(workspace: Workspace, args: Json) -> Json:
    """users.lookupByEmail."""
    email = str(args.get("email") or "").lower()
    for person in list(workspace.people.values()):
        if email and person.email.lower() == email and not (person.deleted or person.is_stranger or person.is_bot):
            return {"user": told_person(workspace, person)}
    raise SlackError("users_not_found")


def told_channel(workspace: Workspace, channel: Channel) -> Json:
    """Return a channel as conversations.info shows it."""
    bot = workspace.installed().bot_user_id
    is_dm = channel.kind == "dm"
    told: Json = {
        "id": channel.id,
        "created": 0,
        "is_archived": channel.archived,
        "is_im": is_dm,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "private",
        "is_mpim": False,
        "is_private": channel.kind != "channel",
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "context_team_id": workspace.team_id,
    }
    if is_dm:
        told["user"] = next(each for each in channel.members if each != bot)
    else:
        told |= {"name": channel.name, "name_normalized": channel.name, "is_member": bot in channel.members}
        told |= {"topic": {"value": channel.topic}, "num_members": len(channel.members)}
    return told


def _allowed_types(workspace: Workspace, args: Json) -> set[str]:
    asked = [each.strip() for each in str(args.get("types") or "public_channel").split(",")]
    unknown = [each for each in asked if each not in (*TYPES, "mpim")]
    if unknown:
        raise SlackError("invalid_types")
    kinds = {TYPES[each] for each in asked if each in TYPES}
    for kind in sorted(kinds):
        _need(workspace, READ_SCOPES[kind])
    return kinds


def conversations_list(workspace: Workspace, args: Json) -> Json:
    """conversations.list."""
    kinds = _allowed_types(workspace, args)
    bot = workspace.installed().bot_user_id
    hidden = truthy(args.get("exclude_archived"))
    found = [
        channel
        for channel in list(workspace.channels.values())
        if channel.kind in kinds
        and (channel.kind == "channel" or bot in channel.members)
        and not (hidden and channel.archived)
    ]
    page, cursor = paged(found, args)
    told = [told_channel(workspace, channel) for channel in page]
    return {"channels": told, "response_metadata": {"next_cursor": cursor}}


def users_conversations(workspace: Workspace, args: Json) -> Json:
    """users.conversations: the channels of one person, of the app itself by default."""
    kinds = _allowed_types(workspace, args)
    who = str(args.get("user") or workspace.installed().bot_user_id)
    if who not in workspace.people:
        raise SlackError("user_not_found")
    found = [each for each in list(workspace.channels.values()) if each.kind in kinds and who in each.members]
    page, cursor = paged(found, args)
    told = [told_channel(workspace, channel) for channel in page]
    return {"channels": told, "response_metadata": {"next_cursor": cursor}}


def conversations_info(workspace: Workspace, args: Json) -> Json:
    """conversations.info."""
    channel = find_channel(workspace, args)
    _need(workspace, READ_SCOPES[channel.kind])
    return {"channel": told_channel(workspace, channel)}


def conversations_members(workspace: Workspace, args: Json) -> Json:
    """conversations.members."""
    channel = find_channel(workspace, args)
    _need(workspace, READ_SCOPES[channel.kind])
    page, cursor = paged(list(channel.members), args)
    return {"members": page, "response_metadata": {"next_cursor": cursor}}


def conversations_open(workspace: Workspace, args: Json) -> Json:
    """conversations.open: the direct message channel with one person."""
    raw = args.get("users") or ""
    users = raw if isinstance(raw, list) else [each for each in str(raw).split(",") if each]
    if args.get("channel"):
        channel = find_channel(workspace, args)
    elif len(users) != 1:
        raise SlackError("not_enough_users" if not users else "too_many_users")
    else:
        person = workspace.people.get(users[0])
        if person is None:
            raise SlackError("user_not_found")
        if person.deleted:
            raise SlackError("user_disabled")
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        channel = workspace.dm(person)
    full = truthy(args.get("return_im"))
    return {"channel": told_channel(workspace, channel) if full else {"id": channel.id}}


def team_info(workspace: Workspace, args: Json) -> Json:
    """team.info."""
    del args
    return {"team": {"id": workspace.team_id, "name": workspace.name, "domain": workspace.domain}}


def bots_info(workspace: Workspace, args: Json) -> Json:
    """bots.info."""
    app = workspace.installed()
    if args.get("bot") not in (None, "", app.bot_id):
        raise SlackError("bot_not_found")
    name = workspace.people[app.bot_user_id].real_name
    return {"bot": {"id": app.bot_id, "app_id": app.app_id, "user_id": app.bot_user_id, "name": name, "deleted": False}}


METHODS: dict[str, tuple[str, Callable[[Workspace, Json], Json]]] = {
    "users.info": ("users:read", users_info),
    "users.list": ("users:read", users_list),
    "users.lookupByEmail": ("users:read.email", users_lookup_by_email),
    "users.conversations": ("", users_conversations),
    "conversations.list": ("", conversations_list),
    "conversations.info": ("", conversations_info),
    "conversations.members": ("", conversations_members),
    "conversations.open": ("im:write", conversations_open),
    "team.info": ("team:read", team_info),
    "bots.info": ("users:read", bots_info),
}
"""Method name to (scope, what it does)."""
