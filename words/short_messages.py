"""How long a text message is, and in how many parts it is sent and paid for."""

from __future__ import annotations

from dataclasses import dataclass

# The alphabet of text messages (3GPP TS 23.038): one septet each, and after an escape two.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_7_EXTENDED = frozenset("\f^{}\\[~]|€")
# A single message has 140 bytes; of a longer one each part gives 6 of them to say which part it is.
SINGLE = {"GSM-7": 160, "UCS-2": 70}
PART = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True)
class Length:
    """How long a text message is: `units` are septets (GSM-7) or 16-bit units (UCS-2), as they are counted and paid.

    `dearer` are the characters that do not fit GSM-7, in order of appearance: without them the text would need fewer
    parts, or at least as few.
    """

    encoding: str
    units: int
    parts: int
    left: int  # units that the last part has room for
    dearer: tuple[str, ...] = ()


def length(text: str) -> Length:
    """Measure a text message; an empty one has no parts. A character of two units is never torn into two parts."""
    dearer = tuple(dict.fromkeys(sign for sign in text if sign not in GSM_7 and sign not in GSM_7_EXTENDED))
    encoding = "UCS-2" if dearer else "GSM-7"
    widths = [_units(sign, encoding) for sign in text]
    units = sum(widths)
    if units <= SINGLE[encoding]:
        return Length(encoding, units, 1 if text else 0, SINGLE[encoding] - units, dearer)
    parts, filled = 1, 0
    for width in widths:
        if filled + width > PART[encoding]:
            parts, filled = parts + 1, 0
        filled += width
    return Length(encoding, units, parts, PART[encoding] - filled, dearer)


def _units(sign: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return 2 if sign in GSM_7_EXTENDED else 1
    return 2 if ord(sign) > 0xFFFF else 1
