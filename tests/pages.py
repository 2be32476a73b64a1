"""A page as tests read it: its elements, what its forms would send, and what is wrong with it as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

VOID = frozenset(
    ("area", "base", "br", "circle", "col", "embed", "hr", "img", "input", "line", "link", "meta", "path", "polyline",
     "rect", "source", "track", "use", "wbr")
)  # fmt: skip
NO_CONTROLS = ("hidden", "submit", "button", "reset", "image")
POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "popovertarget", "list", "form")
"""Attributes that name the ids of other elements of the page."""


@dataclass
class Element:
    """An element: its tag, attributes, and what stands inside, in order."""

    tag: str
    attrs: dict[str, str]
    parent: Element | None = None
    inside: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything written inside, with single blanks."""
        return " ".join("".join(_words(self)).split())

    @property
    def name(self) -> str:
        """What a screen reader calls a button or a link."""
        pictures = [one.attrs.get("alt") or one.attrs.get("aria-label", "") for one in self.find()]
        return self.attrs.get("aria-label") or " ".join([self.text, *filter(None, pictures)]).strip()

    def find(self, *tags: str, **attrs: str) -> Iterator[Element]:
        """The elements inside with one of these tags and all of these attributes; `_` stands for `-` in names."""
        wanted = {key.strip("_").replace("_", "-"): value for key, value in attrs.items()}
        for one in self.inside:
            if isinstance(one, Element):
                if (not tags or one.tag in tags) and wanted.items() <= one.attrs.items():
                    yield one
                yield from one.find(*tags, **attrs)

    def within(self, tag: str) -> Element | None:
        """The nearest element around this one with that tag."""
        around = self.parent
        while around is not None and around.tag != tag:
            around = around.parent
        return around


def _words(element: Element) -> Iterator[str]:
    for one in element.inside:
        if isinstance(one, str):
            yield one
        elif one.tag not in ("script", "template"):
            yield " " if one.tag not in ("b", "span", "i", "small", "svg") else ""
            yield from _words(one)
            yield " "


class _Reader(HTMLParser):
    """Builds the tree; what is not closed, or closed twice, is a fault: browsers repair it in their own ways."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        self.faults += [f"<{tag}> has {name} twice" for name, count in names.items() if count > 1]
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open[-1])
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open[-1].tag == tag:
            self.open.pop()
        else:
            self.faults.append(f"</{tag}> closes <{self.open[-1].tag}>")

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


class Page:
    """A whole page, or the piece of one that htmx asked for."""

    def __init__(self, html: str) -> None:
        reader = _Reader()
        reader.feed(html)
        reader.close()
        self.root = reader.root
        self._markup = reader.faults + [f"<{one.tag}> is not closed" for one in reader.open[1:]]
        self.all = list(self.root.find())
        self.ids = {one.attrs["id"]: one for one in self.all if "id" in one.attrs}

    def __getitem__(self, key: str) -> Element:
        """The element with this id."""
        return self.ids[key]

    def find(self, *tags: str, **attrs: str) -> list[Element]:
        """All elements with one of these tags and these attributes."""
        return list(self.root.find(*tags, **attrs))

    @property
    def is_whole(self) -> bool:
        return any(one.tag == "html" for one in self.all)

    @property
    def text(self) -> str:
        return self.root.text

    @property
    def title(self) -> str:
        return next(one.text for one in self.find("h1"))

    def button(self, name: str, within: str | None = None) -> Element:
        """The one button that sends a form and is called `name`, inside the element with the id `within`."""
        area = self[within] if within else self.root
        called = [one for one in area.find("button") if one.attrs.get("type", "submit") == "submit"]
        found = [one for one in called if one.name == name]
        assert len(found) == 1, f"{len(found)} buttons are called {name!r} among {[one.name for one in called]}"
        return found[0]

    def faults(self) -> list[str]:
        """What is wrong with the page, in sentences; empty for a good one."""
        checks = [_frame, _ids, _controls, _named, _forms, _policy] if self.is_whole else [_controls, _named, _policy]
        return self._markup + [fault for check in checks for fault in check(self)]


def sent(form: Element, pressed: Element | None = None) -> dict[str, list[str]]:
    """What a browser would send: every control that is not disabled, and the pressed button."""
    values: dict[str, list[str]] = {}
    for one in form.find("input", "select", "textarea"):
        name, kind = one.attrs.get("name"), one.attrs.get("type", "text")
        if not name or "disabled" in one.attrs or kind in ("submit", "button", "reset"):
            continue
        values.setdefault(name, [])
        if kind not in ("checkbox", "radio") or "checked" in one.attrs:
            values[name] += _values(one)
    if pressed is not None and pressed.attrs.get("name"):
        values[pressed.attrs["name"]] = [pressed.attrs.get("value", "")]
    return values


def _values(control: Element) -> list[str]:
    if control.tag == "textarea":
        return ["".join(one for one in control.inside if isinstance(one, str)).removeprefix("\n")]
    if control.tag == "select":
        options = list(control.find("option"))
        chosen = [one for one in options if "selected" in one.attrs] or options[:1]
        return [one.attrs.get("value", one.text) for one in chosen]
    return [control.attrs.get("value", "on" if control.attrs.get("type") == "checkbox" else "")]


def _frame(page: Page) -> Iterator[str]:
    headings = page.find("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1: {[one.text for one in headings]}"
    if len(page.find("main")) != 1:
        yield f"{len(page.find('main'))} main"
    if page.find("html")[0].attrs.get("lang") not in ("en", "fr"):
        yield "the page does not say its language"
    titles = page.find("title")
    if not titles or not titles[0].text.split("·")[0].strip():
        yield "the page has no title"


def _ids(page: Page) -> Iterator[str]:
    for key, count in Counter(one.attrs["id"] for one in page.all if "id" in one.attrs).items():
        if count > 1:
            yield f"{count} elements have the id {key!r}"
    for one in page.all:
        if one.tag == "dialog" and not one.text:  # what fills it brings its title along
            continue
        for name in POINTERS:
            for key in one.attrs.get(name, "").split():
                if key not in page.ids:
                    yield f"{name} of <{one.tag}> names {key!r}, which is not there"


def _controls(page: Page) -> Iterator[str]:
    """Every field has a label: around it, beside it, or as an attribute."""
    labelled = {one.attrs.get("for") for one in page.find("label")}
    for one in page.find("input", "select", "textarea"):
        if one.attrs.get("type") in NO_CONTROLS:
            continue
        around = one.within("label")
        if not (
            one.attrs.get("aria-label")
            or "aria-labelledby" in one.attrs
            or (one.attrs.get("id") in labelled and "id" in one.attrs)
            or (around is not None and around.text)
        ):
            yield f"<{one.tag} name={one.attrs.get('name')!r}> has no label"


def _named(page: Page) -> Iterator[str]:
    for one in page.find("a", "button", "summary"):
        if not one.name:
            yield f"<{one.tag} {one.attrs}> has no name"
        if one.tag == "a" and not one.attrs.get("href"):
            yield f"the link {one.name!r} leads nowhere"
    for one in page.find("img"):
        if "alt" not in one.attrs:
            yield f"<img src={one.attrs.get('src')!r}> has no alt"


def _forms(page: Page) -> Iterator[str]:
    for one in page.find("form"):
        if one.within("form") is not None:
            yield f"the form {one.attrs.get('action')!r} stands inside another one"
        if one.attrs.get("method", "get").lower() == "post" and not any(one.find("input", name="csrf_token")):
            yield f"the form {one.attrs.get('action')!r} carries no token"
    for one in page.find("button"):
        if one.attrs.get("type", "submit") == "submit" and one.within("form") is None and "form" not in one.attrs:
            yield f"the button {one.name!r} sends no form"


def _policy(page: Page) -> Iterator[str]:
    """What the content security policy forbids, or lets die without a word."""
    for one in page.all:
        if one.tag == "style" or (one.tag == "script" and "src" not in one.attrs):
            yield f"<{one.tag}> stands in the page"
        for name, value in one.attrs.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                yield f"<{one.tag} {name}=…>"
            if value.strip().lower().startswith(("javascript:", "js:")):
                yield f"<{one.tag} {name}={value!r}>"
            if name == "hx-trigger" and "[" in value:
                yield f"<{one.tag}> filters its hx-trigger: {value!r}"


class Visit:
    """Somebody at a browser without scripts: opens pages, follows links, fills in forms and presses buttons."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def open(self, address: str) -> Page:
        """Go to an address; redirections are followed, and what comes back is an answer that was meant."""
        return self._read(self.browser.get(address, follow_redirects=True))

    def follow(self, name: str, /, within: str | None = None) -> Page:
        """Follow the first link of this name."""
        area = self.page[within] if within else self.page.root
        links = list(area.find("a"))
        found = [one for one in links if one.name == name]
        assert found, f"no link {name!r} among {[one.name for one in links]}"
        return self.open(found[0].attrs["href"])

    def press(self, name: str, /, *, within: str | None = None, **values: Any) -> Page:
        """Press the button of this name after filling in fields of its form; `__` stands for `.` in their names."""
        button = self.page.button(name, within)
        form = button.within("form")
        assert form is not None
        given = sent(form, button)
        for key, value in values.items():
            known = key.replace("__", ".")
            assert known in given, f"the form has no field {known!r}, but {sorted(given)}"
            given[known] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        address = button.attrs.get("formaction") or form.attrs.get("action") or self.address
        send = self.browser.post if form.attrs.get("method", "get").lower() == "post" else self.browser.get
        extra = {"data": given} if send == self.browser.post else {"query_string": given}
        return self._read(send(address, follow_redirects=True, **extra))

    def _read(self, response: TestResponse) -> Page:
        assert response.status_code in (200, 422, 409), f"{response.status_code} {response.request.path}"
        self.status, self.address = response.status_code, response.request.full_path.rstrip("?")
        self.page = Page(response.text)
        return self.page
