"""What is missing or doubtful in the customers' data, and how to mend it."""

from __future__ import annotations

from bot.blocks import actions, bold, button, context, header, safe, section
from bot.desk import Block, Reply
from care.data_quality import Quality, Twice
from words.speech import Speech, message

SHARED = {
    "name": message("the same name"),
    "phone": message("the same phone number"),
    "email": message("the same e-mail address"),
}
# Customers of one pair that are named; the first two tell what is the matter.
NAMED = 3


def card(found: Quality, say: Speech, shows: str) -> Reply:
    """The numbers, the first likely duplicates, and buttons to the lists."""
    title = say("What is missing in the data")
    number = say.count("{n} customer", "{n} customers", found.customers)
    lines = [
        _line(say("Without an owner"), found.without_owner, found.customers, say),
        _line(say("Without any word on consent"), found.without_consent, found.customers, say),
        _line(say("Without a birthday, also of any contact"), found.without_birthday, found.customers, say),
    ]
    if shows != "ids":
        lines += [
            say("{name} has left, and still owns {n}", name=name, n=say.number(count)) for name, count in found.left
        ]
    lines += [
        say("There twice by {what}: {n}", what=say(SHARED[by]), n=say.number(count))
        for by, count in found.twice.items()
        if count
    ]
    blocks: list[Block] = [
        header(title),
        context(number),
        section("\n".join(f"• {safe(line)}" for line in lines if line)),
    ]
    if found.examples:
        named = [f"• {_twice(each, say, shows)}" for each in found.examples]
        blocks.append(section("\n".join([bold(say("Likely the same customer")), *named])))
    if found.without_owner:
        blocks.append(actions(button(say("Those without an owner"), "digest.list:no-owner", "owner:none")))
    hint = say("Mend it where the data comes from and import it again, or with “Correct” on the customer's card.")
    return Reply(say("{title}: {state}", title=title, state=number), [*blocks, context(hint)])


def _line(what: str, number: int, of: int, say: Speech) -> str:
    if not number:
        return ""
    return say("{what}: {n} ({share})", what=what, n=say.number(number), share=say.percent(number / of))


def _twice(each: Twice, say: Speech, shows: str) -> str:
    names = [
        f"*{safe(name if shows != 'ids' else key or f'#{id}')}*" + (f" `{safe(key)}`" if key and shows != "ids" else "")
        for id, key, name in each.customers[:NAMED]
    ]
    return say("{names}: {what}", names=say.listing(names), what=say(SHARED[each.by]))
