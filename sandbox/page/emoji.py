"""The emoji that people write as :names:, as the signs themselves."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

SIGNS = {
    "+1": "👍", "-1": "👎", "thumbsup": "👍", "thumbsdown": "👎", "ok_hand": "👌", "clap": "👏", "wave": "👋",
    "pray": "🙏", "muscle": "💪", "point_right": "👉", "point_left": "👈", "point_up": "☝️", "point_down": "👇",
    "raised_hands": "🙌", "handshake": "🤝", "eyes": "👀", "smile": "😄", "smiley": "😃", "grinning": "😀",
    "slightly_smiling_face": "🙂", "wink": "😉", "blush": "😊", "joy": "😂", "thinking_face": "🤔", "sob": "😭",
    "cry": "😢", "disappointed": "😞", "worried": "😟", "sweat_smile": "😅", "sunglasses": "😎", "zzz": "💤",
    "heart": "❤️", "broken_heart": "💔", "star": "⭐", "star2": "🌟", "sparkles": "✨", "fire": "🔥", "zap": "⚡",
    "tada": "🎉", "birthday": "🎂", "gift": "🎁", "trophy": "🏆", "medal": "🏅", "crown": "👑", "gem": "💎",
    "rocket": "🚀", "bulb": "💡", "bell": "🔔", "no_bell": "🔕", "mega": "📣", "loudspeaker": "📢", "mag": "🔍",
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "ballot_box_with_check": "☑️", "x": "❌", "no_entry": "⛔",
    "no_entry_sign": "🚫", "warning": "⚠️", "rotating_light": "🚨", "exclamation": "❗", "question": "❓",
    "grey_question": "❔", "information_source": "ℹ️", "lock": "🔒", "unlock": "🔓", "key": "🔑", "shield": "🛡️",
    "red_circle": "🔴", "large_blue_circle": "🔵", "large_green_circle": "🟢", "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠", "white_circle": "⚪", "black_circle": "⚫", "large_green_square": "🟩",
    "large_red_square": "🟥", "large_yellow_square": "🟨", "small_blue_diamond": "🔹", "small_orange_diamond": "🔸",
    "arrow_up": "⬆️", "arrow_down": "⬇️", "arrow_right": "➡️", "arrow_left": "⬅️", "arrow_upper_right": "↗️",
    "arrow_lower_right": "↘️", "arrows_counterclockwise": "🔄", "leftwards_arrow_with_hook": "↩️", "repeat": "🔁",
    "chart_with_upwards_trend": "📈", "chart_with_downwards_trend": "📉", "bar_chart": "📊", "moneybag": "💰",
    "dollar": "💵", "yen": "💴", "euro": "💶", "credit_card": "💳", "receipt": "🧾", "shopping_trolley": "🛒",
    "shopping_bags": "🛍️", "package": "📦", "truck": "🚚", "calendar": "📆", "date": "📅", "spiral_calendar_pad": "🗓️",
    "clock": "🕒", "clock1": "🕐", "clock3": "🕒", "alarm_clock": "⏰", "hourglass": "⌛", "stopwatch": "⏱️",
    "hourglass_flowing_sand": "⏳", "email": "✉️", "envelope": "✉️", "incoming_envelope": "📨", "outbox_tray": "📤",
    "inbox_tray": "📥", "speech_balloon": "💬", "phone": "☎️", "telephone_receiver": "📞", "iphone": "📱",
    "pencil": "📝", "pencil2": "✏️", "memo": "📝", "clipboard": "📋", "page_facing_up": "📄", "paperclip": "📎",
    "link": "🔗", "pushpin": "📌", "round_pushpin": "📍", "label": "🏷️", "bookmark": "🔖", "books": "📚",
    "file_folder": "📁", "card_index": "📇", "gear": "⚙️", "wrench": "🔧", "hammer_and_wrench": "🛠️", "toolbox": "🧰",
    "bust_in_silhouette": "👤", "busts_in_silhouette": "👥", "office": "🏢", "factory": "🏭", "house": "🏠",
    "globe_with_meridians": "🌐", "earth_asia": "🌏", "cn": "🇨🇳", "us": "🇺🇸", "seedling": "🌱", "herb": "🌿",
    "deciduous_tree": "🌳", "fallen_leaf": "🍂", "sunny": "☀️", "cloud": "☁️", "rain_cloud": "🌧️", "snowflake": "❄️",
    "crescent_moon": "🌙", "rainbow": "🌈", "coffee": "☕", "robot_face": "🤖", "art": "🎨", "dart": "🎯",
    "new": "🆕", "sos": "🆘", "ok": "🆗", "soon": "🔜", "end": "🔚", "one": "1️⃣", "two": "2️⃣", "three": "3️⃣",
    "ice_cube": "🧊", "red_envelope": "🧧", "lantern": "🏮", "moon_cake": "🥮",
}  # fmt: skip

NAME = re.compile(r":([a-z0-9_+-]+):")


def with_signs(text: str) -> str:
    """Turn the names we know into signs; leave others, and times such as 10:30:00, as they are."""
    return NAME.sub(lambda found: SIGNS.get(found[1], found[0]), text)


SPOTS = {"🟢": "green", "🟡": "yellow", "🔴": "red", "🟠": "orange", "🔵": "blue", "⚪": "white", "⚫": "black"}
"""Round marks that the page draws itself: they carry meaning, and not every machine has a font for them."""

SPOT = re.compile("[" + "".join(SPOTS) + "]")


def drawn_signs(text: str) -> Markup:
    """Turn text into safe HTML with its emoji; a round mark stays in the text for those who copy or hear it."""
    safe = str(escape(with_signs(text)))
    return Markup(SPOT.sub(lambda found: f'<span class="spot {SPOTS[found[0]]}">{found[0]}</span>', safe))
