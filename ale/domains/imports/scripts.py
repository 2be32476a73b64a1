"""What can be told of a validation script without running it: the references it walks through, and torn texts. Pure."""

import re

_COMMENT = r"//[^\n]*|/\*.*?\*/"
_TEXT_OR_COMMENT = re.compile(rf"{_COMMENT}|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_TEXT_OVER_LINES = re.compile(rf"{_COMMENT}|`(?:\\.|[^`\\])*`|([\"'])(?:\\.|(?!\1)[^\\])*\1", re.DOTALL)
_MOST_BREAKS = 3  # in one text; more is rather an apostrophe too many
_FIRST_PARAMETER = re.compile(r"\bfunction\b\s*[\w$]*\s*\(\s*([\w$]+)")


def dotted_paths(script: str) -> set[str]:
    """What the script reads beyond the row itself: "task.company.name" for `stagingTableGr.task.company.name`.

    The row is known as `stagingTableGr` and by the first parameter of the first function; a variable that holds a
    reference is followed. Methods and `.length` at the end do not count; what is computed (`row[name]`) is not seen.
    """
    code = _TEXT_OR_COMMENT.sub(lambda match: "\n" if match[0].startswith("/") else '""', script)
    prefixes: dict[str, tuple[str, ...]] = {"stagingTableGr": ()}
    if parameter := _FIRST_PARAMETER.search(code):
        prefixes[parameter[1]] = ()
    names, paths = list(prefixes), set()
    for name in names:  # grows while variables are found
        for variable, walk, called in _walks(name, code):
            path = (*prefixes[name], *re.findall(r"[\w$]+", walk))
            if called or path[-1:] == ("length",):
                path = path[:-1]
            elif variable and variable not in prefixes:
                prefixes[variable] = path
                names.append(variable)
            if len(path) > 1:
                paths.add(".".join(path))
    return paths


def _walks(name: str, code: str) -> list[tuple[str, str, str]]:
    """Where `name` is read: the variable it is assigned to, the dots that follow, and the bracket of a call."""
    return re.findall(
        r"(?:\b(?:var|let|const)\s+([\w$]+)\s*=\s*)?"
        rf"(?<![\w$.]){re.escape(name)}(?![\w$])((?:\s*\??\.\s*[A-Za-z_$][\w$]*)*)(\s*\()?",
        code,
    )


def repair(script: str) -> str:
    """`script` with the line breaks taken out of its texts, as they get in when it is copied from a PDF."""

    def mend(text: re.Match[str]) -> str:
        breaks = text[0].count("\n") if text[1] else 0
        return re.sub(r"[ \t\r]*\n\s*", " ", text[0]) if 0 < breaks <= _MOST_BREAKS else text[0]

    return _TEXT_OVER_LINES.sub(mend, script)
