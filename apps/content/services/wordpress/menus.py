"""Navigation menus: which pages a site's menu shows, and in which order."""

from collections import Counter
from dataclasses import dataclass, field

from apps.content.wordpress.records import Item

_ENTRY = "_menu_item_"


@dataclass
class Menu:
    """The menu that names most pages, of which an export may have several and does not say which one is shown where.

    Without any, all pages are in the navigation, as WordPress does it.
    """

    places: dict[int, int] = field(default_factory=dict)
    shown: set[int] = field(default_factory=set)

    def place(self, item: Item) -> tuple[float, int, str]:
        return self.places.get(item.wp_id, float("inf")), item.menu_order, item.title

    def shows(self, page: int) -> bool:
        return not self.places or page in self.shown


def menu_of(entries: list[Item], pages: list[Item]) -> tuple[Menu, Counter[str]]:
    """The menu, and what of the entries has no counterpart here, by what it leads to.

    A page is shown with all that are above it, since here a page that is not hides those below it.
    """
    left: Counter[str] = Counter()
    menus: dict[str, dict[int, int]] = {}
    known = {page.wp_id: page.parent_wp_id for page in pages}
    for entry in sorted(entries, key=lambda entry: entry.menu_order):
        name = next((slug for kind, slug, _ in entry.terms if kind == "nav_menu"), "")
        target = entry.meta.get(f"{_ENTRY}object_id", "")
        is_page = entry.meta.get(f"{_ENTRY}object") == "page" and target.isdecimal() and int(target) in known
        if is_page:
            places = menus.setdefault(name, {})
            places.setdefault(int(target), len(places))
        else:
            left[entry.meta.get(f"{_ENTRY}object") or "unknown"] += 1
    if not menus:
        return Menu(), left
    chosen = max(sorted(menus), key=lambda name: len(menus[name]))
    others = sum(len(menus[name]) for name in menus if name != chosen)
    left.update({"pages of other menus": others} if others else {})
    shown: set[int] = set()
    for page in menus[chosen]:
        while page in known and page not in shown:
            shown.add(page)
            page = known[page]
    return Menu(menus[chosen], shown), left
