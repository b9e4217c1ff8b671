"""Every text for customers is written to customers of every stage, and could have come from nobody else."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from care.alerts import CAUSES
from care.bought_together import suggestions
from care.fields_for_words import known
from customers.tables import customers, reps
from database.engine import Database
from tests.correspondence import COMPANY, PURCHASES, REP, Letter, letters
from tests.ledger import TODAY, Ledger, ago
from words.short_messages import GSM_7, GSM_7_EXTENDED, length
from words.speech import CHINESE, ENGLISH, LANGUAGES
from words.template_fields import FIELDS
from words.templates import SMS, templates

# What any company could have written to anybody.
CLICHES = (
    "value your business", "valued customer", "hope this", "finds you well", "we miss you", "we've missed you",
    "don't hesitate", "do not hesitate", "pleased to inform", "as always", "exclusive", "amazing", "excited",
    "thank you for choosing", "trusted partner", "special offer", "act now", "best-in-class", "reach out", "!",
    "尊敬的", "亲爱的", "感谢您一直以来", "一如既往", "新老客户", "竭诚", "为您服务", "宾至如归", "惊喜", "尊享",
    "特惠", "优质的产品", "携手", "共创", "辉煌", "祝商祺", "敬请", "机不可失", "百忙之中", "贵宾",
)  # fmt: skip
# A Chinese greeting and a festival wish have their exclamation mark.
CHEERS = re.compile("您好！|生日快乐！|新春平安！|中秋团圆！")
TEXTS = {language: [each for each in templates() if each.language == language] for language in LANGUAGES}


@pytest.fixture(scope="module", params=LANGUAGES)
def written(
    request: pytest.FixtureRequest, prepared_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Letter]:
    """Every text of one language to every customer."""
    path = tmp_path_factory.mktemp("letters") / "rekindle.db"
    path.write_bytes(prepared_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    try:
        return letters(Ledger(database), request.param, TEXTS[request.param])
    finally:
        database.close()


def test_every_text_is_written_to_every_stage_or_says_what_is_missing(written: list[Letter]) -> None:
    for letter in written:
        if letter.written is None:
            assert set(letter.missing) <= set(letter.template.fields)
            # Of whoever is well known only what nobody can know of one who never bought, or bought once, is missing.
            assert not letter.well_known or letter.stage == "prospect" or "recommended" in letter.missing, letter
        else:
            assert letter.written.text
    stages = {(each.template.key, each.template.channel, each.stage) for each in written if each.written}
    wanted = {(each.template.key, each.template.channel) for each in written}
    bought = set(PURCHASES) - {"prospect"}
    assert wanted == {(key, channel) for key, channel, stage in stages}
    missed = {(key, channel, stage) for key, channel in wanted for stage in bought} - stages
    assert {key for key, _, _ in missed} <= {"recommendation/bought_together"}


def test_nothing_of_a_template_is_left_in_a_text(written: list[Letter]) -> None:
    for letter in written:
        if letter.written is not None:
            whole = f"{letter.written.subject}\n{letter.written.text}"
            assert not re.search(r"[{}%]\S*[{}]|None|\bTrue\b|\bnan\b|datetime|\n\n\n", whole), whole
            assert not re.search(r" [,.;:?]|[,;:]\.|\.\.|。。|[，。：；]{2}|  |\(\)|（）", whole), whole


def test_no_text_could_have_come_from_any_company(written: list[Letter]) -> None:
    for letter in written:
        if letter.written is not None:
            whole = CHEERS.sub("", f"{letter.written.subject}\n{letter.written.text}".lower())
            assert [cliche for cliche in CLICHES if cliche in whole] == []


def test_two_customers_never_get_the_same_text(written: list[Letter]) -> None:
    by_template: dict[tuple[str, str], list[str]] = {}
    for letter in written:
        if letter.written is not None:
            whole = f"{letter.written.subject}\n{letter.written.text}"
            by_template.setdefault((letter.template.key, letter.template.channel), []).append(whole)
    same = {key: len(texts) - len(set(texts)) for key, texts in by_template.items()}
    assert {key: many for key, many in same.items() if many} == {}


def test_text_messages_are_short_and_say_who_sends_them_and_how_to_stop(written: list[Letter]) -> None:
    for letter in written:
        if letter.written is not None and letter.template.channel == SMS:
            text = letter.written.text
            assert "\n" not in text
            assert length(text).parts <= 2, text
            if letter.template.language == CHINESE:
                assert text.startswith(f"【{COMPANY[CHINESE]}】")
                assert text.endswith("拒收请回复R")
                assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", text)
            else:
                assert COMPANY[ENGLISH] in text
                assert text.endswith(". Reply STOP to opt out") or text.endswith("? Reply STOP to opt out")
                assert length(text).encoding == "GSM-7", length(text).dearer


def test_letters_are_signed_and_offers_can_be_unsubscribed_from(written: list[Letter]) -> None:
    for letter in written:
        if letter.written is not None and letter.template.channel != SMS:
            language, lines = letter.template.language, letter.written.text.split("\n")
            if letter.template.purpose == "marketing":
                assert lines[-1].endswith("https://example.com/u/7Kq2")
                lines = lines[:-2]
            assert lines[-1] == COMPANY[language]
            assert (lines[-2] == REP[language]) == letter.well_known
            assert len(letter.written.subject) <= 90, letter.written.subject


def test_english_text_messages_use_no_sign_that_makes_them_dearer() -> None:
    for text in TEXTS[ENGLISH]:
        if text.channel == SMS:
            assert set(text.body) <= GSM_7 | GSM_7_EXTENDED


def test_a_win_back_answers_a_cause_that_reps_give_and_every_other_cause_has_the_generic_one() -> None:
    causes = {each.cause for language in LANGUAGES for each in TEXTS[language] if each.use == "win_back"}
    assert causes == {"", "price", "quality", "service", "process", "competitor"}
    assert causes - {""} <= set(CAUSES)


def test_every_known_field_is_found_and_nothing_else(database: Database) -> None:
    ledger = Ledger(database)
    rep, chai, tofu = ledger.rep("Rita"), ledger.product("Chai"), ledger.product("Tofu")
    acme = ledger.customer("Acme")
    ledger.change(update(customers).where(customers.c.id == acme).values(owner_id=rep))
    ann = ledger.contact(acme, "Ann")
    for days in range(10, 410, 20):
        order = ledger.order(acme, ago(days), "12.50")
        ledger.line(order, chai, price=10)
    ledger.line(order, tofu, price=2)
    ledger.order(acme, ago(3), "50", status="cancelled")
    ledger.order(acme, ago(2), "-5")
    ledger.interaction(acme, ago(4), "visit", rep_id=rep, contact_id=ann)
    ledger.interaction(acme, ago(90), "visit")
    ledger.interaction(acme, ago(50), "complaint", "secret")
    others = [ledger.customer(f"Other {nr}") for nr in range(12)]
    cups = ledger.product("Cups")
    for other in others:
        order = ledger.order(other, ago(40))
        for product in (chai, cups):
            ledger.line(order, product)
    ledger.refresh()
    with database.reading() as db:
        found = known(db, [acme, 999], FIELDS, company="Northwind", today=TODAY)
    assert found.keys() == {acme}
    fields = found[acme]
    expected = {name for name, field in FIELDS.items() if field.source != "given"} - {"former_gap"}
    assert fields.keys() == expected
    assert fields == fields | {
        "company": "Northwind",
        "customer": "Acme",
        "person": "Ann",
        "owner": "Rita",
        "owner_email": "rita@example.com",
        "favourite": "Chai",
        "products": ["Chai", "Tofu"],
        "purchases": 20,
        "first_day": ago(390),
        "years": 1,
        "last_day": ago(10),
        "last_products": ["Chai"],
        "silence": 10,
        "gap": 20,
        "visit_day": ago(4),
        "visitor": "Rita",
        "met": "Ann",
        "issue_day": ago(50),
        "recommended": ["Cups"],
    }
    assert fields["recommendations"] == [{"product": "Cups", "because": "Chai", "share": 12 / 13}]
    assert "secret" not in str(fields)


def test_what_a_text_does_not_ask_for_is_not_read(sqlite: Database) -> None:
    ledger = Ledger(sqlite)
    acme = ledger.customer("Acme")
    ledger.bought(acme, 10, 40)
    ledger.refresh()
    with sqlite.reading() as db:
        assert "last_day" not in known(db, [acme], ["customer"], company="N", today=TODAY)[acme]
        assert known(db, [acme], ["last_day"], company="N", today=TODAY)[acme]["last_day"] == ago(10)


def test_a_person_is_greeted_by_name_and_a_rep_who_left_signs_nothing(sqlite: Database) -> None:
    ledger = Ledger(sqlite)
    rep, ann = ledger.rep("Rita"), ledger.customer("Ann Lee")
    ledger.change(update(customers).where(customers.c.id == ann).values(owner_id=rep, kind="person"))
    ledger.change(update(reps).values(active=False))
    ledger.refresh()
    with sqlite.reading() as db:
        fields = known(db, [ann], FIELDS, company="N", today=TODAY)[ann]
    assert fields["person"] == "Ann Lee"
    assert "owner" not in fields


def test_a_parent_is_told_of_its_own_purchases_only(database: Database) -> None:
    ledger = Ledger(database)
    chai, tofu = ledger.product("Chai"), ledger.product("Tofu")
    parent = ledger.customer("Group")
    child = ledger.customer("Child", parent)
    for days in (20, 50, 80):
        ledger.line(ledger.order(parent, ago(days)), chai)
    for days in (1, 5, 9):
        ledger.line(ledger.order(child, ago(days), 900), tofu, price=900)
    ledger.refresh()
    with database.reading() as db:
        fields = known(db, [parent], FIELDS, company="N", today=TODAY)[parent]
    assert (fields["purchases"], fields["last_day"], fields["gap"], fields["products"]) == (3, ago(20), 30, ["Chai"])
    assert "Tofu" not in str(fields)


@pytest.mark.parametrize(
    ("days", "gap", "former"),
    [((10, 40, 70), 30, None), ((200, 230, 260), None, 30), ((10, 40), None, None), ((1, 90, 100, 110), None, None)],
    ids=["regular", "fallen silent", "too few purchases", "no rhythm"],
)
def test_a_rhythm_is_told_only_where_there_is_one(
    sqlite: Database, days: tuple[int, ...], gap: int | None, former: int | None
) -> None:
    ledger = Ledger(sqlite)
    acme = ledger.customer("Acme")
    ledger.bought(acme, *days)
    ledger.refresh()
    with sqlite.reading() as db:
        fields = known(db, [acme], FIELDS, company="N", today=TODAY)[acme]
    assert (fields.get("gap"), fields.get("former_gap")) == (gap, former)


def test_a_day_is_that_of_the_tenants_zone_and_days_to_come_are_not_told(sqlite: Database) -> None:
    ledger = Ledger(sqlite)
    acme = ledger.customer("Acme")
    ledger.interaction(acme, ago(4), "visit")
    ledger.interaction(acme, ago(-1), "complaint")
    ledger.order(acme, ago(-3))
    ledger.refresh()
    with sqlite.reading() as db:
        east = known(db, [acme], FIELDS, company="N", today=TODAY, zone=ZoneInfo("Pacific/Kiritimati"))[acme]
    assert east["visit_day"] == ago(3)  # noon in UTC is already the next morning there
    assert not {"issue_day", "last_day"} & east.keys()


def test_nothing_is_recommended_that_was_bought_or_that_few_others_bought(sqlite: Database) -> None:
    ledger = Ledger(sqlite)
    chai, tofu, cups, rare = (ledger.product(name) for name in ("Chai", "Tofu", "Cups", "Rare"))
    acme = ledger.customer("Acme")
    ledger.line(ledger.order(acme, ago(5)), chai)
    ledger.line(ledger.order(acme, ago(900)), tofu)
    for nr in range(14):
        order = ledger.order(ledger.customer(f"Other {nr}"), ago(10 + nr))
        for product in (chai, tofu, *((cups,) if nr % 2 else ()), *((rare,) if nr < 2 else ())):
            ledger.line(order, product)
    with sqlite.reading() as db:
        found = suggestions(db, [acme], TODAY)
    assert [(each.product, each.because, round(each.share, 2)) for each in found[acme]] == [("Cups", "Tofu", 0.5)]


def test_with_few_buyers_nothing_is_recommended(sqlite: Database) -> None:
    ledger = Ledger(sqlite)
    chai, cups = ledger.product("Chai"), ledger.product("Cups")
    acme = ledger.customer("Acme")
    ledger.line(ledger.order(acme, ago(5)), chai)
    for nr in range(8):
        order = ledger.order(ledger.customer(f"Other {nr}"), ago(10))
        for product in (chai, cups):
            ledger.line(order, product)
    with sqlite.reading() as db:
        assert suggestions(db, [acme], TODAY) == {}
