"""Correcting phone, e-mail and owner, with undo; and tags."""

from tests.office import shown


def _open(office, label):
    office.talk("Rita: /customer A1", "bot: Acme GmbH")
    office.pick("Rita", label)
    return office.form("Rita")


def _card(office, words):
    return office.workspace.wait_for(lambda: office.newest("Rita") if words in shown(office.newest("Rita")) else None)


def test_a_correction_shows_on_the_card_is_found_by_search_and_can_be_undone(office):
    _open(office, "Correct")
    office.submit("Rita", {"email": "neu@acme.example.com"})
    assert "neu@acme.example.com" in shown(_card(office, "Corrected"))
    office.talk("Rita presses Undo", "bot: Taken back", "bot: info@acme.example.com")
    office.talk("Rita: /customer neu@acme.example.com", "bot: No customer fits")
    office.talk("Rita: /customer info@acme.example.com", "bot: Acme GmbH")


def test_a_phone_and_an_email_that_cannot_be_are_refused_beneath_their_fields(office):
    _open(office, "Correct")
    view = office.submit("Rita", {"email": "nonsense", "phone": "call me"})
    assert set(view.errors) == {"email", "phone"}


def test_a_new_owner_is_chosen_while_typing_and_undone_by_the_one_who_chose(office):
    view = _open(office, "Correct")
    offered = office.workspace.act_as(office.people["Rita"]).type_ahead(view, "customer.owner", "李")
    office.submit("Rita", {"owner_id": offered[0]["value"]})
    card = _card(office, "Corrected")
    assert "are hidden" in shown(card)
    office.talk("Rita presses Undo", "bot: Last orders")


def test_tags_are_put_and_found(office):
    _open(office, "Tags")
    office.submit("Rita", {"tags": "VIP, Messe 2026；大客户"})
    assert "#messe 2026" in shown(_card(office, "Tags saved"))


def test_a_tag_that_is_too_long_is_refused(office):
    _open(office, "Tags")
    view = office.submit("Rita", {"tags": "x" * 60})
    assert "too long" in view.errors["tags"]
