"""Where a workbook keeps what: the XML of a sheet by its name, and the cell styles that pad numbers with zeros."""

import posixpath
import re
import zipfile
from typing import IO
from xml.parsers import expat

from ale.domains.imports.confined.container import DAMAGED
from ale.domains.imports.refused import Refused

_VALUE = re.compile(rb"<(\w+:)?(v|is)>")
_ONLY_ZEROS = re.compile(r"0{2,20}")


class Parts:
    """The parts of a workbook that say where the others are. Raises Refused when they are damaged."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self._names = {name.casefold(): name for name in package.namelist()}
        root = self._related("")
        self.book = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
        self._relations = self._related(self.book)

    def open_sheet(self, name: str) -> IO[bytes]:
        """The XML of a sheet."""
        for tag, attributes in self._elements(self.book):
            if tag == "sheet" and attributes.get("name") == name:
                target = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                if target in self._relations:
                    return self.package.open(self._present(self._relations[target][1]))
        raise Refused("broken")

    def has_values(self, name: str) -> bool:
        """Whether any cell at the beginning of a sheet has a value."""
        with self.open_sheet(name) as sheet:
            return bool(_VALUE.search(sheet.read(1 << 20)))

    def padded_styles(self) -> dict[str, int]:
        """How many digits a cell style such as 00000 shows, by the style's number as cells name it."""
        part = next((target for kind, target in self._relations.values() if kind == "styles"), "")
        if part.casefold() not in self._names:
            return {}
        digits: dict[str, int] = {}
        padded: dict[str, int] = {}
        in_cell_styles, style = False, 0
        for tag, attributes in self._elements(part):
            if tag == "numFmt" and _ONLY_ZEROS.fullmatch(attributes.get("formatCode", "")):
                digits[attributes.get("numFmtId", "")] = len(attributes["formatCode"])
            elif tag in ("cellStyleXfs", "cellXfs", "cellStyles"):
                in_cell_styles = tag == "cellXfs"
            elif tag == "xf" and in_cell_styles:
                if attributes.get("numFmtId") in digits:
                    padded[str(style)] = digits[attributes["numFmtId"]]
                style += 1
        return padded

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Kind and name of the parts related to `part`, by the id of the relation."""
        folder, base = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        if rels.casefold() not in self._names:
            return {}
        return {
            attributes.get("Id", ""): (
                attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/"),
            )
            for tag, attributes in self._elements(rels)
            if tag == "Relationship"
        }

    def _elements(self, part: str) -> list[tuple[str, dict[str, str]]]:
        """Local name and attributes of every element of a part, in order."""
        found: list[tuple[str, dict[str, str]]] = []
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes))
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            with self.package.open(self._present(part)) as content:
                parser.ParseFile(content)
        except (*DAMAGED, expat.ExpatError) as error:
            raise Refused("broken") from error
        return found

    def _present(self, part: str) -> str:
        if part.casefold() not in self._names:
            raise Refused("broken")
        return self._names[part.casefold()]


def _refuse_doctype(*_: object) -> None:
    """No program writes one into a workbook: it is there to make readers fetch files or fill memory."""
    raise Refused("broken")
