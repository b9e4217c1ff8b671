"""What apps and people write is shown as meant, and never runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sandbox.page.markdown import markdown
from sandbox.page.mrkdwn import mrkdwn, plain
from sandbox.page.reader import Reader
from sandbox.page.rich_text import rich_text
from tests.sandbox.page.samples import HOSTILE

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
READER = Reader("U1", "en-US", "UTC", NOW, {"U1": "Rita <Stone>"}, {"C1": "sales"})
CHINESE = Reader("U2", "zh-CN", "Asia/Shanghai", NOW)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* _italic_ ~gone~ `code`", "<strong>bold</strong> <em>italic</em> <s>gone</s> <code>code</code>"),
        ("*bold _and italic_*", "<strong>bold <em>and italic</em></strong>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("*客户*很好", "*客户*很好"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\nafter", "<blockquote>said</blockquote>after"),
        (">>> all\nof it", "<blockquote>all<br>of it</blockquote>"),
        ("```a *b*\n<c>```", "<pre>a *b*\n&lt;c&gt;</pre>"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("<@U1> in <#C1> <!here>", '<span class="mention">@Rita &lt;Stone&gt;</span> in '
         '<span class="mention">#sales</span> <span class="mention">@here</span>'),
        (":star: at 10:30:00 :unheard_of:", "⭐ at 10:30:00 :unheard_of:"),
        (":large_green_circle: high", '<span class="spot green">🟢</span> high'),
        ("* not a list", "* not a list"),
    ],
)  # fmt: skip
def test_marks_are_drawn_as_slack_draws_them(written: str, shown: str):
    assert mrkdwn(written, READER) == shown


def test_a_link_shows_its_label_and_opens_beside_the_page():
    drawn = mrkdwn("<https://example.com/?a=1&amp;b=2|the *site*>", READER)
    assert 'href="https://example.com/?a=1&amp;b=2"' in drawn
    assert 'target="_blank" rel="noopener noreferrer nofollow">the *site*</a>' in drawn


def test_a_bare_address_becomes_a_link_without_the_full_stop():
    assert ">https://example.com/x</a>." in mrkdwn("See https://example.com/x.", READER)


@pytest.mark.parametrize("scheme", ["javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:x", " javascript:x"])
def test_an_address_that_could_run_code_is_no_link(scheme: str):
    assert "href" not in mrkdwn(f"<{scheme}|click>", READER)
    element = {"type": "link", "url": scheme, "text": "click"}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}
    assert "href" not in rich_text(block, READER)
    assert "href" not in markdown(f"[click]({scheme.strip()})")


def test_hostile_text_stays_text_everywhere():
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": HOSTILE}]}
    drawn = [
        mrkdwn(HOSTILE, READER),
        mrkdwn(f"*{HOSTILE}* `{HOSTILE}`\n> {HOSTILE}\n```{HOSTILE}```", READER),
        mrkdwn(f"<https://x.example/{HOSTILE}|{HOSTILE}>", READER),
        plain(HOSTILE),
        markdown(f"# {HOSTILE}\n- {HOSTILE}\n\n| {HOSTILE} | b |\n|---|---|\n| {HOSTILE} | c |"),
        rich_text(
            {"elements": [section, {"type": "rich_text_list", "style": "bullet", "elements": [section]}]}, READER
        ),
    ]
    for html in drawn:
        assert "alert(1)" in html
        assert "<script" not in html
        assert "<img" not in html


def test_a_date_is_told_on_the_readers_clock_and_in_their_language():
    noon = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())
    assert mrkdwn(f"<!date^{noon}^{{date_short_pretty}} at {{time}}|then>", READER) == "yesterday at 12:00\u202fPM" or (
        mrkdwn(f"<!date^{noon}^{{date_short_pretty}} at {{time}}|then>", READER) == "yesterday at 12:00 PM"
    )
    assert mrkdwn(f"<!date^{noon}^{{date}} {{time}}|then>", CHINESE) == "2026年3月4日 20:00"


def test_an_unclosed_mark_and_a_very_long_line_are_drawn_at_once():
    long = "*a_b~c`<" * 5000
    assert mrkdwn(long, READER).striptags().count("a_b") == 5000


def test_markdown_draws_its_common_part():
    drawn = markdown("## Title\n**bold** and *italic*\n\n1. one\n2. two\n\n> quoted\n\n```\ncode <x>\n```")
    assert "<h4>Title</h4><p><strong>bold</strong> and <em>italic</em></p>" in drawn
    assert "<ol><li>one</li><li>two</li></ol><blockquote>quoted</blockquote>" in drawn
    assert "<pre>code &lt;x&gt;</pre>" in drawn
