"""Customers of every stage, well known and hardly known, to whom every text is written."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any, NamedTuple

from sqlalchemy import update

from care.fields_for_words import known
from customers.tables import customers
from tests.ledger import TODAY, Ledger, ago
from words.rendering import MissingFields, Rendered, render
from words.speech import CHINESE, ENGLISH
from words.templates import Template

# By the stage, how many days ago its customers bought.
PURCHASES: dict[str, tuple[int, ...]] = {
    "prospect": (),
    "new": (12,),
    "growing": (*range(12, 160, 16), 210, 260),
    "mature": tuple(range(9, 400, 31)),
    "loyal": tuple(range(17, 1000, 22)),
    "at_risk": tuple(range(75, 600, 30)),
    "lost": tuple(range(203, 700, 28)),
    "won_back": (11, *range(240, 600, 25)),
}
# By language: the company that writes, its rep, names of customers, of contacts and of products, and what people say.
COMPANY = {ENGLISH: "Northwind Traders", CHINESE: "上海澜山商贸"}
REP = {ENGLISH: "Laura Callahan", CHINESE: "李娜"}
NAMES = {
    ENGLISH: (
        "Around the Horn", "Bottom-Dollar Markets", "Chop-suey Chinese", "Island Trading",
        "Hungry Owl All-Night Grocers", "Old World Delicatessen", "O'Brien & Sons", "Save-a-lot Markets",
    ),
    CHINESE: (
        "杭州清源茶业有限公司", "成都蜀语火锅餐饮管理有限公司", "深圳极屿科技有限公司", "上海晨曦文具有限公司",
        "厦门鹭洲咖啡有限公司", "武汉江楚商贸有限公司", "南京梧桐里书店有限公司", "苏州平江织造有限公司",
    ),
}  # fmt: skip
PEOPLE = {
    ENGLISH: (
        "Thomas Hardy", "Elizabeth Lincoln", "Yang Wang", "Helen Bennett", "Patricia McKenna", "Rene Phillips",
        "Sean O'Brien", "Jose Pavarotti",
    ),
    CHINESE: ("陈立", "周晓岚", "单国强", "林佩仪", "曾国栋", "许文静", "欧阳雪", "韩松"),
}  # fmt: skip
PRODUCTS = {
    ENGLISH: ("Chai", "Ikura", "Aniseed Syrup", "Tofu", "Pavlova", "Chang", "Konbu", "Filo Mix"),
    CHINESE: (
        "明前龙井 250克", "武夷大红袍 250克", "安溪铁观音 500克", "青瓷盖碗", "云南普洱熟茶饼 357克", "中性笔 12支装",
        "A4复印纸 70克", "蓝山拼配咖啡豆 1公斤",
    ),
}  # fmt: skip
GIVEN: dict[str, dict[str, Any]] = {
    ENGLISH: {
        "issue": "Two of the six boxes that came on June 2 were open.",
        "solution": "Two new boxes left our warehouse on June 4",
        "offer": "5% off from ten boxes on, until the end of July",
        "agreed": "We send samples of two new teas by June 20; you tell us by June 30 which one to list",
    },
    CHINESE: {
        "issue": "6月2日送到的六箱货里有两箱已经开封",
        "solution": "6月4日已补发两箱，运费由我们承担",
        "offer": "七月底前，十箱起九五折。",
        "agreed": "6月20日前我们寄两款新茶样，6月30日前您定下要哪一款",
    },
}
OCCASIONS = {
    "unsubscribe": "https://example.com/u/7Kq2",
    "occasion_day": date(2026, 6, 20),
    "meeting_day": date(2026, 6, 24),
    "closed_from": date(2026, 6, 18),
    "open_again": date(2026, 6, 25),
}


class Letter(NamedTuple):
    """One text as it was written to one customer, or the fields without which it could not be written."""

    template: Template
    stage: str
    well_known: bool
    written: Rendered | None
    missing: tuple[str, ...]


def people(ledger: Ledger, language: str) -> dict[tuple[str, bool], int]:
    """Customers by stage and whether they are well known: contact, rep, products, a visit and a complaint."""
    rep = ledger.rep(REP[language])
    goods = [ledger.product(name) for name in PRODUCTS[language]]
    found: dict[tuple[str, bool], int] = {}
    for nr, (stage, days) in enumerate(PURCHASES.items()):
        known_well = ledger.customer(NAMES[language][nr])
        ledger.change(update(customers).where(customers.c.id == known_well).values(owner_id=rep))
        contact = ledger.contact(known_well, PEOPLE[language][nr])
        for day in days:
            order = ledger.order(known_well, ago(day), 100 + nr)
            for place in range(1 + (day + nr) % 3):
                ledger.line(order, goods[(nr + place * 2) % len(goods)], price=50 - 10 * place)
        ledger.interaction(known_well, ago(6 + nr), "visit", rep_id=rep, contact_id=contact)
        ledger.interaction(known_well, ago(13 + nr), "complaint", "was furious")
        hardly = ledger.customer(
            f"{NAMES[language][nr]} 2" if language == ENGLISH else f"{NAMES[language][nr][:4]}经营部"
        )
        ledger.bought(hardly, *[day + 1 + nr for day in days if nr % 2 or day != days[0] or len(days) == 1])
        found |= {(stage, True): known_well, (stage, False): hardly}
    # Others who buy several of the same things, so that something can be recommended.
    for other in range(15):
        buyer = ledger.customer(f"{language} buyer {other}")
        order = ledger.order(buyer, ago(30 + other), 100)
        for place in range(5):
            ledger.line(order, goods[(other + place) % len(goods)], price=20)
    ledger.refresh()
    return found


def letters(ledger: Ledger, language: str, texts: list[Template]) -> list[Letter]:
    """Every text of a language to every customer; those who are hardly known get what must be given, and no more."""
    customers_of = people(ledger, language)
    everything = {name for text in texts for name in text.asks}
    with ledger.database.reading() as db:
        fields = known(db, list(customers_of.values()), everything, company=COMPANY[language], today=TODAY, zone=UTC)
    written = []
    for text in texts:
        for (stage, well_known), customer in customers_of.items():
            given = GIVEN[language] | OCCASIONS
            if not well_known:
                given = {name: value for name, value in given.items() if name in text.fields}
            try:
                done = Letter(text, stage, well_known, render(text, fields[customer] | given), ())
            except MissingFields as missing:
                done = Letter(text, stage, well_known, None, missing.fields)
            written.append(done)
    return written
