"""Encoded queries over real rows, typed by the fields."""

import pytest

from tests.functional.api.calls import CONTACTS, Call, Rows, contact


@pytest.mark.parametrize(
    ("table", "query", "found"),
    [
        ("customer_account", "name=genixify", {"Genixify"}),
        ("customer_account", "name!=genixify", {"Boxeo"}),
        ("customer_account", "nameINgenixify,BOXEO,x", {"Genixify", "Boxeo"}),
        ("customer_account", "nameNOT INgenixify", {"Boxeo"}),
        ("customer_account", "nameSTARTSWITHgen", {"Genixify"}),
        ("customer_account", "nameENDSWITHEO", {"Boxeo"}),
        ("customer_account", "nameLIKEoxe", {"Boxeo"}),
        ("customer_account", "nameNOT LIKEoxe", {"Genixify"}),
        ("customer_account", "nameLIKE%", set()),
        ("customer_account", "nameLIKE_", set()),
        ("customer_account", "parentISEMPTY", {"Genixify", "Boxeo"}),
        ("customer_account", "primary_contactISNOTEMPTY^nameLIKEb", {"Boxeo"}),
        ("customer_account", "health_score=62", {"Genixify"}),
        ("customer_account", "health_score>banana", set()),
        ("customer_account", "health_scoreBETWEEN60@70", {"Genixify"}),
        ("customer_account", "health_scoreBETWEEN60", set()),
        ("customer_account", "health_score<99999999999999", set()),
        ("customer_account", "tier=enterprise^name=Genixify", {"Genixify"}),
        ("customer_account", "tier=nonsense", set()),
        ("customer_account", "churn_risk=false", {"Genixify", "Boxeo"}),
        ("customer_account", "churn_risk=YES", set()),
        ("customer_account", "active>true", set()),
        ("customer_account", "is_deleted=true", set()),
        ("sn_customerservice_responsibility_def", "active=false", set()),
        ("customer_account", "name=Genixify^NQname=Boxeo", {"Genixify", "Boxeo"}),
        ("customer_account", "name=Genixify^ORname=Boxeo^health_score=62", {"Genixify"}),
        ("customer_account", "sys_created_on>2020-01-01^name=Boxeo", {"Boxeo"}),
        ("customer_account", "sys_created_on<2020-01-01 00:00:00", set()),
        ("customer_account", "sys_created_on>", set()),
        ("customer_account", "name=Boxeo^AAAA=BBBB^second=asdf^a.b=c", {"Boxeo"}),
        ("customer_account", "primary_contact.last_name=MARTIN", {"Genixify"}),
        ("customer_account", "primary_contact.account.name=Boxeo", {"Boxeo"}),
        ("customer_account", "primary_contactSTARTSWITHlea.martin", {"Genixify"}),
        ("customer_account", "account_manager.name!=Nobody", {"Genixify", "Boxeo"}),
        ("customer_account", "account_manager.nameISEMPTY^name=Boxeo", {"Boxeo"}),
        ("customer_account", "sys_domain=TOP/Boxeo", {"Boxeo"}),
        ("customer_account", "JOINcustomer_account.sys_id=customer_contact.account!last_name=martin", {"Genixify"}),
        (
            "customer_account",
            "JOINcustomer_account.sys_id=customer_contact.account!^JOINcustomer_account.sys_id=customer_contact.account!"
            "last_name=VIDAL^ORDERBYname",
            {"Boxeo"},
        ),
        ("customer_account", "RLQUERYcustomer_contact.account,>0^last_name=martin^ENDRLQUERY", {"Genixify"}),
        ("customer_account", "RLQUERYcustomer_contact.account,=0^last_name=martin^ENDRLQUERY^ORDERBYname", {"Boxeo"}),
        ("customer_account", "RLQUERYcustomer_contact.account,>1,m2m^account.name=Boxeo^ENDRLQUERY", {"Boxeo"}),
        ("customer_account", "name=Boxeo^RLQUERYcustomer_contact.account,>=1^ENDRLQUERY", {"Boxeo"}),
        ("customer_account", "name=Boxeo^RLQUERYcustomer_contact.account,>1000^ENDRLQUERY", set()),
        ("customer_account", "name=Boxeo^RLQUERYnope.account,>0^ENDRLQUERY", {"Boxeo"}),
        ("customer_account", "name=Boxeo^RLQUERYcustomer_contact.nope,>0^ENDRLQUERY", {"Boxeo"}),
        ("customer_account", "name*oxe", {"Boxeo"}),
        ("customer_account", "name!*oxe", {"Genixify"}),
        ("customer_account", "nameANYTHING", {"Genixify", "Boxeo"}),
        ("customer_account", "nameEMPTYSTRING", set()),
        ("customer_account", "sys_created_bySAMEASsys_updated_by^name=Boxeo", {"Boxeo"}),
        ("customer_account", "sys_created_byNSAMEASsys_updated_by^name=Boxeo", set()),
        ("customer_account", "sys_created_onGT_FIELDsys_updated_on", set()),
        ("customer_account", "sys_created_onLE_OR_EQUALS_FIELDsys_updated_on", {"Genixify", "Boxeo"}),
        ("customer_account", "sys_created_onSAMEASname^sys_created_onSAMEASnope^name=Boxeo", {"Boxeo"}),
        ("customer_account", "health_scoreNOT BETWEEN60@70", {"Boxeo"}),
    ],
)
def test_a_query_finds(rows: Rows, table: str, query: str, found: set[str]) -> None:
    assert {row["name"] for row in rows(table, query=query, fields="name")} == found


def test_letters_beyond_ascii_have_no_case_either(call: Call, rows: Rows) -> None:
    assert call("POST", CONTACTS, json=contact()).status_code == 201
    assert rows("customer_contact", query="last_name=éMERY", fields="first_name") == [{"first_name": "Zoé"}]
    assert rows("customer_contact", query="last_nameLIKEÉMER", fields="first_name") == [{"first_name": "Zoé"}]


def test_order(rows: Rows) -> None:
    def names(query: str) -> list[str]:
        return [row["name"] for row in rows("customer_account", query=query, fields="name")]

    assert names("ORDERBYname") == ["Boxeo", "Genixify"]
    assert names("ORDERBYDESCname") == ["Genixify", "Boxeo"]
    assert names("ORDERBYprimary_contact.account.name") == ["Boxeo", "Genixify"]
    assert names("ORDERBYbogus^ORDERBYDESCname") == ["Genixify", "Boxeo"]


def test_references_are_sorted_by_their_names(rows: Rows) -> None:
    accounts = rows("customer_contact", query="ORDERBYDESCaccount", fields="account", display_value="true")
    shown = [row["account"]["display_value"] for row in accounts]
    assert shown == sorted(shown, reverse=True)
    assert len(set(shown)) == 2


def test_a_field_that_is_hidden_is_neither_shown_nor_filtered_nor_sorted(rows: Rows) -> None:
    whole = rows("sn_acct_lc_onb_case", "viewer", query="ORDERBYnumber", fields="number,go_live_date")
    assert all(list(row) == ["number"] for row in whole)
    assert len(whole) > 2
    for query in ("go_live_dateISEMPTY", "go_live_dateISNOTEMPTY", "go_live_date>2026-01-01", "stage=finished"):
        assert rows("sn_acct_lc_onb_case", "viewer", query=f"{query}^ORDERBYnumber", fields="number") == whole
    sorted_ = rows("sn_acct_lc_onb_case", "viewer", query="ORDERBYDESCgo_live_date", fields="number")
    assert sorted_ == sorted(whole, key=lambda row: row["number"])


def test_a_reference_to_what_one_may_not_read_is_not_followed(rows: Rows) -> None:
    table = "sn_customerservice_responsibility_def"
    whole = rows(table, "admin", query="required_roleISNOTEMPTY", fields="required_role.name,sys_id")
    assert all(row["required_role.name"] for row in whole)
    assert rows(table, "admin", query="required_role.name=nonsense") == []
    query = "required_roleISNOTEMPTY^required_role.name=nonsense"
    unseen = rows(table, "agent", query=query, fields="required_role.name")
    assert unseen == [{}] * len(whole)


def test_a_secret_can_not_be_guessed_by_queries(rows: Rows) -> None:
    whole = len(rows("sys_user", "admin", fields="sys_id"))
    assert len(rows("sys_user", "admin", query="password_hashSTARTSWITH$argon2", fields="sys_id")) == whole
    assert len(rows("sys_user", "admin", query="password_hashISEMPTY", fields="sys_id")) == whole
    assert "password_hash" not in rows("sys_user", "admin", limit=1)[0]


@pytest.mark.parametrize("query", ["^OR".join(["name=x"] * 600), "a.b.c.d.e=1"])
def test_a_query_that_is_too_much_is_refused_and_a_deep_one_is_not(call: Call, query: str) -> None:
    answer = call("GET", "/api/now/table/customer_account", query_string={"sysparm_query": query})
    assert answer.status_code == (400 if "OR" in query else 200)
    if "OR" in query:
        assert answer.json["error"]["problems"][0]["code"] == "QUERY_TOO_LARGE"


def test_a_query_of_thousands_of_unknown_fields_is_answered(rows: Rows) -> None:
    assert len(rows("customer_account", query="^".join(["AAAA=BBBB"] * 2300))) == 2


def test_following_too_many_references_is_refused(call: Call) -> None:
    paths = [".".join([*["primary_contact", "account"] * depth, "name"]) for depth in range(1, 20)]
    query = {"sysparm_query": "^OR".join(f"{path}=x" for path in paths)}
    answer = call("GET", "/api/now/table/customer_account", query_string=query)
    assert answer.json["error"]["problems"][0]["code"] == "QUERY_TOO_LARGE"


def test_rows_of_a_type_and_of_those_that_extend_it(rows: Rows) -> None:
    def kinds(query: str) -> set[str]:
        return {row["sys_class_name"] for row in rows("sn_ti_core_task", query=query, fields="sys_class_name")}

    assert kinds("sys_class_nameINSTANCEOFsn_ti_core_task") == {"sn_ti_core_task", "sn_ti_core_imp_task"}
    assert kinds("sys_class_nameINSTANCEOFsn_ti_core_imp_task") == {"sn_ti_core_imp_task"}
    assert kinds("sys_class_nameINSTANCEOFnope") == set()


def test_related_rows_beyond_the_wall_do_not_count(call: Call, rows: Rows) -> None:
    """Whether another customer has a contact of some name cannot be asked through a count of related rows."""
    for email, account in (("lea@x.example", "Genixify"), ("lea@y.example", "Boxeo")):
        assert call("POST", CONTACTS, json=contact(account, first_name="Mirabel", email=email)).status_code == 201
    same = "first_name=Mirabel^JOINcustomer_contact.first_name=customer_contact.first_name!email=lea@{}.example"
    assert len(rows("customer_contact", "admin", query=same.format("y"))) == 2
    assert len(rows("customer_contact", "genixify.admin", query=same.format("x"))) == 1
    assert rows("customer_contact", "genixify.admin", query=same.format("y")) == []


def test_related_rows_and_fields_that_one_may_not_read_are_left_out(rows: Rows) -> None:
    grants = "RLQUERYsys_user_has_role.user,>0^role.name=admin^ENDRLQUERY"
    assert [row["user_name"] for row in rows("sys_user", "admin", query=grants)] == ["admin"]
    assert len(rows("sys_user", "agent", query=grants)) == len(rows("sys_user", "agent")) > 1
    hidden = "RLQUERYsn_acct_lc_onb_case.account,>0^go_live_date<1900-01-01^ENDRLQUERY"
    assert rows("customer_account", "agent", query=hidden) == []
    assert len(rows("customer_account", "viewer", query=hidden)) == 2


def test_too_many_related_rows_in_one_query_are_refused(call: Call) -> None:
    query = "^".join(["RLQUERYcustomer_contact.account,>0^ENDRLQUERY"] * 21)
    answer = call("GET", "/api/now/table/customer_account", query_string={"sysparm_query": query})
    assert answer.json["error"]["problems"][0]["code"] == "QUERY_TOO_LARGE"


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("sys_created_on>=javascript:gs.daysAgoStart(0)", True),
        ("sys_created_on<javascript:gs.beginningOfToday()", False),
        ("sys_created_onONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", True),
        ("sys_created_onNOTONToday@javascript:gs.beginningOfToday()@javascript:gs.endOfToday()", False),
        ("sys_created_onRELATIVEGE@hour@ago@1", True),
        ("sys_created_onRELATIVELT@dayofweek@ago@1", False),
        ("sys_created_by=javascript:gs.getUserID()", True),
        ("sys_created_by=javascript:gs.dropEverything()", False),
    ],
)
def test_what_a_saved_list_writes_as_script_is_worked_out(call: Call, query: str, holds: bool) -> None:
    key = call("POST", CONTACTS, json=contact()).json["result"]["sys_id"]
    found = call("GET", f"{CONTACTS}?sysparm_query=sys_id={key}^{query}").json["result"]
    assert bool(found) is holds


def test_pages_do_not_overlap_and_leave_nothing_out(rows: Rows) -> None:
    everything = [row["sys_id"] for row in rows("customer_contact", query="ORDERBYDESClast_name")]
    pages = [
        row["sys_id"]
        for start in range(0, len(everything), 3)
        for row in rows("customer_contact", query="ORDERBYDESClast_name", limit=3, offset=start)
    ]
    assert pages == everything
