"""Help: every command, and how it is used."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import context, header, safe, section
from bot.desk import Reply
from plugins import Command
from words.speech import Speech


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
