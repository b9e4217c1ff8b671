"""Makes spellings of one name alike, so that `LONESOME PINE ` and `Lonesome Pine` are the same customer."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a base letter and a mark.
_WHOLE = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})


def fold(text: str) -> str:
    """Fold case, width, diacritics and blanks; Chinese characters stay as they are."""
    wide = unicodedata.normalize("NFKD", text.strip().casefold()).translate(_WHOLE)
    if not wide.isascii():
        wide = unicodedata.normalize("NFC", "".join(sign for sign in wide if not unicodedata.combining(sign)))
    return " ".join(wide.split())
