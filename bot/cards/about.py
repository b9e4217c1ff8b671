"""Help: every command, and how it is used."""

from __future__ import annotations

from collections.abc import Mapping

from bot.blocks import context, header, safe, section
from bot.desk import Reply
from plugins import Command
from words.speech import ENGLISH, Speech


def help_card(commands: Mapping[str, Command], say: Speech) -> Reply:
    """Every command with its usage and what it is for, this one last: whoever reads it knows it already."""
    title = say("What Rekindle can do")
    lines = []
    for command in sorted(commands.values(), key=lambda each: each.name == "/rekindle"):
        usage = f" {say(command.usage)}" if command.usage else ""
        lines.append(section(f"*`{command.name}{safe(usage)}`*\n{_purpose(command, say)}"))
    promise, absence = say("follow up acme in 2 weeks"), say("away until 5 December, Li takes over")
    sentences = say("Sentences work in a DM too: {promise}, {absence}", promise=f"`{promise}`", absence=f"`{absence}`")
    hint = say("Everything also works in a DM with me, and after an @mention in a channel. Only you see the answers.")
    return Reply(title, [header(title), *lines, section(sentences), context(hint)])


def _purpose(command: Command, say: Speech) -> str:
    """What it is for, and the other words for it in the reader's language; of several English ones the shortest."""
    other = [word for word in command.words if word.isascii() == (say.language == ENGLISH)]
    words = [min(other, key=len)] if other and say.language == ENGLISH else other
    if not words:
        return say(command.purpose)
    return say("{purpose} (in a DM also: {words})", purpose=say(command.purpose), words=say.listing(words))
