"""Understands commands that are written as plain words, in a DM or after an @mention: `customer acme`, `客户 华润`."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from plugins import Command

# In messages, unlike in slash commands, Slack makes links of addresses, numbers and names such as acme.com.
_LINK = re.compile(r"<(?:mailto:|tel:|https?://)(?P<address>[^|>]*)(?:\|(?P<label>[^>]*))?>")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+(\|[^>]*)?>")


def understood(text: str, commands: Mapping[str, Command]) -> tuple[str, str]:
    """Split words into the command's name and the rest; the name is empty where no command is meant.

    The command may be written with or without its slash, in English or Chinese, and Chinese without a blank behind it.
    A sentence that names no command is whose that recognises it, as a whole.
    """
    plain = _LINK.sub(lambda link: link["label"] or link["address"], _MENTION.sub(" ", text))
    words = html.unescape(plain).encode("utf-8", "ignore").decode().strip()
    lowered = words.lower()
    for name, command in commands.items():
        for word in (name, name.removeprefix("/"), *command.words):
            if not lowered.startswith(word):
                continue
            rest = words[len(word) :]
            if not rest or rest[0].isspace() or not word.isascii():
                return name, rest.strip()
    meant = (name for name, command in commands.items() if command.recognises and command.recognises(words))
    return next(meant, ""), words
