"""Finds out in which encoding a file was written: a mark at its beginning, strict UTF-8, then the likeliest of a few.

Detectors of encodings fail on what people really export: a mostly English GB18030 file is taken for Central European,
and strict GB18030 decodes German text without an error. So each candidate is scored by whether the text that it yields
looks like Chinese or like Western words.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = ("gb18030", "cp1252", "big5")
# So many bytes of lines that are not plain ASCII tell the candidates apart; more would not change the answer.
EVIDENCE = 200_000

# Accented letters and signs of Western European text; the rest of cp1252 hardly occurs in names and addresses.
_WESTERN = frozenset("äöüÄÖÜßéèêëÉÈàâáãÀÂÁÃåÅæÆçÇñÑóòôõøÓÔÕØíìîïÍÎúùûÚœŒýšŠžŽ€£§°²³·«»„“”‘’–—…©®™´`¿¡ºª\xa0")
_WESTERN_RUN = re.compile(r"[^\x00-\x7f]+")
_CHINESE_SIGNS = frozenset("，。、；：？！“”‘’（）《》【】—…·￥　")


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning says."""
    return next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)


def wide(head: bytes) -> str | None:
    """UTF-16 without a mark, recognised by the zero bytes beside separators and ends of lines."""
    for encoding, newline in (("utf-16-le", b"\n\x00"), ("utf-16-be", b"\x00\n")):
        if newline in head and sum(byte == 0 for byte in head) * 20 >= len(head):
            text = head[: len(head) // 2 * 2].decode(encoding, errors="replace")
            odd = sum(1 for sign in text if sign == "\ufffd" or (sign < " " and sign not in "\t\r\n"))
            if odd * 100 < len(text):
                return encoding
    return None


def decodes(chunks: Iterable[bytes], encoding: str) -> bool:
    """Whether all bytes are valid in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            if not (encoding == "utf-8" and chunk.isascii() and not decoder.getstate()[0]):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def likeliest(chunks: Iterable[bytes]) -> list[str]:
    """The candidates for a file that is not UTF-8, the likeliest first."""
    evidence = b"\n".join(_telling_lines(chunks))
    return sorted(CANDIDATES, key=lambda encoding: -likeness(evidence, encoding))


def _telling_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines that are not plain ASCII, up to EVIDENCE bytes; a line cut by the end of a chunk is left out."""
    taken = 0
    for chunk in chunks:
        for line in chunk.split(b"\n")[0 if not taken else 1 : -1] or [chunk]:
            if not line.isascii():
                yield line
                taken += len(line)
                if taken > EVIDENCE:
                    return


def likeness(evidence: bytes, encoding: str) -> float:
    """How much the text looks like a language when read so: 1 all of it, 0 or less none of it."""
    try:
        text = evidence.decode(encoding)
    except UnicodeDecodeError:
        # A slip (a line cut in the middle of a character) must not decide: what is readable is scored.
        text = evidence.decode(encoding, errors="replace")
    strange = [sign for sign in text if not sign.isascii()]
    if not strange:
        return 0.0
    if encoding == "cp1252":
        return _western(text) / len(strange)
    return sum(_chinese(sign, encoding) for sign in strange) / len(strange)


def _western(text: str) -> float:
    """Western letters stand alone or in twos among plain letters; longer runs are Chinese read wrongly."""
    score = 0.0
    for match in _WESTERN_RUN.finditer(text):
        run = match.group()
        good = sum(1 if sign in _WESTERN else -2 for sign in run)
        score += good if len(run) <= 2 else -len(run)
    return score


def _chinese(sign: str, encoding: str) -> float:
    """Frequent characters have their own block in both national encodings; the rest is mostly text read wrongly."""
    if sign in _CHINESE_SIGNS:
        return 1
    try:
        first = sign.encode("gb2312" if encoding == "gb18030" else "big5")[0]
    except UnicodeEncodeError:
        return -1
    frequent = 0xB0 <= first <= 0xD7 if encoding == "gb18030" else 0xA4 <= first <= 0xC6
    fitting = 0.2 if encoding == "gb18030" else -0.5
    return 1 if frequent else fitting
