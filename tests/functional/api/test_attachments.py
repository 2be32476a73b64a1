"""Files over HTTP: stored safely, read by those who read the record, never shown in the browser."""

import hashlib
import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from ale.domains.onboarding.records import OnboardingCase
from ale.foundation import attachments
from ale.foundation.actor import Actor
from ale.foundation.attachments import Attachment, Kept, attach, keep, path_of, safe_name, sweep
from ale.foundation.db import session, transaction
from ale.foundation.problem import Forbidden, Rejected
from ale.foundation.record import new_id
from tests.functional.api.calls import CASES, CONTACTS, Call, Rows, contact_of

FILES = "/api/now/v1/attachment"


def case_of(account: str) -> str:
    """A case that its customer administrator sees."""
    found = select(OnboardingCase.sys_id).where(OnboardingCase.sys_domain == f"TOP/{account}")
    return session.scalars(found).first() or ""


def address(record: str, name: str = "test.txt", table: str = "sn_acct_lc_onb_case") -> str:
    return f"{FILES}/file?file_name={name}&table_name={table}&table_sys_id={record}"


@pytest.fixture
def objects(app: Flask) -> Path:
    """The folder of the objects."""
    return Path(app.config["ALE"].data_dir) / "attachments"


def test_a_file_is_stored_and_read_back(call: Call, objects: Path) -> None:
    body = os.urandom(3_000_000)
    answer = call("POST", address(case_of("Genixify")), data=body, content_type="application/octet-stream")
    made = answer.json["result"]
    digest = hashlib.sha256(body).hexdigest()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://localhost{FILES}/{made['sys_id']}/file"
    assert made["size_bytes"] == "3000000"
    assert made["file_name"] == "test.txt"
    assert made["table_sys_id"] == case_of("Genixify")
    assert made["sha256"] == digest
    assert (objects / digest[:2] / digest).read_bytes() == body
    assert call("GET", f"{FILES}/{made['sys_id']}/file").data == body
    assert call("GET", f"{FILES}/{made['sys_id']}").json["result"] == made
    assert call("GET", made["download_link"].removeprefix("http://localhost")).data == body


def test_both_addresses_and_the_form_take_files(call: Call) -> None:
    case = case_of("Genixify")
    form = {"table_name": "sn_acct_lc_onb_case", "table_sys_id": case, "uploadFile": (io.BytesIO(b"a,b"), "é.csv")}
    answer = call("POST", "/api/now/attachment/upload", data=form)
    made = answer.json["result"]
    assert (made["file_name"], made["content_type"]) == ("é.csv", "text/csv")
    assert answer.headers["Location"] == f"http://localhost/api/now/attachment/{made['sys_id']}/file"
    assert call("GET", answer.headers["Location"].removeprefix("http://localhost")).data == b"a,b"


def test_the_list_is_filtered_and_counted(call: Call) -> None:
    case = case_of("Genixify")
    for name in ("one.txt", "two.txt"):
        call("POST", address(case, name), data=b"x")
    query = f"table_name=sn_acct_lc_onb_case^table_sys_id={case}"
    wish = {"sysparm_query": query, "sysparm_offset": 0, "sysparm_display_value": "all"}
    whole = call("GET", FILES, query_string=wish)
    assert whole.headers["X-Total-Count"] == "2"
    assert {row["file_name"] for row in whole.json["result"]} == {"one.txt", "two.txt"}
    assert all(isinstance(value, str) for row in whole.json["result"] for value in row.values())
    one = call("GET", FILES, query_string={"sysparm_query": f"{query}^file_name=ONE.txt"})
    assert [row["file_name"] for row in one.json["result"]] == ["one.txt"]


def test_a_file_never_runs_in_the_browser(call: Call) -> None:
    page = b"<script>alert(1)</script>"
    made = call("POST", address(case_of("Genixify"), "x.html"), data=page, content_type="text/html").json["result"]
    answer = call("GET", f"{FILES}/{made['sys_id']}/file")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"table_name": "sn_acct_lc_onb_case", "file_name": "a"}, "Missing parameter"),
        ({"table_sys_id": "x", "file_name": "a"}, "Missing parameter"),
        ({"table_sys_id": "x", "table_name": "nope", "file_name": "a"}, "Invalid table nope"),
    ],
)
def test_what_is_missing_is_named(call: Call, parameters: dict[str, str], message: str) -> None:
    answer = call("POST", f"{FILES}/file", query_string=parameters, data=b"x")
    assert (answer.status_code, answer.json["error"]["message"]) == (400, message)


def test_a_file_needs_a_name(call: Call, objects: Path) -> None:
    assert call("POST", address(case_of("Genixify"), "%20"), data=b"nameless").status_code == 400
    assert not list(objects.glob(f"??/{hashlib.sha256(b'nameless').hexdigest()}"))


def test_a_form_without_a_file_is_refused(call: Call) -> None:
    form = {"table_name": "sn_acct_lc_onb_case", "table_sys_id": case_of("Genixify")}
    assert call("POST", f"{FILES}/upload", data=form).json["error"]["message"] == "Missing file"


def test_a_file_that_is_too_large_leaves_nothing(call: Call, objects: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(b"x" * 1000).hexdigest()
    before = set(objects.rglob("*"))
    monkeypatch.setattr(keep, "__defaults__", (1000,))
    assert call("POST", address(case_of("Genixify")), data=b"x" * 1001).status_code == 413
    assert set(objects.rglob("*")) == before
    assert call("POST", address(case_of("Genixify")), data=b"x" * 1000).status_code == 201
    assert set(objects.rglob("*")) - before <= {objects / digest[:2], objects / digest[:2] / digest}


def test_files_follow_the_record_they_hang_on(call: Call, rows: Rows) -> None:
    case = case_of("Boxeo")
    made = call("POST", address(case), data=b"canary of Boxeo").json["result"]["sys_id"]
    missing = new_id()
    assert call("GET", f"{FILES}/{made}/file", "boxeo.admin").data == b"canary of Boxeo"
    for path in ("", "/file"):
        answers = [call("GET", f"{FILES}/{key}{path}", "genixify.admin") for key in (made, missing)]
        assert answers[0].status_code == 404
        assert answers[0].data == answers[1].data
    assert call("DELETE", f"{FILES}/{made}", "genixify.admin").status_code == 404
    answers = [call("POST", address(key), "genixify.admin", data=b"x") for key in (case, missing)]
    assert answers[0].status_code == 404
    assert answers[0].data == answers[1].data
    assert rows("sys_attachment", "genixify.admin", query="sys_idISNOTEMPTY") == []
    assert [row["sys_id"] for row in rows("sys_attachment", "boxeo.admin")] == [made]


def test_a_file_on_a_record_of_a_closed_type_is_closed(call: Call) -> None:
    """The case is in the user's domain, but the role does not read contracts."""
    key = call("GET", "/api/now/table/ast_contract?sysparm_query=account.name=Genixify").json["result"][0]["sys_id"]
    made = call("POST", address(key, table="ast_contract"), data=b"x").json["result"]["sys_id"]
    assert call("GET", f"{FILES}/{made}").status_code == 200
    assert call("GET", f"{FILES}/{made}", "genixify.admin").status_code == 404


def test_who_may_not_write_the_record_may_not_attach(call: Call) -> None:
    assert call("POST", address(case_of("Genixify")), "viewer", data=b"x").status_code == 403
    contact = contact_of("Genixify")
    assert call("POST", address(contact, table="customer_contact"), "genixify.manager", data=b"x").status_code == 403
    assert call("POST", address(case_of("Genixify")), "genixify.admin", data=b"x").status_code == 201


def test_who_may_delete(call: Call) -> None:
    made = call("POST", address(case_of("Genixify")), "genixify.admin", data=b"x").json["result"]["sys_id"]
    assert call("DELETE", f"{FILES}/{made}", "genixify.admin").status_code == 403
    assert call("DELETE", f"{FILES}/{made}", "agent").status_code == 204
    assert call("GET", f"{FILES}/{made}").status_code == 404


def test_a_row_is_neither_made_nor_changed_without_its_bytes(call: Call) -> None:
    made = call("POST", address(case_of("Genixify")), data=b"x").json["result"]
    body = {"file_name": "x", "sha256": "0" * 64, "table_name": "sys_user", "record": "x"}
    assert call("POST", "/api/now/table/sys_attachment", "admin", json=body).status_code == 403
    assert call("PATCH", f"/api/now/table/sys_attachment/{made['sys_id']}", "admin", json=body).status_code == 403
    assert call("GET", f"{FILES}/{made['sys_id']}").json["result"] == made


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\sites.xlsx", "sites.xlsx"),
        ("a\u202exslx.exe", "axslx.exe"),
        ("a\r\nX-Header: 1\x00.csv", "aX-Header: 1.csv"),
        ("..", "file"),
        ("", "file"),
        ("Données été.xlsx", "Données été.xlsx"),
        ("x" * 300 + ".xlsx", "x" * 250 + ".xlsx"),
    ],
)
def test_a_name_is_made_safe(given: str, stored: str) -> None:
    assert safe_name(given) == stored
    assert len(stored) <= 255


class TestStore:
    """The objects themselves."""

    def made(self, data: bytes, **facts: Any) -> Attachment:
        case = session.get(OnboardingCase, case_of("Genixify"))
        assert case is not None
        with transaction():
            return attach(case, keep(io.BytesIO(data)), "a.txt", by=Actor.system(), **facts)

    @pytest.mark.parametrize("wanted", ["text/csv", "nonsense", "text/html; charset=x", None])
    def test_a_content_type_is_one_or_plain_bytes(self, app: Flask, wanted: str | None) -> None:
        stored = "text/csv" if wanted == "text/csv" else "application/octet-stream"
        assert self.made(b"1", content_type=wanted).content_type == stored

    def test_the_same_bytes_are_stored_once(self, app: Flask) -> None:
        one, two = self.made(b"same"), self.made(b"same")
        assert path_of(one) == path_of(two)
        assert one.sys_id != two.sys_id

    def test_the_domain_is_that_of_the_record(self, app: Flask) -> None:
        assert self.made(b"2").sys_domain == "TOP/Genixify"

    def test_who_only_reads_does_not_attach(self, actor: Callable[[str], Actor]) -> None:
        case = session.get(OnboardingCase, case_of("Genixify"))
        assert case is not None
        with pytest.raises(Forbidden):
            attach(case, keep(io.BytesIO(b"3")), "a.txt", by=actor("viewer"))

    def test_a_cut_off_upload_leaves_nothing(self, app: Flask, objects: Path) -> None:
        class Cut(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                data = super().read(10)
                if not data:
                    raise ConnectionResetError
                return data

        before = set(objects.rglob("*"))
        with pytest.raises(ConnectionResetError):
            keep(Cut(b"x" * 25))
        assert set(objects.rglob("*")) == before

    def test_the_limit_is_exact(self, app: Flask) -> None:
        assert keep(io.BytesIO(b"12345"), largest=5) == Kept(hashlib.sha256(b"12345").hexdigest(), 5)
        with pytest.raises(Rejected) as refused:
            keep(io.BytesIO(b"123456"), largest=5)
        assert refused.value.codes == ["FILE_TOO_LARGE"]

    def test_the_sweep_takes_only_old_objects_that_no_row_names(self, app: Flask, objects: Path) -> None:
        named, fresh = self.made(b"named"), keep(io.BytesIO(b"fresh orphan"))
        orphan = attachments._object(keep(io.BytesIO(b"old orphan")).sha256)
        draft = objects / ".new-left-by-a-crash"
        draft.write_bytes(b"half")
        for path in (orphan, draft, path_of(named)):
            os.utime(path, (time.time() - 90_000,) * 2)
        assert sweep() >= 2
        assert not orphan.exists()
        assert not draft.exists()
        assert path_of(named).exists()
        assert attachments._object(fresh.sha256).exists()


def test_every_answer_names_its_kind(call: Call) -> None:
    for path in (FILES, CASES, CONTACTS):
        assert call("GET", path).content_type == "application/json;charset=UTF-8"
