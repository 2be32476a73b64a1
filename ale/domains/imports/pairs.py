"""What people write for what is meant, as administrators edit it: one pair a line, "as written = as meant". Pure."""

from collections.abc import Collection, Iterable, Iterator

from ale.foundation.problem import Problem, sentence

UNREADABLE = sentence("Write each line as “what the file says = what is meant”; this one is not: {line}")
UNKNOWN = sentence("“{value}” is none of: {known}.")


def pairs_in(text: str | None) -> Iterator[tuple[str, str]]:
    """The pairs of a text; what is meant may be empty, and what is written may hold the sign itself."""
    for line in (text or "").splitlines():
        written, sign, meant = line.rpartition("=")
        if sign and written.strip():
            yield written.strip(), meant.strip()


def as_lines(pairs: Iterable[tuple[str, str]]) -> str:
    """The text of these pairs; line breaks and runs of blanks become one blank."""
    return "\n".join(f"{' '.join(written.split())} = {meant}".rstrip() for written, meant in pairs)


def objections_to(text: str | None, field: str, meant: Collection[str]) -> list[Problem]:
    """The first line that is no pair, or does not lead to one of `meant`."""
    for line in filter(str.strip, (text or "").splitlines()):
        pair = next(pairs_in(line), None)
        if pair is None:
            return [Problem("NOT_A_PAIR", UNREADABLE, field, line=line.strip())]
        if pair[1] not in meant:
            known = ", ".join(filter(None, meant))
            return [Problem("UNKNOWN_MEANING", UNKNOWN, field, value=pair[1], known=known)]
    return []
