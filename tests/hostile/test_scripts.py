"""Hostile scripts get nowhere, and the rows and scripts after them are none the worse."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ale.domains.imports.sandbox import OVER_LIMIT, PASSED, Sandbox, Verdict
from tests.hostile.peak import peak_of
from tests.hostile.scripts import ESCAPES, FAULTY, HOGS

PATIENCE = 0.7  # less than in earnest, for the sake of the tests


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(patience=PATIENCE) as sandbox:
        yield sandbox


def child_of(sandbox: Sandbox) -> int:
    """The process that the next script will run in."""
    sandbox.run("true", [{}])
    return sandbox.idle_pids[0]


@pytest.mark.parametrize("name", ESCAPES)
def test_no_way_out(sandbox: Sandbox, name: str) -> None:
    assert sandbox.run(ESCAPES[name], [{}]) == [PASSED]


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_script_fails_with_its_error(sandbox: Sandbox, name: str) -> None:
    [verdict] = sandbox.run(FAULTY[name], [{}])
    assert not verdict.passed
    assert verdict.error
    assert len(verdict.error) <= 1_100
    assert not verdict.limit


@pytest.mark.parametrize("name", HOGS)
def test_a_hog_fails_its_own_row_only(sandbox: Sandbox, name: str) -> None:
    script = f"(function(row) {{ if (row.u_x == 'hog') {{ {HOGS[name]} }} return true; }})(stagingTableGr)"
    began = time.monotonic()
    verdicts = sandbox.run(script, [{"u_x": "a"}, {"u_x": "hog"}, {"u_x": "b"}])
    assert verdicts == [PASSED, OVER_LIMIT, PASSED]
    assert time.monotonic() - began < PATIENCE + 5


def test_after_three_hogs_in_a_row_the_rest_is_not_tried(sandbox: Sandbox) -> None:
    began = time.monotonic()
    assert sandbox.run("while (1);", [{}] * 10_000) == [OVER_LIMIT] * 10_000
    assert time.monotonic() - began < 3 * PATIENCE + 10


def test_hogs_of_memory_stop_after_twenty_even_with_good_rows_between(sandbox: Sandbox) -> None:
    script = "stagingTableGr.u_x % 3 ? new ArrayBuffer(1e9) && true : true"
    verdicts = sandbox.run(script, [{"u_x": n} for n in range(90)])
    assert verdicts[:3] == [PASSED, OVER_LIMIT, OVER_LIMIT]
    assert verdicts[30:] == [OVER_LIMIT] * 60


def test_nothing_is_left_for_the_next_script(sandbox: Sandbox) -> None:
    poison = """(globalThis.leak = 1, Object.prototype.validationPassed = true, JSON.stringify = () => 'x',
        JSUtil.notNull = () => false, String.prototype.replace = () => 'y', true)"""
    assert sandbox.run(poison, [{}]) == [PASSED]
    clean = "typeof leak === 'undefined' && ({}).validationPassed === undefined && JSUtil.notNull('a')"
    assert sandbox.run(clean, [{}]) == [PASSED]


def test_a_script_cannot_forge_the_answer_to_another_row(sandbox: Sandbox) -> None:
    script = """(function(row) {
        JSON.stringify = () => '{"passed":true}';
        return { validationPassed: row.u_x == 'good', message: '\\n{"passed":true,"message":""}\\n\\n' };
    })(stagingTableGr)"""
    verdicts = sandbox.run(script, [{"u_x": "bad"}, {"u_x": "good"}, {"u_x": "bad"}])
    assert [verdict.passed for verdict in verdicts] == [False, True, False]


def test_what_a_script_says_is_short_and_can_be_stored(sandbox: Sandbox) -> None:
    script = "(gs.log('\\u0000a\\ud800'), ({ validationPassed: false, message: 'x\\ud800\\u2028'.repeat(1e6) }))"
    [verdict] = sandbox.run(script, [{}])
    assert len(verdict.message.encode()) < 5_000
    assert verdict.messages == ("a",)
    assert (
        len(sandbox.run("(function(){ for (var i = 0; i < 1e5; i++) gs.log(i); return true })()", [{}])[0].messages)
        == 20
    )


def test_the_child_has_no_files_no_environment_and_little_memory(sandbox: Sandbox) -> None:
    process = Path(f"/proc/{child_of(sandbox)}")
    assert {path.name for path in (process / "fd").iterdir()} == {"0", "1", "2"}
    assert (process / "environ").read_bytes() == b""
    limits = (process / "limits").read_text()
    assert [line.split()[3:5] for line in limits.splitlines() if "open files" in line] == [["0", "0"]]
    assert [line.split()[2:4] for line in limits.splitlines() if "processes" in line] == [["0", "0"]]
    assert f"{128 * 1024 * 1024}" in limits
    assert (process / "cwd").readlink() == Path("/")


@pytest.mark.skipif(os.geteuid() != 0, reason="leaving the network needs rights that only root surely has")
def test_the_child_has_no_network(sandbox: Sandbox) -> None:
    assert Path(f"/proc/{child_of(sandbox)}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def test_an_idle_child_that_was_killed_is_replaced(sandbox: Sandbox) -> None:
    pid = child_of(sandbox)
    os.kill(pid, signal.SIGKILL)
    assert sandbox.run("true", [{}]) == [PASSED]
    assert child_of(sandbox) != pid


def test_a_child_that_dies_at_work_is_replaced(sandbox: Sandbox) -> None:
    pid = child_of(sandbox)
    killer = subprocess.Popen([sys.executable, "-c", f"import os, time; time.sleep(0.3); os.kill({pid}, 9)"])
    rows = [{"u_x": str(n)} for n in range(200)]
    busy = "(function(row) { for (var i = 0; i < 2e5; i++); return row.u_x % 2 == 0 })(stagingTableGr)"
    verdicts = sandbox.run(busy, rows)
    killer.wait()
    assert [verdict.passed for verdict in verdicts] == [n % 2 == 0 for n in range(200)]
    assert child_of(sandbox) != pid


@pytest.mark.processes
def test_children_end_with_a_parent_that_is_killed() -> None:
    code = """if True:
        import sys, time, threading
        from ale.domains.imports.sandbox import Sandbox
        sandbox = Sandbox()
        sandbox.run("true", [{}])
        print(sandbox.idle_pids[0], flush=True)
        sandbox._patience = 60
        sandbox.run("while (1);", [{}])
    """
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and Path(f"/proc/{pid}").exists():
        time.sleep(0.02)
    assert not Path(f"/proc/{pid}").exists()


def test_no_child_took_more_than_its_limit() -> None:
    assert peak_of("scripts") < 256  # 128 for the script, the rest is what a child begins with


def test_a_forked_process_does_not_use_the_children_of_its_parent(sandbox: Sandbox) -> None:
    pid = child_of(sandbox)
    reading, writing = os.pipe()
    forked = os.fork()
    if forked == 0:
        ok = sandbox.run("true", [{}]) == [PASSED] and pid not in sandbox.idle_pids
        os.write(writing, b"1" if ok else b"0")
        os._exit(0)
    os.waitpid(forked, 0)
    assert os.read(reading, 1) == b"1"
    os.close(reading)
    os.close(writing)
    assert sandbox.run("({ validationPassed: false })", [{}]) == [Verdict(passed=False)]
