"""Journeys of ServiceNow's clients through a running ALE: `python -m tests.conformance.clients NAME ADDRESS`.

Each runs in a process of its own, since the clients read from the environment which certificates to trust.
"""

import asyncio
import sys
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

ADMIN = "6816f79cc0a8016401c5a33be04be441"
ADMIN_ROLE = "2831a114c611228501d4ea6c309d626d"
CALLER = ("admin", "demo")


def pysnc_reads(address: str) -> None:
    """PySNC: fields, display values, references followed, related rows, pages, a query of 23 KB."""
    from pysnc import ServiceNowClient

    client = ServiceNowClient(address, CALLER)
    user = client.GlideRecord("sys_user")
    user.fields = "sys_id,active,email,department,department.name,department.dept_head,department.dept_head.email"
    assert user.get(ADMIN)
    assert list(user.serialize()) == user.fields
    assert (user.active, user.department.name) == ("true", "Finance")
    assert user.department.dept_head.email == "natasha.ingram@example.com"
    whole = client.GlideRecord("sys_user")
    assert whole.get("user_name", "admin")
    assert whole.get_display_value("user_password") == "********"
    assert whole.get_value("sys_updated_on") != whole.get_display_value("sys_updated_on")
    assert not client.GlideRecord("sys_user").get("bunk")

    admins = client.GlideRecord("sys_user")
    admins.add_join_query("sys_user_has_role", join_table_field="user").add_query("role", ADMIN_ROLE)
    admins.query()
    assert 10 < len(admins) < 25
    groups = client.GlideRecord("sys_user_group")
    groups.add_rl_query("sys_group_has_role", "group", ">0", True).add_query("role.name", "LIKE", "admin")
    groups.query()
    assert 2 < groups.get_row_count() < 8
    lines = client.GlideRecord("syslog", batch_size=100)
    lines.fields = ["sys_id"]
    lines.query()
    assert len({line.get_value("sys_id") for line in lines}) == lines.get_row_count() > 600
    long = client.GlideRecord("sys_user")
    for _ in range(2300):
        long.add_query("AAAA", "BBBB")
    long.add_query("sys_id", ADMIN)
    long.query()
    assert len(long) == 1
    client.session.close()


def pysnc_is_refused(address: str) -> None:
    """PySNC: tables that do not exist, an address that is too long, a wrong password."""
    from pysnc import ServiceNowClient, exceptions

    client = ServiceNowClient(address, CALLER)
    for table, expected in (("sys_user_list", "Invalid table"), ("A" * 23_000, "html>")):
        with pytest.raises(exceptions.RequestException, match=expected):
            client.GlideRecord(table).get("x")
    stranger = ServiceNowClient(address, ("admin", "wrong"))
    with pytest.raises(exceptions.AuthenticationException, match="User Not Authenticated"):
        stranger.GlideRecord("sys_user").get(ADMIN)
    client.session.close()
    stranger.session.close()


def pysnc_writes(address: str) -> None:
    """PySNC: one record, several at once, a business rule that refuses some of them, files that go with a record."""
    from pysnc import ServiceNowClient

    client = ServiceNowClient(address, CALLER)
    rule = client.GlideRecord("sys_script")
    rule.initialize()
    for name, value in {
        "name": "no EICAR", "collection": "problem", "when": "before", "active": True, "order": 100,
        "action_update": True, "abort_action": True, "add_message": True, "message": "not this",
        "filter_condition": "short_descriptionLIKEEICAR^ORdescriptionLIKEEICAR^EQ",
    }.items():  # fmt: skip
        rule.set_value(name, value)
    assert rule.insert()
    empty = client.GlideRecord("problem")
    empty.initialize()
    assert empty.insert()
    assert empty.delete()
    for number in range(4):
        problem = client.GlideRecord("problem")
        problem.initialize()
        problem.short_description = f"BUNKZZ {number}"
        problem.bunk_field = "left out"
        assert problem.insert()
        assert problem.opened_by == ADMIN
        assert problem.get_display_value("opened_by") == "System Administrator"
        assert str(problem.number).startswith("PRB")
    several = client.GlideRecord("problem")
    several.add_query("short_description", "LIKE", "BUNKZZ")
    several.query()
    for number, one in enumerate(several):
        one.short_description = f"{one.short_description} {'EICAR' if number % 2 else 'CHANGED'}"
    assert not several.update_multiple()
    for word, count in (("CHANGED", 2), ("EICAR", 0)):
        found = client.GlideRecord("problem")
        found.add_query("short_description", "LIKE", word)
        found.query()
        assert len(found) == count, word

    held = client.GlideRecord("problem")
    assert held.get(several.get_value("sys_id") or str(problem.sys_id))
    link = held.add_attachment("test.txt", b"some bytes")
    assert link.startswith(f"{address}/api/now/v1/attachment/")
    (file,) = list(held.get_attachments())
    assert file.read() == b"some bytes"
    everything = client.GlideRecord("problem")
    everything.add_query("short_description", "LIKE", "BUNKZZ")
    assert everything.delete_multiple()
    leftover = client.Attachment("problem")
    leftover.add_query("file_name", "test.txt")
    leftover.query()
    assert not leftover.next()
    assert rule.delete()
    client.session.close()


def pysnc_async(address: str) -> None:
    """PySNC's second half: the same calls without waiting in between."""
    from pysnc.asyncio import AsyncServiceNowClient

    async def journey() -> None:
        client = AsyncServiceNowClient(address, CALLER)
        user = await client.GlideRecord("sys_user")
        assert await user.get(ADMIN)
        assert user.user_name == "admin"
        problem = await client.GlideRecord("problem")
        problem.initialize()
        problem.short_description = "ASYNCZZ"
        key = await problem.insert()
        problem.short_description = "ASYNCZZ again"
        assert await problem.update()
        found = await client.GlideRecord("problem", batch_size=3)
        found.order_by_desc("number")
        await found.query()
        numbers = [str(one.number) async for one in found]
        assert numbers == sorted(set(numbers), reverse=True)
        assert len(numbers) == found.get_row_count() > 9
        again = await client.GlideRecord("problem")
        again.add_query("short_description", "LIKE", "ASYNCZZ")
        assert await again.delete_multiple()
        assert not await (await client.GlideRecord("problem")).get(str(key))
        await client.session.aclose()

    asyncio.run(journey())


def aiosnow(address: str) -> None:
    """aiosnow: pages by the Link header, one by key, made, changed and deleted."""
    from aiosnow import Client, TableModel, fields

    class Problem(TableModel):  # type: ignore[misc]
        """As much of a problem as the journey needs."""

        sys_id = fields.String(is_primary=True)
        number = fields.String()
        short_description = fields.String()

    async def journey() -> None:
        async with Problem(Client(urlsplit(address).netloc, basic_auth=CALLER), table_name="problem") as problems:
            made = await problems.create({"short_description": "AIOZZ"})
            selection = Problem.number == made["number"]
            await problems.update(selection, {"short_description": "AIOZZ again"})
            one = await problems.get_one(selection)
            assert one["short_description"] == "AIOZZ again"
            seen = [row["sys_id"] async for _, row in problems.stream("", limit=100, page_size=3)]
            assert len(seen) == len(set(seen)) > 9
            await problems.delete(selection)

    asyncio.run(journey())


JOURNEYS: dict[str, Callable[[str], None]] = {
    one.__name__: one for one in (pysnc_reads, pysnc_is_refused, pysnc_writes, pysnc_async, aiosnow)
}

if __name__ == "__main__":
    JOURNEYS[sys.argv[1]](sys.argv[2])
