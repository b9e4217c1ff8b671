"""Small pages for customers' browsers: a headline, some sentences, some buttons; no scripts, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache

import jinja2

from words.speech import CHINESE, Speech

# The field of the form in which a button says what it stands for.
FIELD = "do"

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 0; padding: 2rem 1.25rem; font: 1.0625rem/1.6 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif;
  color: #1d1c1d; background: #f6f5f2; overflow-wrap: anywhere; }
main { max-width: 34rem; margin: 8vh auto 0; padding: 1.75rem 1.5rem; background: #fff; border-radius: 12px;
  box-shadow: 0 1px 4px rgb(0 0 0 / 15%); }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
form { margin: 1.25rem 0 0; }
button { display: block; width: 100%; min-height: 44px; margin-top: .75rem; padding: .6rem 1rem; font: inherit;
  color: inherit; background: transparent; border: 1px solid #767676; border-radius: 8px; cursor: pointer; }
button.first { color: #fff; background: #14532d; border-color: #14532d; font-weight: 600; }
button:focus-visible { outline: 3px solid #4a90d9; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  body { color: #e8e6e3; background: #1a1b1e; }
  main { background: #25272b; }
  button.first { background: #2e7d4f; border-color: #2e7d4f; }
}
"""
_PAGE = """<!DOCTYPE html>
<html lang="{{ lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{ title }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
{% for sentence in sentences %}
<p>{{ sentence }}</p>
{% endfor %}
{% if buttons %}
<form method="post">
{% for label, means, first in buttons %}
<button name="{{ field }}" value="{{ means }}"{% if first %} class="first"{% endif %}>{{ label }}</button>
{% endfor %}
</form>
{% endif %}
</main>
</body>
</html>
"""


def page(
    say: Speech, title: str, sentences: Sequence[str], buttons: Sequence[tuple[str, str]] = (), *, urge: bool = False
) -> str:
    """A page in the language of `say`; buttons are (label, what FIELD then holds), sent to the page's own address.

    With `urge` the first one is drawn as what the reader most likely came for.
    """
    return _template().render(
        lang="zh-CN" if say.language == CHINESE else "en",
        title=title,
        style=_STYLE,
        sentences=sentences,
        buttons=[(label, means, urge and not nth) for nth, (label, means) in enumerate(buttons)],
        field=FIELD,
    )


@cache
def policy() -> str:
    """What the pages may load and do, for the header Content-Security-Policy: their own style, sending their form."""
    style = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _template() -> jinja2.Template:
    made = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    return made.from_string(_PAGE)
