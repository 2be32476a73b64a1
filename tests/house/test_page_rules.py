"""The rules that every page of every test is held to find what they are there to find."""

import pytest

from tests.pages import Page, sent

GOOD = """<!doctype html><html lang="en"><head><title>Cases · ALE</title></head><body><main><h1>Cases</h1>
<form method="post" action="/x"><input type="hidden" name="csrf_token" value="t">
<label for="a">Name</label><input id="a" name="a" aria-describedby="hint"><p id="hint">…</p>
<label><input type="checkbox" name="b">Yes</label><button>Save</button></form>
<a href="/y">Next</a></main></body></html>"""


def test_a_good_page_has_no_faults() -> None:
    assert Page(GOOD).faults() == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("<h1>Cases</h1>", "", "0 h1"),
        ("<h1>Cases</h1>", "<h1>A</h1><h1>B</h1>", "2 h1"),
        ("<main>", "<main></main><main>", "2 main"),
        (' lang="en"', "", "language"),
        ("Cases · ALE", " · ALE", "title"),
        ('<p id="hint">', '<p id="a">', "2 elements have the id 'a'"),
        ('<p id="hint">', "<p>", "aria-describedby"),
        ('<label for="a">Name</label>', "", "has no label"),
        (' id="a"', "", "has no label"),
        ("Yes</label>", "</label>", "has no label"),
        ("Save", "", "has no name"),
        ("Next", "", "has no name"),
        (' href="/y"', "", "leads nowhere"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "carries no token"),
        ("<button>", '<form action="/z"></form><button>', "inside another one"),
        ("</form>", "", "closes"),
        ("</main>", "</div></main>", "</div> closes <main>"),
        ('<a href="/y"', '<a href="/y" href="/z"', "twice"),
        ("<h1>", '<h1 style="color:red">', "style"),
        ("<h1>", '<h1 onclick="x()">', "onclick"),
        ("<h1>", '<h1 hx-on:click="x()">', "hx-on:click"),
        ("<h1>", "<script>x()</script><h1>", "<script>"),
        ("<h1>", "<style>x{}</style><h1>", "<style>"),
        ('href="/y"', 'href="javascript:x()"', "javascript"),
        ('href="/y"', 'href="/y" hx-vals="js:{a:1}"', "hx-vals"),
        ('href="/y"', 'href="/y" hx-trigger="keyup[key==1]"', "hx-trigger"),
        ("<h1>", '<img src="/i.png"><h1>', "no alt"),
        ("</main>", "<button>Go</button></main>", "sends no form"),
    ],
)
def test_each_fault_is_found(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    found = Page(GOOD.replace(old, new, 1)).faults()
    assert any(fault in one for one in found), found


def test_a_piece_needs_no_heading_and_its_fields_need_labels() -> None:
    assert Page("<section><p>Two</p></section>").faults() == []
    assert len(Page('<section><input name="a"></section>').faults()) == 1


def test_a_form_sends_what_a_browser_would() -> None:
    page = Page(
        """<form><input name="text" value="a"><input name="off" value="x" disabled><textarea name="long">
b &amp; c</textarea><select name="one"><option value="">-</option><option value="2" selected>Two</option></select>
<select name="first"><option>Plain</option></select><input type="checkbox" name="no" value="1">
<input type="checkbox" name="yes" value="1" checked><input type="checkbox" name="bare" checked>
<button name="verb" value="save">Save</button></form>"""
    )
    (form,) = page.find("form")
    assert sent(form, page.button("Save")) == {
        "text": ["a"], "long": ["b & c"], "one": ["2"], "first": ["Plain"], "no": [], "yes": ["1"], "bare": ["on"],
        "verb": ["save"],
    }  # fmt: skip
