"""Logging an interaction: from the card, by a shortcut, or from a message."""

from datetime import timedelta

from tests.office import shown


def test_a_logged_call_stands_on_the_card(office):
    office.talk("Rita: /customer B1", "bot: Blauer See")
    office.press("Rita", "Log an interaction")
    office.submit(
        "Rita", {"kind": "visit", "text": "Talked about the *new* <!channel> catalogue", "outcome": "order soon"}
    )
    card = office.workspace.wait_for(
        lambda: office.newest("Rita") if "Visit logged" in shown(office.newest("Rita")) else None
    )
    assert "Talked about the *new* <!channel> catalogue" in shown(card)
    assert "<!channel>" not in str(card.blocks)


def test_a_day_to_come_is_refused_beneath_its_field(office):
    office.talk("Rita: /customer B1", "bot: Blauer See")
    office.press("Rita", "Log an interaction")
    to_come = (office.today + timedelta(days=2)).isoformat()  # where Rita is, tomorrow may have begun
    view = office.submit("Rita", {"text": "x", "day": to_come})
    assert "still to come" in view.errors["day"]


def test_a_complaint_is_open_until_it_is_resolved(office):
    office.talk("Rita: /customer A1", "bot: Two boxes were broken")
    card = office.talk("Rita presses Complaint resolved", "bot: Complaint resolved")
    assert "Open complaint" not in shown(card)


def test_a_shortcut_logs_on_any_customer_of_the_own_team(office):
    rita = office.workspace.act_as(office.people["Rita"])
    rita.shortcut("interaction.log").wait()
    view = office.form("Rita")
    assert rita.type_ahead(view, "interaction.customer", "晨曦") == []
    offered = rita.type_ahead(view, "interaction.customer", "Blau")
    assert [each["text"]["text"] for each in offered] == ["Blauer See (Bremen)"]
    office.submit("Rita", {"customer": offered[0]["value"], "text": "By shortcut"})
    dm = office.workspace.dm(office.people["Rita"])
    seen = office.workspace.wait_for(lambda: office.workspace.visible_to(office.people["Rita"], dm))
    assert "By shortcut" in shown(seen[-1])


def test_a_message_of_a_channel_is_logged_with_its_words(office):
    rita = office.workspace.act_as(office.people["Rita"])
    said = rita.say(office.sales, "Acme wants blue boxes")
    rita.message_shortcut("interaction.message", said).wait()
    form = str(office.form("Rita").blocks)
    assert "Acme wants blue boxes" in form
    assert "'initial_option': {'text': {'type': 'plain_text', 'text': 'Note'" in form


def test_nobody_logs_on_a_customer_of_another_team(office):
    office.talk("Rita: /customer C1", "bot: are hidden")
    assert "Log an interaction" not in shown(office.newest("Rita"))
