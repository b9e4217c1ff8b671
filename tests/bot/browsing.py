"""What a person does on the sandbox page of an office."""

from playwright.sync_api import Page, expect

from tests.office import Office


def act_as(page: Page, office: Office, name: str) -> None:
    """Go to a person's DM with the bot."""
    page.goto(office.serving.url)
    link = page.locator("#switcher a", has_text=name).get_attribute("href")
    assert link
    page.goto(office.serving.url + link)
    expect(page.locator("#switcher summary")).to_contain_text(name)
