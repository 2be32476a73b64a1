"""Encoded queries: what is read, what it means for a record, and that SQL means the same."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column as TableColumn
from sqlalchemy import Connection, MetaData, Table, create_engine, select

from ale.foundation.choice import Choice
from ale.foundation.db import Base
from ale.foundation.encoded import Condition, Order, Query, matches, parse
from ale.foundation.field import Facts, Field, Kind
from ale.foundation.label import Label
from ale.foundation.query import Column, compared


def one(text: str) -> Condition:
    """The only condition of a query."""
    ((clause,),) = parse(text).groups
    (condition,) = clause
    return condition


@pytest.mark.parametrize(
    ("text", "path", "operator", "value"),
    [
        ("state=new", ("state",), "=", "new"),
        ("state!=new", ("state",), "!=", "new"),
        ("count>=5", ("count",), ">=", "5"),
        ("count>5", ("count",), ">", "5"),
        ("stateINnew,active", ("state",), "IN", "new,active"),
        ("stateNOT INnew,active", ("state",), "NOT IN", "new,active"),
        ("nameSTARTSWITHGen", ("name",), "STARTSWITH", "Gen"),
        ("nameENDSWITHfy", ("name",), "ENDSWITH", "fy"),
        ("nameLIKEni", ("name",), "LIKE", "ni"),
        ("nameCONTAINSni", ("name",), "LIKE", "ni"),
        ("nameNOT LIKEni", ("name",), "NOT LIKE", "ni"),
        ("nameDOES NOT CONTAINni", ("name",), "NOT LIKE", "ni"),
        ("nameISEMPTY", ("name",), "ISEMPTY", ""),
        ("nameISNOTEMPTY", ("name",), "ISNOTEMPTY", ""),
        ("name=", ("name",), "ISEMPTY", ""),
        ("name!=", ("name",), "ISNOTEMPTY", ""),
        ("countBETWEEN1@5", ("count",), "BETWEEN", "1@5"),
        ("account.parent.name=Genixify", ("account", "parent", "name"), "=", "Genixify"),
        ("name=a=b>c", ("name",), "=", "a=b>c"),
        ("nameLIKEa^^b", ("name",), "LIKE", "a^b"),
        ("name*ni", ("name",), "LIKE", "ni"),
        ("name!*ni", ("name",), "NOT LIKE", "ni"),
        ("nameEMPTYSTRING", ("name",), "ISEMPTY", ""),
        ("nameANYTHING", ("name",), "ANYTHING", ""),
        ("opened_byNSAMEASclosed_by", ("opened_by",), "NSAMEAS", "closed_by"),
        ("countLE_OR_EQUALS_FIELDmost", ("count",), "LE_OR_EQUALS_FIELD", "most"),
        ("dayNOTON2026-01-31", ("day",), "NOTON", "2026-01-31"),
        ("dayRELATIVEGE@dayofweek@ago@3", ("day",), "RELATIVEGE", "@dayofweek@ago@3"),
    ],
)
def test_a_condition_is_read(text: str, path: tuple[str, ...], operator: str, value: str) -> None:
    assert one(text) == Condition(path, operator, value)


def test_or_binds_tighter_than_and() -> None:
    a, b, c = Condition(("a",), "=", "1"), Condition(("b",), "=", "2"), Condition(("c",), "=", "3")
    assert parse("a=1^ORb=2^c=3").groups == (((a, b), (c,)),)


def test_a_new_query_begins_at_nq_and_eq_ends_nothing() -> None:
    a, b = Condition(("a",), "=", "1"), Condition(("b",), "=", "2")
    assert parse("a=1^EQ^NQb=2^EQ").groups == (((a,),), ((b,),))


def test_orders_are_read_in_their_order() -> None:
    order = parse("a=1^ORDERBYDESCaccount.name^ORDERBYnumber").order
    assert order == (Order(("account", "name"), descending=True), Order(("number",)))


def test_a_field_called_order_is_no_ordering() -> None:
    assert parse("a=1^ORorder=5").groups[0][0][1] == Condition(("order",), "=", "5")


@pytest.mark.parametrize("text", ["", "^", "^^", "^OR", "^NQ", "bogus", "=1", "ORDERBY", "RLQUERYa.b,>x^ENDRLQUERY"])
def test_what_is_no_condition_is_left_out(text: str) -> None:
    assert parse(text).groups == ()


@given(st.text(alphabet=st.sampled_from("ab=<>!^. ORNQINLIKEYBDSC\x00@,é"), max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    parse(text)
    matches(text, {"a": "b", "b": 1})


names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
paths = st.lists(names, min_size=1, max_size=3).map(tuple)
words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=12)
conditions = st.builds(
    Condition, paths, st.sampled_from(["=", "!=", ">=", "IN", "NOT IN", "STARTSWITH", "LIKE"]), words
)
clauses = st.lists(conditions, min_size=1, max_size=3).map(tuple)
groups = st.lists(clauses, min_size=1, max_size=2).map(tuple)
queries = st.builds(
    Query,
    st.lists(groups, min_size=1, max_size=2).map(tuple),
    st.lists(st.builds(Order, paths, st.booleans()), max_size=2).map(tuple),
)


def written(query: Query) -> str:
    """The query as a client writes it."""
    terms = []
    for group in query.groups:
        clauses = ["^OR".join(_term(condition) for condition in clause) for clause in group]
        terms.append("^".join(clauses))
    orders = [f"^ORDERBY{'DESC' if one.descending else ''}{'.'.join(one.path)}" for one in query.order]
    return "^NQ".join(terms) + "".join(orders)


def _term(condition: Condition) -> str:
    return ".".join(condition.path) + condition.operator + condition.value.replace("^", "^^")


@given(queries)
def test_what_is_written_is_read_again(query: Query) -> None:
    # A value that ends in ^ runs into the separator: a known ambiguity.
    values = [condition.value for group in query.groups for clause in group for condition in clause]
    if any(value.endswith("^") or value.startswith(("=", "^")) for value in values):
        return
    assert parse(written(query)) == query


class Colour(Choice):
    RED = "red", "Red", "Rouge"
    BLUE = "blue", "Blue", "Bleu"


FIELDS: dict[str, tuple[Kind, type]] = {
    "word": (Kind.TEXT, str),
    "count": (Kind.INTEGER, int),
    "amount": (Kind.DECIMAL, Decimal),
    "active": (Kind.BOOLEAN, bool),
    "day": (Kind.DATE, date),
    "moment": (Kind.DATETIME, datetime),
    "colour": (Kind.CHOICE, Colour),
}
_SQL = Base.registry._resolve_type
TOYS = Table("toys", MetaData(), *(TableColumn(name, _SQL(kind)) for name, (_, kind) in FIELDS.items()))
letters = st.text("abAB,é %_", max_size=4)
values: dict[str, st.SearchStrategy[Any]] = {
    "word": letters,
    "count": st.integers(-3, 3),
    "amount": st.sampled_from([Decimal("-1.5"), Decimal(0), Decimal("2.25")]),
    "active": st.booleans(),
    "day": st.sampled_from([date(2026, 1, 31), date(2026, 2, 28)]),
    "moment": st.sampled_from(
        [datetime.fromisoformat("2026-01-31 08:00:00"), datetime.fromisoformat("2026-02-28 23:59:59")]
    ),
    "colour": st.sampled_from(Colour),
}
rows = st.fixed_dictionaries({name: st.none() | one for name, one in values.items()})
texts = letters | st.sampled_from(
    [
        "-1",
        "0",
        "2",
        "2.25",
        "true",
        "false",
        "2026-01-31",
        "2026-02-28 23:59:59",
        "red",
        "Blue",
        "red,blue",
        "-1,2",
        "0@2",
    ]
)
operators = st.sampled_from(["=", "!=", "IN", "NOT IN", "ISEMPTY", "ISNOTEMPTY", ">", ">=", "<", "<=", "BETWEEN"])
on_words = st.sampled_from(["LIKE", "NOT LIKE", "STARTSWITH", "ENDSWITH", "=", "!=", "IN", "NOT IN", "ISEMPTY"])


@pytest.fixture(scope="module")
def toys() -> Iterator[Connection]:
    """A table of one row in memory, behind the same SQLite settings as the product."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TOYS.create(connection)
        yield connection
    engine.dispose()


def found(connection: Connection, row: dict[str, Any], name: str, operator: str, text: str) -> bool:
    """Whether SQL finds the row."""
    kind, python_type = FIELDS[name]
    choices = Colour if python_type is Colour else None
    field = Field(name, kind, mandatory=False, max_length=40, choices=choices, facts=Facts(Label("", "")), default=None)
    connection.execute(TOYS.delete())
    connection.execute(TOYS.insert().values(**row))
    condition = compared(Column(field, TOYS.c[name]), operator, text)
    return connection.execute(select(TOYS).where(condition)).first() is not None


def said(name: str, operator: str, text: str) -> tuple[str, str]:
    """The condition as it is read: an empty value asks for emptiness."""
    read = one(f"{name}{operator}{text}")
    return read.operator, read.value


@given(row=rows, name=st.sampled_from([name for name in FIELDS if name != "word"]), operator=operators, text=texts)
def test_sql_and_values_agree(toys: Connection, row: dict[str, Any], name: str, operator: str, text: str) -> None:
    assert found(toys, row, name, *said(name, operator, text)) is matches(f"{name}{operator}{text}", row)


@given(row=rows, operator=on_words, text=letters)
def test_sql_and_values_agree_on_words(toys: Connection, row: dict[str, Any], operator: str, text: str) -> None:
    assert found(toys, row, "word", *said("word", operator, text)) is matches(f"word{operator}{text}", row)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("word=genixify", True),
        ("word=other^ORcount=3", True),
        ("word=other^count=3", False),
        ("word=other^NQcount=3", True),
        ("colour=Rouge", True),
        ("colour!=blue", True),
        ("day=", True),
        ("day!=2026-01-01", True),
        ("bogus=1", True),
        ("bogus=1^count=4", False),
        ("bogus=1^NQcount=4", False),
        ("account.name=Genixify", True),
        ("count>banana", False),
        ("count<99999999999999999999", False),
        ("peopleLIKEb", True),
        ("people=a,b", True),
    ],
)
def test_what_a_query_says_of_values(text: str, verdict: bool) -> None:
    row = {"word": "Genixify", "count": 3, "colour": Colour.RED, "day": None, "people": ["a", "b"]}
    assert matches(text, row) is verdict
