"""The import task over HTTP, from upload to publication, and the staging tables of the Table API."""

import io
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from ale import jobs
from ale.domains.accounts.records import Contact
from ale.domains.imports.records import ImportTask
from ale.domains.people.records import Language, User
from ale.foundation.changes import save
from ale.foundation.db import session, transaction
from ale.foundation.ledger import Job
from tests.functional.api.calls import Call, Rows
from tests.imports import CONTACTS, HEADINGS, SYSTEM, as_csv, contact, import_task

BASE = "/api/sn_acct_lc"


@pytest.fixture
def task(app: Any) -> str:
    """The sys_id of an import task of Genixify."""
    with transaction():
        return import_task().sys_id


def workbook(rows: list[dict[str, str]]) -> bytes:
    """The rows as an .xlsx file."""
    book, content = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(HEADINGS)
    for row in rows:
        sheet.append([row.get(name, "") for name in HEADINGS])
    book.save(content)
    return content.getvalue()


def uploaded(call: Call, task: str, content: bytes, name: str = "contacts.xlsx") -> str:
    """The sys_id of a file uploaded to the task."""
    given = {"table_name": "sn_ti_core_imp_task", "table_sys_id": task, "file_name": name}
    answer = call("POST", "/api/now/attachment/file", query_string=given, data=content)
    assert answer.status_code == 201, answer.text
    return str(answer.json["result"]["sys_id"])


def done(call: Call, task: str, action: str, body: Any = None) -> dict[str, Any]:
    """How the job ended that an action began."""
    answer = call("POST", f"{BASE}/import_task/{task}/{action}", json=body or {})
    assert answer.status_code == 202, answer.text
    key = answer.json["result"]["job"]
    waiting = call("GET", f"{BASE}/job/{key}").json["result"]
    assert waiting.items() >= {"state": "queued", "done": 0, "total": 0, "message": ""}.items()
    jobs.run_job(key)
    return dict(call("GET", f"{BASE}/job/{key}").json["result"])


def _last_job(task: str) -> str:
    return session.scalars(select(Job.sys_id).where(Job.about == task).order_by(Job.sys_id.desc())).first() or ""


def problems(answer: TestResponse) -> list[str]:
    return [one["code"] for one in answer.json["error"]["problems"]]


def test_from_upload_to_publication(call: Call, task: str) -> None:
    rows = [contact(1), contact(2, Email="nonsense"), contact(3)]
    job = done(call, task, "load", {"attachments": [uploaded(call, task, workbook(rows))]})
    said = "The data was validated. Check the staging table."
    assert job == {"state": "done", "done": 3, "total": 3, "message": said}
    seen = call("GET", f"{BASE}/import_task/{task}/rows").json["result"]
    assert seen["counts"] == {"yet_to_validate": 0, "needs_attention": 1, "ready": 2, "published": 0}
    wrong = seen["rows"][1]
    assert (wrong["line"], wrong["state"], wrong["values"]["u_email"]) == (3, "needs_attention", "nonsense")
    assert wrong["problems"] == [
        {"rule": "format", "field": "u_email", "message": "Email: nonsense is not an email address."}
    ]
    address = f"{BASE}/import_task/{task}/row/{wrong['sys_id']}"
    change = {"values": {"u_email": "two@example.com"}, "version": wrong["version"]}
    mended = call("PATCH", address, json=change)
    assert (mended.status_code, mended.json["result"]["state"]) == (200, "yet_to_validate")
    assert call("PATCH", address, json=change).status_code == 409
    assert done(call, task, "validate")["done"] == 1
    look = call("POST", f"{BASE}/import_task/{task}/preview", json={"rows": "all"}).json["result"]
    assert {name: look[name] for name in ("created", "updated", "unchanged", "conflict")} == {
        "created": 3, "updated": 0, "unchanged": 0, "conflict": 0,
    }  # fmt: skip
    assert done(call, task, "publish", {"rows": "all", "token": look["token"]})["state"] == "done"
    made = session.scalars(select(Contact.email).where(Contact.external_reference_id.startswith("X-")))
    assert sorted(made) == ["row1@example.com", "row3@example.com", "two@example.com"]


def test_rows_are_given_by_state_and_by_key(call: Call, task: str) -> None:
    rows = [contact(number, **({"Email": ""} if number % 2 else {})) for number in range(1, 8)]
    done(call, task, "load", {"attachments": [uploaded(call, task, as_csv(rows), "a.csv")]})
    ready = f"{BASE}/import_task/{task}/rows?state=ready&limit=2"
    first = call("GET", ready).json["result"]["rows"]
    rest = call("GET", f"{ready}&after={first[-1]['sys_id']}").json["result"]["rows"]
    assert [row["line"] for row in (*first, *rest)] == [3, 5, 7]
    assert call("GET", f"{BASE}/import_task/{task}/rows?state=odd").status_code == 400


def test_IMP_03_E2_a_refused_file_fails_its_job_with_a_sentence(call: Call, task: str) -> None:
    job = done(call, task, "load", {"attachments": [uploaded(call, task, b"External id,Colour\n1,red", "a.csv")]})
    assert job["state"] == "failed"
    assert job["message"].startswith("Column Colour of the file is unknown; use the template.")
    session.scalars(select(User).where(User.user_name == "agent")).one().language = Language.FR
    found = call("GET", f"{BASE}/job/{_last_job(task)}").json["result"]
    assert found["message"].startswith("La colonne Colour du fichier est inconnue ; utilisez le modèle.")


def test_IMP_08_E2_what_is_not_ready_is_not_published(call: Call, task: str) -> None:
    rows = as_csv([contact(1, Email="")])
    done(call, task, "load", {"attachments": [uploaded(call, task, rows, "a.csv")]})
    wrong = call("GET", f"{BASE}/import_task/{task}/rows").json["result"]["rows"][0]["sys_id"]
    answer = call("POST", f"{BASE}/import_task/{task}/publish", json={"rows": [wrong]})
    assert (answer.status_code, problems(answer)) == (403, ["NOT_READY"])
    said = answer.json["error"]["problems"][0]["message"]
    assert said == "Only rows that are ready to publish can be published."


def test_IMP_09_E1_restart_empties_staging(call: Call, task: str) -> None:
    file = uploaded(call, task, as_csv([contact(1)]), "a.csv")
    done(call, task, "load", {"attachments": [file]})
    empty = {"yet_to_validate": 0, "needs_attention": 0, "ready": 0, "published": 0}
    assert call("POST", f"{BASE}/import_task/{task}/restart").json["result"]["counts"] == empty
    assert done(call, task, "load", {"attachments": [file]})["done"] == 1


def test_a_publication_is_undone_and_redone_by_the_sys_id_of_its_job(call: Call, task: str) -> None:
    rows = as_csv([contact(1), contact(2)])
    done(call, task, "load", {"attachments": [uploaded(call, task, rows, "a.csv")]})
    published = call("POST", f"{BASE}/import_task/{task}/publish", json={"rows": "all"}).json["result"]["job"]
    jobs.run_job(published)
    told = call("GET", f"{BASE}/job/{published}").json["result"]
    assert (told["publication"], told["created"], told["refused"]) == (published, 2, 0)
    undone = done(call, task, "undo", {"publication": published})
    assert (undone["state"], undone["reversed"], undone["kept"], undone["blocked"]) == ("done", 2, 0, 0)
    counts = call("GET", f"{BASE}/import_task/{task}/rows").json["result"]["counts"]
    assert (counts["ready"], counts["published"]) == (2, 0)
    again = call("POST", f"{BASE}/import_task/{task}/undo", json={"publication": published})
    assert (again.status_code, problems(again)) == (403, ["NOT_PUBLISHED"])
    assert done(call, task, "redo", {"publication": published})["state"] == "done"
    assert call("GET", f"{BASE}/import_task/{task}/rows").json["result"]["counts"]["published"] == 2


def test_a_publication_that_is_not_there_is_not_undone(call: Call, task: str) -> None:
    missing = call("POST", f"{BASE}/import_task/{task}/undo", json={"publication": "0" * 32})
    assert missing.status_code == 404
    assert call("POST", f"{BASE}/import_task/{task}/undo", json={}).status_code == 400


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("load", {"attachments": "x"}), ("load", {"attachments": [1]}), ("publish", {"rows": 1}),
        ("publish", {"rows": [None]}), ("publish", {}), ("preview", {}),
    ],
)  # fmt: skip
def test_a_wrong_body_is_a_bad_request(call: Call, task: str, action: str, body: Any) -> None:
    assert call("POST", f"{BASE}/import_task/{task}/{action}", json=body).status_code == 400


def test_a_corrected_row_is_answered_as_it_stands_now(call: Call, task: str) -> None:
    sent = [contact(1), contact(2), contact(3, External_id="X-0002")]
    done(call, task, "load", {"attachments": [uploaded(call, task, as_csv(sent), "a.csv")]})
    last = call("GET", f"{BASE}/import_task/{task}/rows").json["result"]["rows"][2]
    for key, expected in (("X-0003", []), ("X-0001", ["duplicate"])):
        given = {"values": {"u_external_id": key}, "version": last["version"]}
        last = call("PATCH", f"{BASE}/import_task/{task}/row/{last['sys_id']}", json=given).json["result"]
        assert [one["rule"] for one in last["problems"]] == expected


def test_files_of_other_records_are_refused(call: Call, task: str) -> None:
    with transaction():
        other = import_task(name="Boxeo").sys_id
    file = uploaded(call, other, as_csv([contact(1)]), "a.csv")
    answer = call("POST", f"{BASE}/import_task/{task}/load", json={"attachments": [file]})
    assert (answer.status_code, problems(answer)) == (403, ["NOT_ATTACHED"])
    answer = call("POST", f"{BASE}/import_task/{task}/load", json={"attachments": ["f" * 32]})
    assert answer.status_code == 404
    answer = call("POST", f"{BASE}/import_task/{task}/load", json={"attachments": []})
    assert (answer.status_code, problems(answer)) == (403, ["NO_FILES"])


@pytest.mark.parametrize("user", ["boxeo.admin", "genixify.admin", "viewer"])
def test_who_may_not_import_is_kept_out(call: Call, task: str, user: str) -> None:
    with transaction():
        save(session.get_one(ImportTask, task), {"visible_to_customer": True}, by=SYSTEM)
    for method, path in (("GET", "rows"), ("POST", "validate"), ("POST", "preview"), ("POST", "restart")):
        assert call(method, f"{BASE}/import_task/{task}/{path}", user).status_code in (403, 404)


def test_IMP_05_staging_tables_are_served_under_their_names_with_comments(call: Call, rows: Rows, task: str) -> None:
    sent = [contact(1, Account="Genixfy"), contact(2), contact(3, External_id="X-0002"), contact(4)]
    done(call, task, "load", {"attachments": [uploaded(call, task, as_csv(sent), "a.csv")]})
    mine = f"import_task={task}^ORDERBYrow_number"
    seen = rows(CONTACTS, query=mine, exclude_reference_link="true")
    assert [(one["row_number"], one["row_state"], one["u_email"]) for one in seen] == [
        ("2", "needs_attention", "row1@example.com"), ("3", "needs_attention", "row2@example.com"),
        ("4", "needs_attention", "row3@example.com"), ("5", "ready", "row4@example.com"),
    ]  # fmt: skip
    assert seen[0]["comment"].splitlines()[0] == "Account: Genixfy was not found."
    assert seen[1]["comment"] == "External id: X-0002 is in more than one row."
    assert seen[3]["comment"] == ""
    assert [one["u_last_name"] for one in rows(CONTACTS, query=f"u_email=row4@example.com^{mine}")] == ["Row 4"]
    assert len(rows(CONTACTS, query=f"row_state=ready_to_publish^{mine}")) == 1
    assert rows(CONTACTS, query=mine, fields="import_task.number,row_state", display_value="true")[3] == {
        "import_task.number": session.get_one(ImportTask, task).number, "row_state": "Ready to publish",
    }  # fmt: skip
    assert call("GET", f"/api/now/table/{CONTACTS}", "genixify.admin").status_code == 403


def test_IMP_01_E2_what_is_no_workbook_by_its_name_is_refused_at_once(call: Call, task: str) -> None:
    body = {"attachments": [uploaded(call, task, b"%PDF-1.7", "sites.pdf")]}
    answer = call("POST", f"{BASE}/import_task/{task}/load", json=body)
    assert (answer.status_code, problems(answer)) == (403, ["FILE_TYPE"])


@pytest.mark.parametrize("token", [5, ["x"], {}])
def test_a_token_that_is_no_text_is_refused(call: Call, task: str, token: Any) -> None:
    answer = call("POST", f"{BASE}/import_task/{task}/publish", json={"rows": "all", "token": token})
    assert answer.status_code == 400


@pytest.mark.parametrize("limit", ["9" * 5000, "-1", "x", "١"])
def test_a_limit_that_makes_no_sense_is_none(call: Call, task: str, limit: str) -> None:
    answer = call("GET", f"{BASE}/import_task/{task}/rows", query_string={"limit": limit})
    assert (answer.status_code, answer.json["result"]["rows"]) == (200, [])


def test_IMP_06_a_published_row_is_not_edited_over_the_api_either(call: Call, task: str) -> None:
    done(call, task, "load", {"attachments": [uploaded(call, task, workbook([contact(1)]))]})
    done(call, task, "publish", {"rows": "all"})
    row = call("GET", f"{BASE}/import_task/{task}/rows").json["result"]["rows"][0]
    answer = call("PATCH", f"{BASE}/import_task/{task}/row/{row['sys_id']}", json={"values": {"u_title": "Boss"}})
    assert (answer.status_code, problems(answer)) == (403, ["ROW_PUBLISHED"])
    assert answer.json["error"]["problems"][0]["message"] == "A published row cannot be edited."


def test_IMP_01_E1_several_files_are_listed_before_they_are_imported(call: Call, rows: Rows, task: str) -> None:
    for name in ("sites.xlsx", "depots.xlsx"):
        uploaded(call, task, workbook([contact(1)]), name)
    listed = rows("sys_attachment", query=f"table_sys_id={task}")
    assert sorted(one["file_name"] for one in listed) == ["depots.xlsx", "sites.xlsx"]
    assert call("GET", f"{BASE}/import_task/{task}/rows").json["result"]["rows"] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Last name: a value is required.\nAccount: Aldris was not found.",
                "The account differs from that of the onboarding case.",
                "External id: X-0003 is in more than one row.", "External id: X-0003 is in more than one row."]),
        ("fr", ["Nom : une valeur est obligatoire.\nCompte : Aldris est introuvable.",
                "Le compte diffère de celui du dossier d’intégration.",
                "Identifiant externe : X-0003 figure dans plusieurs lignes.",
                "Identifiant externe : X-0003 figure dans plusieurs lignes."]),
    ],
)  # fmt: skip
def test_IMP_05_E2_the_comment_has_a_line_for_each_failure_in_the_language_of_the_user(
    call: Call, rows: Rows, task: str, language: str, said: list[str]
) -> None:
    sent = [contact(1, Account="Aldris", Last_name=""), contact(2, Account="Boxeo"), contact(3), contact(3)]
    done(call, task, "load", {"attachments": [uploaded(call, task, workbook(sent))]})
    session.scalars(select(User).where(User.user_name == "agent")).one().language = Language(language)
    seen = rows(CONTACTS, query=f"import_task={task}^ORDERBYrow_number")
    assert [sorted(one["comment"].split("\n")) for one in seen] == [sorted(one.split("\n")) for one in said]
