"""Spells Chinese names in Latin letters, so that a customer is found by typing `shanghaichenguang` or `shcg`."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache

# Its table of phrases takes 45 MB of memory; the words that company names need stand below instead.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
from pypinyin.constants import PINYIN_DICT

# Words of company, place and trade names in which a character is not read the way it mostly is alone.
WORDS = {
    "重庆": "chong qing", "银行": "yin hang", "厦门": "xia men", "大厦": "da sha", "成都": "cheng du",
    "首都": "shou du", "都市": "du shi", "西藏": "xi zang", "藏族": "zang zu", "会计": "kuai ji", "音乐": "yin yue",
    "乐器": "yue qi", "调味": "tiao wei", "空调": "kong tiao", "六安": "lu an", "台州": "tai zhou",
    "蚌埠": "beng bu", "步行": "bu xing",  # codespell:ignore beng,bu
    "番禺": "pan yu", "人参": "ren shen", "海参": "hai shen", "长者": "zhang zhe", "成长": "cheng zhang",
    "院长": "yuan zhang", "行走": "xing zou", "旅行": "lv xing", "飞行": "fei xing", "出行": "chu xing",
    "行动": "xing dong", "重工": "zhong gong", "重型": "zhong xing", "重点": "zhong dian",
    "宝藏": "bao zang", "冷藏": "leng cang", "东莞": "dong guan", "莞城": "guan cheng", "铅山": "yan shan",
    "丽水": "li shui", "朝阳": "chao yang", "单县": "shan xian", "乐清": "yue qing", "乐亭": "lao ting",
    "大理": "da li", "盛大": "sheng da", "兴盛": "xing sheng", "茂盛": "mao sheng", "校准": "jiao zhun",
    "传记": "zhuan ji", "角色": "jue se", "便宜": "pian yi", "的士": "di shi", "目的": "mu di", "供应": "gong ying",
    "应用": "ying yong", "应急": "ying ji", "应该": "ying gai",
}  # fmt: skip
# Characters whose usual reading in names is not the first one of the table.
ALONE = {
    "行": "hang", "长": "chang", "都": "du", "乐": "le", "传": "chuan", "重": "zhong", "会": "hui", "地": "di",
    "着": "zhe", "参": "can", "调": "tiao", "盛": "sheng", "藏": "cang", "厦": "sha", "种": "zhong", "曲": "qu",
    "万": "wan", "车": "che", "石": "shi", "广": "guang", "厂": "chang", "和": "he", "大": "da", "还": "huan",
    "血": "xue", "省": "sheng", "强": "qiang",
}  # fmt: skip
# Surnames that are read otherwise than the same character elsewhere.
SURNAMES = {
    "曾": "zeng", "仇": "qiu", "解": "xie", "单": "shan", "查": "zha", "区": "ou", "任": "ren", "朴": "piao",
    "盖": "ge", "种": "chong", "黑": "he", "召": "shao", "乐": "yue", "员": "yun", "覃": "qin", "翟": "zhai",
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "缪": "miao", "繁": "po", "訾": "zi", "逄": "pang",
    "隗": "wei", "令狐": "ling hu", "澹台": "tan tai", "呼延": "hu yan", "宓": "mi", "燕": "yan", "宁": "ning",
    "钻": "zuan", "卜": "bu", "应": "ying",  # codespell:ignore bu
}  # fmt: skip
# Chinese characters; the tables above are looked up first, the longest words before their parts.
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_is_han = re.compile(f"[{HAN}]").search
_pieces = re.compile("|".join([*sorted(WORDS, key=len, reverse=True), f"[{HAN}]", f"[^{HAN}\\s]+"])).findall


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in a text."""
    return _is_han(text) is not None


def spell(text: str) -> list[str]:
    """The reading of each Chinese character and each run of other letters, in order: `晨光ABC` is chen, guang, ABC."""
    return [part for piece in _pieces(text) for part in _reading(piece)]


def spell_person(name: str) -> list[str]:
    """The reading of a name that begins with a surname."""
    for length in (2, 1):
        surname = SURNAMES.get(name[:length])
        if surname and len(name) >= length:
            return [*surname.split(), *spell(name[length:])]
    return spell(name)


@lru_cache(maxsize=20_000)  # the characters in use; runs of other letters come and go
def _reading(piece: str) -> tuple[str, ...]:
    if piece in WORDS:
        return tuple(WORDS[piece].split())
    if not has_han(piece):
        return (piece,)
    if piece in ALONE:
        return (ALONE[piece],)
    first: str = PINYIN_DICT.get(ord(piece), "").split(",")[0]
    # The input methods of China write ü as v.
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", first).translate(_UMLAUTS))
    return ("".join(letter for letter in letters if letter.isascii() and letter.isalpha()) or piece,)


_UMLAUTS = str.maketrans(dict.fromkeys("üǖǘǚǜ", "v"))
