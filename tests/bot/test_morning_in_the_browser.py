"""A morning in a real browser, in both languages: reminder, done with undo, snooze, alert, cause, recovery, digest."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select, update

from bot.blocks import capital
from bot.importing import import_files
from care import follow_ups
from care.working_days import next_working_day
from customers.alert_tables import alerts
from customers.tables import customers, reps
from tests.bot.browsing import act_as
from tests.office import Office
from words.speech import Speech
from words.terms import term

pytestmark = pytest.mark.browser


def prepare(office: Office, language: str) -> dict[str, int]:
    """Let Rita have promised something to two customers, a third have just fallen silent, and all read one language.

    Returns the ids of what was promised, by customer.
    """
    office.working.jobs.tick()
    with office.database.transaction() as db:
        db.execute(update(reps).values(language=language))
        known = {row.key: row.id for row in db.execute(select(customers.c.key, customers.c.id))}
        rita = db.scalar(select(reps.c.id).where(reps.c.email == "rita@example.com"))
        promised = {}
        for key, what in (("A2", "Ask about the catalogue"), ("B1", "Bring the samples")):
            made = follow_ups.make(
                db, customer_id=known[key], rep_id=rita, day=office.today, today=office.today, what=what, by=rita,
                now=office.now,
            )  # fmt: skip
            promised[key] = made.line.id
        db.execute(update(alerts).where(alerts.c.customer_id == known["A1"]).values(state="found"))
    return promised


def message(page: Page, words: str) -> Locator:
    """The newest message with these words."""
    return page.locator("#stream .message", has_text=words).last


def press(where: Locator, label: str) -> None:
    where.get_by_role("button", name=label, exact=True).first.click()


def order(office: Office, key: str, tmp_path) -> None:
    """Import a new order, as a web shop's export would bring it."""
    path = tmp_path / "new.csv"
    path.write_text(f"id,customer,date,amount,currency\nNEW-1,{key},{office.today},900,USD\n", encoding="utf-8")
    outcome = import_files(office.settings, office.database, [path])
    assert outcome.exit_code == 0, outcome.summary()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh_CN", 390)])
def test_from_the_morning_to_the_digest(office, page, tmp_path, language, width):
    say = Speech(language)
    page.set_viewport_size({"width": width, "height": 900})
    promised = prepare(office, language)
    act_as(page, office, "Rita")
    today = office.morning_of("Rita")

    # The reminder: done in one click, asked what came of it, taken back; then put off.
    reminder = message(page, say("Good morning, {name}", name="Rita Roth"))
    expect(reminder).to_contain_text("Ask about the catalogue")
    reminder.locator(f"[data-action-id='followup.done:{promised['A2']}']").click()
    done = message(page, say("What came of it?"))
    expect(done).to_contain_text(say("{name}: done.", name="Acme Tools Ltd"))
    press(done, say("Undo"))
    expect(message(page, say("{name}: taken back.", name="Acme Tools Ltd"))).to_contain_text("Ask about the catalogue")
    later = next_working_day(today, "DE")
    page.locator(f"[data-action-id='followup.snooze:{promised['B1']}']").last.click()
    put_off = say("{name}: put off to {day}.", name="Blauer See", day=say.weekday(later))
    expect(message(page, put_off)).to_be_visible()

    # The alert: snoozed and back, lost with a cause and back.
    alert = page.locator("#stream .message", has=page.locator("[data-action-id^='alert.']")).last
    expect(alert).to_contain_text("Acme GmbH")
    expect(alert).to_contain_text("Two boxes were broken.")
    alert.locator("[data-action-id^='alert.snooze'] select").select_option(index=1)
    expect(alert).to_contain_text(say("comes back on {day}", day=say.weekday(later)))
    press(alert, say("Undo"))
    price = capital(term(say, "cause", "price"))
    alert.locator("[data-action-id^='alert.lost'] select").select_option(label=price)
    expect(alert).to_contain_text(say("lost: {cause}", cause=term(say, "cause", "price")))
    press(alert, say("Undo"))
    expect(alert.locator("[data-action-id^='alert.lost'] select")).to_be_visible()

    # A new order is imported: where the alert stood one reads that the customer has bought again.
    with office.database.reading() as db:
        last_order = db.scalar(select(alerts.c.began).join(customers).where(customers.c.key == "A1"))
    order(office, "A1", tmp_path)
    office.working.jobs.tick()
    silence = say.days((office.today - last_order).days)
    back = say("bought again on {day}, after {silence}", day=say.date(office.today), silence=silence)
    expect(message(page, back)).to_contain_text(say.count("{n} customer has bought again", "", 1))
    expect(page.locator("[data-action-id^='alert.lost']")).to_have_count(0)

    # The manager's digest knows of it, as it comes in the morning and when asked for.
    act_as(page, office, "Mona")
    expect(message(page, say("Your team's digest"))).to_be_visible()
    page.locator("#write").fill("/digest week")
    page.locator("#write").press("Enter")
    digest = message(page, say("Your team's digest"))
    expect(digest).to_contain_text(say("Follow-ups"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
