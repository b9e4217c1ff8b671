"""Understands the words of a fixed choice in English and Chinese: yes and no, roles, kinds, languages, statuses."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from customers.folding import fold
from customers.reps import ROLES
from sources.faults import Wrong
from words.speech import message


def _table(**words: str) -> dict[str, str]:
    return {fold(word): meaning for meaning, several in words.items() for word in several.split("|")}


_YES = _table(
    yes="yes|y|true|t|1|x|on|ja|是|有|对|同意|已同意|已授权|授权|允许|订阅",
    no="no|n|false|f|0|off|nein|否|无|不|不同意|未同意|未授权|拒绝|退订|不允许",
)
_ROLES = _table(
    rep="rep|sales|sales rep|sales representative|销售|业务员|销售代表|客户经理",
    manager="manager|sales manager|lead|team lead|经理|销售经理|主管",
    operator="operator|admin|administrator|it|运维|管理员",
    privacy="privacy|privacy officer|dpo|data protection officer|隐私专员|隐私|数据保护专员",
)
_CUSTOMER_KINDS = _table(
    company="company|business|organisation|organization|b2b|firm|公司|企业|单位|法人",
    person="person|individual|private|consumer|b2c|个人|自然人|个体",
)
_INTERACTIONS = _table(
    call="call|phone|phone call|telephone|电话|通话|来电|去电|打电话",
    visit="visit|meeting|on site|拜访|来访|上门|面谈|会议|上门拜访",
    email="email|e-mail|mail|邮件|电子邮件|电邮",
    note="note|memo|remark|other|chat|wechat|备注|笔记|记录|其他|微信",
    complaint="complaint|claim|issue|投诉|客诉|抱怨",
    survey="survey|survey answer|feedback|satisfaction|问卷|调查|调研|回访|满意度调查",
)
_CANCELLED = frozenset(
    map(fold, ("cancelled", "canceled", "cancel", "void", "voided", "storniert", "已取消", "取消", "作废", "已作废"))
)
_LANGUAGES = _table(
    en="en|english|eng|英语|英文",
    zh_CN="zh|zh_cn|zh-cn|zh-hans|cn|chinese|simplified chinese|mandarin|中文|汉语|简体中文|简体|普通话",
)
_CALENDARS = _table(lunar="lunar|农历|阴历|旧历", solar="solar|gregorian|公历|阳历|新历")
_ALPHA_2 = re.compile("[A-Z]{2}")
_COUNTRIES = _table(
    GB="uk|great britain|england|英国", US="usa|u.s.|u.s.a.|america|美国", CN="china|prc|中国|中国大陆|大陆"
)


def yes(cell: str) -> bool:
    """Whether a cell says yes or no."""
    word = _YES.get(fold(cell))
    if word is None:
        raise Wrong(message("is neither yes nor no"))
    return word == "yes"


def roles(cell: str) -> str:
    """Roles as they are stored, from words separated by comma, semicolon, slash or 、."""
    found = {_ROLES.get(fold(word)) for word in re.split(r"[,;/、，；|+]", cell) if word.strip()}
    if not found or None in found:
        raise Wrong(message("is not a role; the roles are rep, manager, operator and privacy"))
    return ",".join(role for role in ROLES if role in found)


def customer_kind(cell: str) -> str:
    """`company` or `person`."""
    return _one(_CUSTOMER_KINDS, cell, Wrong(message("is neither company nor person")))


def interaction_kind(cell: str) -> str:
    """What kind of contact an interaction was."""
    return _one(
        _INTERACTIONS,
        cell,
        Wrong(message("is not a kind of interaction; these are call, visit, email, note, complaint, survey")),
    )


def lunar(cell: str) -> bool:
    """Whether a birthday is by the lunar calendar."""
    return _one(_CALENDARS, cell, Wrong(message("is neither lunar nor solar"))) == "lunar"


def status(cell: str) -> str:
    """An order's status: every word for a cancelled order becomes `cancelled`, others stay as given."""
    return "cancelled" if fold(cell) in _CANCELLED else cell


def language(cell: str) -> str:
    """A language as a code such as `en` or `zh_CN`."""
    known = _LANGUAGES.get(fold(cell)) or _language_names().get(fold(cell))
    if known is not None:
        return known
    try:
        return str(Locale.parse(cell.strip().replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        raise Wrong(message("is not a language; write it like en or zh_CN")) from None


def zone(cell: str) -> str:
    """A time zone by its IANA name."""
    if cell not in available_timezones():
        raise Wrong(message("is not a time zone; write it like Europe/Berlin or Asia/Shanghai"))
    return cell


def country(cell: str) -> str:
    """A country as its code of two letters."""
    code = country_code(cell)
    if code is None:
        raise Wrong(message("is not a country; write its name or its code of two letters"))
    return code


@cache
def country_code(cell: str) -> str | None:
    """The code of two letters of a country by name (English or Chinese) or code, else None."""
    folded = fold(cell)
    return _COUNTRIES.get(folded) or _country_names().get(folded)


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in ("zh_CN", "en"):
        words = {code: word for code, word in Locale.parse(language).territories.items() if _ALPHA_2.fullmatch(code)}
        names |= {fold(code): code for code in words} | {fold(word): code for code, word in words.items()}
    return names


@cache
def _language_names() -> dict[str, str]:
    return {fold(word): code for name in ("zh_CN", "en") for code, word in Locale.parse(name).languages.items()}


def _one(table: dict[str, str], cell: str, wrong: Wrong) -> str:
    meaning = table.get(fold(cell))
    if meaning is None:
        raise wrong
    return meaning
