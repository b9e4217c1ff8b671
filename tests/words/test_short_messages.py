"""A text message is as long, and is paid in as many parts, as the networks count it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.short_messages import GSM_7, GSM_7_EXTENDED, length


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", "GSM-7", 0, 0, 160),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 306, "GSM-7", 306, 2, 0),
        ("a" * 307, "GSM-7", 307, 3, 152),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("€" * 81, "GSM-7", 162, 2, 143),
        ("您" * 70, "UCS-2", 70, 1, 0),
        ("您" * 71, "UCS-2", 71, 2, 63),
        ("您" * 134, "UCS-2", 134, 2, 0),
        ("您" * 135, "UCS-2", 135, 3, 66),
        ("😀" * 35, "UCS-2", 70, 1, 0),
    ],
)
def test_a_text_has_as_many_parts_as_the_networks_count(
    text: str, encoding: str, units: int, parts: int, left: int
) -> None:
    measured = length(text)
    assert (measured.encoding, measured.units, measured.parts, measured.left) == (encoding, units, parts, left)


def test_a_sign_of_two_units_is_not_torn_into_two_parts() -> None:
    assert length("a" * 152 + "€" + "a" * 152).parts == 3  # 306 units, which would fill two parts otherwise
    assert length("您" * 66 + "😀" + "您" * 66).parts == 3


def test_the_signs_that_make_a_message_dearer_are_named() -> None:
    measured = length("It’s yours – call O'Brien, it’s free " + "x" * 80)
    assert (measured.encoding, measured.parts, measured.dearer) == ("UCS-2", 2, ("’", "–"))
    assert length("It's yours - call O'Brien, it's free " + "x" * 80).parts == 1


def test_the_alphabet_has_its_128_places() -> None:
    assert len(GSM_7) == 127  # one place is the escape to the second table
    assert not GSM_7 & GSM_7_EXTENDED


@given(st.text(max_size=400))
def test_parts_hold_the_text_and_no_more_than_needed(text: str) -> None:
    measured = length(text)
    whole, part = (70, 67) if measured.encoding == "UCS-2" else (160, 153)
    if measured.parts <= 1:
        assert measured.units + measured.left == whole
    else:
        # At most one unit of each part is lost to a sign that goes over into the next.
        assert measured.parts * (part - 1) - part < measured.units <= measured.parts * part
        assert 0 <= measured.left < part
