"""One of every block, in English and Chinese, as an app would send them."""

from __future__ import annotations

import time
from typing import Any

Json = dict[str, Any]

HOSTILE = "<script>alert(1)</script> \"><img src=x onerror=alert(1)> ' & &lt;b&gt; javascript:alert(1)"
"""What somebody might call their company."""

PRODUCTS = ["Chai", "Chang", "Chartreuse verte", "Côte de Blaye", "龙井茶", "Raclette Courdavault"]
CSV = 'customer,city,spend\n"Alfreds Futterkiste, Berlin",Berlin,4273.00\n华东茶业,杭州,"12,400"\n'


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def words(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def button(text: str, action_id: str, value: str = "1", **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": value, **more}


def card(name: str, *, chinese: bool) -> list[Json]:
    """A card such as the bot draws for a customer, with menus and rich text besides."""
    day = int(time.time()) - 86400
    if chinese:
        name = name or "杭州龙井茶业有限公司"
        fields = [
            "*客户价值*\n:large_green_circle: 高",
            "*忠诚度*\n摇摆",
            "*生命周期*\n预警",
            "*负责人*\n李伟",
        ]
        judgement = "每 *21 ± 5* 天购买一次；已 *48* 天未购买，是平时的 2.3 倍。"
        labels = ["记录互动", "跟进", "为什么？", "删除", "时间线"]
        context = f":calendar: 最近订单 <!date^{day}^{{date_pretty}} {{time}}|昨天> · 华东 · <https://example.com|官网>"
        menus = ["选择负责人", "标签", "请选择日期", "更多"]
    else:
        name = name or "Alfreds Futterkiste"
        fields = [
            "*Value*\n:large_green_circle: High",
            "*Loyalty*\nSwing",
            "*Lifecycle*\nAt risk since Mar 2",
            "*Owner*\nRita Stone",
        ]
        judgement = "Buys every *21 ± 5* days; silent for *48*, 2.3 times the usual."
        labels = ["Log an interaction", "Follow up", "Why?", "Remove", "Timeline"]
        context = f":calendar: Last order <!date^{day}^{{date_pretty}} at {{time}}|yesterday> · Berlin · <https://example.com|Website>"
        menus = ["Choose an owner", "Tags", "Pick a day", "More"]
    tags = [option("VIP", "vip"), option("Wholesale 批发", "wholesale"), option("Price-sensitive", "price")]
    return [
        {"type": "header", "text": plain(name[:150])},
        {"type": "context", "elements": [words(context)]},
        {
            "type": "section",
            "text": words(judgement),
            "fields": [words(each) for each in fields],
            "accessory": {
                "type": "overflow",
                "action_id": "menu",
                "options": [option(labels[4], "timeline"), option(labels[2], "why")],
            },
        },
        {"type": "divider"},
        {
            "type": "actions",
            "elements": [
                button(labels[0], "log", style="primary"),
                button(labels[1], "follow"),
                button(labels[2], "slow"),
                button("Website", "site", url="https://example.com/"),
                button(
                    labels[3],
                    "remove",
                    style="danger",
                    confirm={
                        "title": plain("Remove this?"),
                        "text": plain("It cannot be undone."),
                        "confirm": plain("Remove"),
                        "deny": plain("Keep"),
                        "style": "danger",
                    },
                ),
            ],
        },
        {
            "type": "actions",
            "elements": [
                {"type": "users_select", "action_id": "owner", "placeholder": plain(menus[0])},
                {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-05"},
                {"type": "timepicker", "action_id": "time", "initial_time": "09:30"},
            ],
        },
        {
            "type": "section",
            "text": words(
                "> “The last delivery came late.”\n> — <@U00000002>, `call`\n1. ~cheese~ tea\n2. _coffee_ :coffee:"
            ),
            "accessory": {
                "type": "multi_static_select",
                "action_id": "tags",
                "placeholder": plain(menus[1]),
                "options": tags,
            },
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Top products ", "style": {"bold": True}},
                        {"type": "emoji", "name": "star"},
                    ],
                },
                {
                    "type": "rich_text_list",
                    "style": "bullet",
                    "elements": [
                        {"type": "rich_text_section", "elements": [{"type": "text", "text": each}]}
                        for each in PRODUCTS[:3]
                    ],
                },
            ],
        },
    ]


def tables() -> list[Json]:
    """A table and a data table with more rows than one page."""
    head = ["Customer", "Owner", "Silent", "Spend"]
    rows = [
        [f"Customer {index} 客户", "Rita Stone", f"{index * 9} days", f"{index * 1234:,}.00"] for index in range(1, 5)
    ]
    data = [[{"type": "raw_text", "text": each} for each in ("Segment", "Customers", "Spend")]] + [
        [
            {"type": "raw_text", "text": f"Segment {index}"},
            {"type": "raw_number", "value": index * 3, "text": str(index * 3)},
            {"type": "raw_number", "value": index * 1500, "text": f"${index * 1500:,}"},
        ]
        for index in range(1, 9)
    ]
    return [
        {
            "type": "table",
            "column_settings": [{"is_wrapped": True}, {"align": "left"}, {"align": "right"}, {"align": "right"}],
            "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in [head, *rows]],
        },
        {"type": "data_table", "caption": "Segments", "page_size": 5, "rows": data},
    ]


def charts(*, chinese: bool) -> tuple[list[Json], list[Json]]:
    """The four kinds of chart, two to a message."""
    if chinese:
        names, months, series = ["忠诚", "摇摆", "流失"], ["一月", "二月", "三月", "四月", "五月"], ["订单", "目标"]
        titles = ["客户忠诚度", "各月消费", "订单与目标", "新客户"]
    else:
        names, months, series = ["Loyal", "Swing", "Lost"], ["Jan", "Feb", "Mar", "Apr", "May"], ["Orders", "Goal"]
        titles = ["Customers by loyalty", "Spend by month", "Orders and goal", "New customers"]

    def data(values: list[float]) -> list[Json]:
        return [{"label": label, "value": value} for label, value in zip(months, values, strict=True)]

    axis = {"categories": months}
    pie = {"type": "pie", "segments": [{"label": n, "value": v} for n, v in zip(names, (52, 27, 14), strict=True)]}
    bar = {
        "type": "bar",
        "axis_config": axis,
        "series": [{"name": "Spend", "data": data([42000, 38500, 51200, -3000, 61000])}],
    }
    line = {
        "type": "line",
        "axis_config": {**axis, "y_label": series[0]},
        "series": [
            {"name": series[0], "data": data([12, 18, 15, 22, 27])},
            {"name": series[1], "data": data([15] * 5)},
        ],
    }
    area = {"type": "area", "axis_config": axis, "series": [{"name": series[0], "data": data([3, 8, 5, 9, 12])}]}

    def block(title: str, chart: Json) -> Json:
        return {"type": "data_visualization", "title": title, "chart": chart}

    return (
        [block(titles[0], pie), block(titles[1], bar)],
        [block(titles[2], line), block(titles[3], area)],
    )


def form(*, chinese: bool) -> Json:
    """A form with one of every field."""
    say = (lambda english, chinese_words: chinese_words) if chinese else (lambda english, chinese_words: english)

    def field(block_id: str, label: str, element: Json, **more: Any) -> Json:
        return {"type": "input", "block_id": block_id, "label": plain(label), "element": element, **more}

    kinds = [
        option(say("Call", "电话"), "call"),
        option(say("Visit", "拜访"), "visit"),
        option(say("E-mail", "邮件"), "email"),
    ]
    return {
        "type": "modal",
        "callback_id": "interaction",
        "title": plain(say("Log an interaction", "记录互动")),
        "submit": plain(say("Save", "保存")),
        "close": plain(say("Cancel", "取消")),
        "blocks": [
            {"type": "section", "text": words(say("*Alfreds Futterkiste* · Berlin", "*杭州龙井茶业* · 杭州"))},
            field("kind", say("Kind", "类型"), {"type": "static_select", "action_id": "kind", "options": kinds}),
            field(
                "note",
                say("What was said", "沟通内容"),
                {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": 500},
                hint=plain(say("Only your team reads this.", "仅团队可见。")),
            ),
            field("when", say("Day", "日期"), {"type": "datepicker", "action_id": "day", "initial_date": "2026-03-05"}),
            field(
                "product",
                say("Product", "产品"),
                {"type": "external_select", "action_id": "product", "min_query_length": 1},
                optional=True,
            ),
            field(
                "outcome",
                say("Outcome", "结果"),
                {"type": "radio_buttons", "action_id": "outcome", "options": kinds[:2], "initial_option": kinds[0]},
            ),
            field(
                "tags",
                say("Tags", "标签"),
                {"type": "checkboxes", "action_id": "tags", "options": kinds},
                optional=True,
            ),
            field("mail", say("E-mail", "电子邮箱"), {"type": "email_text_input", "action_id": "mail"}, optional=True),
            field(
                "size",
                say("Size", "金额"),
                {"type": "number_input", "action_id": "size", "is_decimal_allowed": True, "min_value": "0"},
                optional=True,
            ),
            {"type": "actions", "block_id": "rest", "elements": [button(say("More …", "更多…"), "more")]},
        ],
    }


def small_form() -> Json:
    """A form to put on top of another."""
    return {
        "type": "modal",
        "callback_id": "small",
        "title": plain("On top"),
        "submit": plain("Done"),
        "blocks": [{"type": "section", "text": words("One form above the other.")}],
    }


def home() -> list[Json]:
    """An App Home with a button."""
    return [
        {"type": "header", "text": plain("Your day")},
        {"type": "section", "text": words("*3* follow-ups are due."), "accessory": button("Open", "open_due")},
    ]
