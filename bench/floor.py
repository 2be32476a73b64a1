"""What an import costs at least: the fastest reader, and the driver's executemany of the same rows, nothing else."""

import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import python_calamine

_COLUMNS = 12


class Floor(NamedTuple):
    """Seconds for reading and for writing."""

    read: float
    write: float


def measure(workbook: Path, folder: Path, postgresql: str | None) -> Floor:
    """Read the workbook and write its rows into a plain table, on PostgreSQL where an address is given."""
    begun = time.perf_counter()
    sheet = python_calamine.load_workbook(str(workbook)).get_sheet_by_index(0)
    rows = [[number, *map(str, row)] for number, row in enumerate(sheet.iter_rows())]
    read = time.perf_counter() - begun
    begun = time.perf_counter()
    if postgresql:
        _write(psycopg.connect(postgresql), "%s", rows)
    else:
        _write(sqlite3.connect(folder / "floor.sqlite3"), "?", rows)
    return Floor(read, time.perf_counter() - begun)


def _write(connection: Any, mark: str, rows: list[list[Any]]) -> None:
    cursor = connection.cursor()
    cursor.execute("DROP TABLE IF EXISTS bench_floor")
    columns = ", ".join(f"c{number} TEXT" for number in range(_COLUMNS))
    cursor.execute(f"CREATE TABLE bench_floor (id INTEGER PRIMARY KEY, {columns})")
    cursor.executemany(f"INSERT INTO bench_floor VALUES ({', '.join([mark] * (_COLUMNS + 1))})", rows)
    connection.commit()
    connection.close()
