"""Tables as Markdown can say them: one header row, and as many cells in each row."""

from bs4 import BeautifulSoup, Tag

WIDEST = 60


def square(table: Tag, soup: BeautifulSoup) -> None:
    """Rewrites a table in place: spans become empty cells, short rows are filled, a caption moves in front of it.

    The first row becomes the header if it was one, otherwise an empty header is added, since Markdown needs one.
    Tables inside its cells become plain text.
    """
    for inner in table.find_all("table"):
        _flatten(inner)
    if caption := table.find("caption"):
        caption.extract()
        caption.name = "p"
        table.insert_before(caption)
    rows = sorted(table.find_all("tr"), key=_part)
    grid = _grid(rows)
    width = max((len(cells) for cells in grid), default=0)
    if not width:
        table.decompose()
        return
    if not _is_header(rows[0]):
        grid.insert(0, [])
    table.clear()
    for number, cells in enumerate(grid):
        row = soup.new_tag("tr")
        for position in range(width):
            cell = (cells[position] if position < len(cells) else None) or soup.new_tag("td")
            cell.name = "td" if number else "th"
            row.append(cell)
        table.append(row)


def _part(row: Tag) -> int:
    return {"thead": 0, "tfoot": 2}.get(row.parent.name if row.parent else "", 1)


def _is_header(row: Tag) -> bool:
    cells = row.find_all(["td", "th"], recursive=False)
    return _part(row) == 0 or (bool(cells) and all(cell.name == "th" for cell in cells))


def _flatten(table: Tag) -> None:
    for part in table.find_all(["caption", "tr", "td", "th"]):
        part.name = "span"
        part.append(" ")
    table.name = "div"


def _grid(rows: list[Tag]) -> list[list[Tag | None]]:
    """The cells of each row by column, None where a cell from the left or from above reaches."""
    grid: list[list[Tag | None]] = []
    reaching: dict[int, int] = {}
    for row in rows:
        cells: list[Tag | None] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            _skip_reaching(cells, reaching)
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            for offset in range(min(wide, WIDEST - len(cells))):
                if high > 1:
                    reaching[len(cells)] = high - 1
                cells.append(None if offset else cell)
        _skip_reaching(cells, reaching)
        grid.append(cells)
    return [cells for cells in grid if any(cells)]


def _skip_reaching(cells: list[Tag | None], reaching: dict[int, int]) -> None:
    while left := reaching.get(len(cells), 0):
        reaching[len(cells)] = left - 1
        cells.append(None)


def _span(cell: Tag, name: str) -> int:
    value = str(cell.get(name, "")).strip()
    return max(1, min(WIDEST, int(value))) if value.isascii() and value.isdigit() and len(value) < 6 else 1
