"""What somebody does at a browser, in the words of ALE's pages and in either language: by ids, names and addresses."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def log_on(page: Page, user_name: str, language: str = "en") -> None:
    """Log on and read in this language from then on."""
    page.goto("/login")
    page.locator("input[name=username]").fill(user_name)
    page.locator("input[name=password]").fill("demo")
    page.keyboard.press("Enter")
    expect(page.locator("#user-menu")).to_be_visible()
    read_in(page, language)


def read_in(page: Page, language: str) -> None:
    """Choose the language."""
    page.locator(f"button[name=language][value={language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def choose(combobox: Locator, text: str) -> None:
    """Type into a combobox and take the first match."""
    combobox.press_sequentially(text)
    combobox.locator("xpath=following-sibling::ul").get_by_role("option").first.click()
    expect(combobox).to_have_attribute("aria-expanded", "false")


def settled(page: Page) -> None:
    """Wait until no answer of the server is on its way into the page."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


class Playbook:
    """The playbook of a case at its page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.card = page.locator("details.activity[open]")

    @property
    def doing(self) -> str:
        """The activity that is open, by the id of its card."""
        return self.card.get_attribute("id") or ""

    def unfold(self, address: str, number: int) -> None:
        """Open the page of the playbook, and the activity with this number in its stage alone."""
        self.page.goto(address)
        for place, card in enumerate(self.page.locator("details.activity").all(), 1):
            if (card.get_attribute("open") is not None) != (place == number):
                card.locator("summary").click()
        settled(self.page)

    def control(self, name: str) -> Locator:
        """A field of the open activity."""
        return self.card.locator(f"[name='{name}']")

    def add(self, shown: str, **values: str) -> None:
        """Fill in the form of Add and send it; the list of members then says so."""
        for name, text in values.items():
            control = self.control(name)
            if control.evaluate("control => control.tagName") == "SELECT":
                control.select_option(label=text)
                settled(self.page)
            else:
                control.fill(text)
        self.card.locator("[id^=add-]").click()
        expect(self.card.locator("ul.members > li").filter(has_text=shown)).to_have_count(1)
        settled(self.page)

    def complete(self) -> None:
        """Mark the open activity complete; another one opens, or none is left."""
        done = self.doing
        self.card.locator("[id^=complete-]").click()
        expect(self.page.locator(f"#{done}[open]")).to_have_count(0)
        settled(self.page)


class Import:
    """One import at its page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong = page.locator("#rows td.wrong")

    def begin(self, path: Path) -> None:
        """Upload a file from the activity of the import."""
        form = self.page.locator("details.activity[open] form:has(input[type=file])")
        form.locator("input[type=file]").set_input_files(path)
        form.get_by_role("button").last.click()
        expect(self.page.locator("#import")).to_be_visible()

    @property
    def kinds(self) -> set[str]:
        """The kinds of problems that the list of wrong rows can be narrowed by."""
        options = self.page.locator("#rows-kind option")
        return set(options.evaluate_all("options => options.map(option => option.value)")) - {""}

    def fix(self, value: str) -> Locator:
        """The button that puts this value into all rows of a cause."""
        return self.page.locator(f"#causes form:has(input[type=hidden][name=replacement][value='{value}']) button")

    def tab(self, state: str) -> Locator:
        """The tab of the rows in one state."""
        return self.page.locator(f"#standing a[href*='state={state}']")

    def show(self, state: str) -> None:
        """Show the rows in one state."""
        self.tab(state).click()
        expect(self.tab(state)).to_have_attribute("aria-current", "page")
        settled(self.page)

    def holds(self, **counts: int) -> None:
        """The tabs come to show these numbers of rows."""
        for state, count in counts.items():
            expect(self.tab(state).locator(".num")).to_have_text(str(count))
        expect(self.page.locator("#work, #work-over")).to_have_count(0)
        settled(self.page)

    def close_dialog(self) -> None:
        """Open the dialog that closes the import."""
        self.page.locator("#more-menu summary").click()
        self.page.locator("#more-menu a[href$='/close']").click()
        expect(self.page.locator("#close-close_notes")).to_be_visible()

    def close(self, notes: str) -> None:
        """Close the import with notes."""
        self.close_dialog()
        self.page.locator("#close-close_notes").fill(notes)
        self.page.locator("#dialog .btn.primary").click()
        expect(self.page.locator("#more-menu")).to_have_count(0)
