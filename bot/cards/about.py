"""Help, and a person's settings."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import bold, context, header, menu, safe, section
from bot.desk import Reply
from customers.reps import Person
from plugins import Command
from words.speech import CHINESE, ENGLISH, Speech
from words.terms import term

SLACK = "slack"


def help_card(commands: Mapping[str, Command], say: Speech) -> Reply:
    """Every command with its usage and what it is for, this one last: whoever reads it knows it already."""
    title = say("What Rekindle can do")
    lines = []
    for command in sorted(commands.values(), key=lambda each: each.name == "/rekindle"):
        usage = f" {say(command.usage)}" if command.usage else ""
        words = say("(in a DM also: {words})", words=say.listing([command.name.removeprefix("/"), *command.words]))
        lines.append(section(f"*`{command.name}{safe(usage)}`*\n{say(command.purpose)}  _{words}_"))
    hint = say("Everything also works in a DM with me, and after an @mention in a channel. Only you see the answers.")
    return Reply(title, [header(title), *lines, context(hint)])


def settings_card(person: Person, say: Speech, note: str = "") -> Reply:
    """The person's own settings."""
    title = say("Your settings")
    choices = [(say("As in Slack"), SLACK), ("English", ENGLISH), ("简体中文", CHINESE)]
    language = menu("settings.language", say("Language"), choices, person.language or SLACK)
    roles = say.listing([term(say, "role", role) for role in sorted(person.roles)])
    blocks = [header(title), section(bold(say("Language")), language)]
    blocks.append(context(say("You are known here as {name}: {roles}.", name=person.name, roles=roles)))
    if note:
        blocks.append(context(f"✅ {note}"))
    return Reply(title, blocks)
