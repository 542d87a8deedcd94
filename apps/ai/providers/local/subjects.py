"""What the painter can draw: each subject as outlines in a square from -100 to 100, and the words that ask for it.

An outline has a kind: `fill` a polygon, `curve` a smooth closed line, `oval` with "x,y rx,ry", `line` with
a width. Inks are roles of a palette: `main`, `second`, `accent`, `dark`, `light`, `soft`.
"""

from typing import NamedTuple


class Mark(NamedTuple):
    kind: str
    ink: str
    points: str
    width: float = 0.0


def fill(ink: str, points: str) -> Mark:
    return Mark("fill", ink, points)


def curve(ink: str, points: str) -> Mark:
    return Mark("curve", ink, points)


def oval(ink: str, points: str) -> Mark:
    return Mark("oval", ink, points)


def line(ink: str, width: float, points: str) -> Mark:
    return Mark("line", ink, points, width)


def box(ink: str, x0: float, y0: float, x1: float, y1: float) -> Mark:
    return Mark("fill", ink, f"{x0},{y0} {x1},{y0} {x1},{y1} {x0},{y1}")


SUBJECTS: dict[str, tuple[str, tuple[Mark, ...]]] = {
    "compass": (
        "compass kompass navigation orientierung direction richtung",
        (
            oval("dark", "0,0 92,92"),
            oval("light", "0,0 78,78"),
            oval("soft", "0,0 66,66"),
            line("dark", 5, "0,-76 0,-64"),
            line("dark", 5, "0,76 0,64"),
            line("dark", 5, "-76,0 -64,0"),
            line("dark", 5, "76,0 64,0"),
            line("dark", 3, "-50,-50 -44,-44"),
            line("dark", 3, "50,50 44,44"),
            line("dark", 3, "50,-50 44,-44"),
            line("dark", 3, "-50,50 -44,44"),
            fill("accent", "34,-48 14,12 -12,-14"),
            fill("second", "-34,48 -14,-12 12,14"),
            oval("light", "0,0 8,8"),
        ),
    ),
    "mountain": (
        "mountain mountains mountainous berg berge gebirge alps alpen peak gipfel summit hill hills hügel",
        (
            fill("soft", "-100,80 -40,-20 20,80"),
            fill("second", "0,80 55,-40 100,80"),
            fill("main", "-75,80 0,-85 75,80"),
            fill("light", "0,-85 -25,-30 -10,-40 0,-24 12,-40 26,-28"),
            fill("dark", "0,-85 75,80 20,80 6,-10 12,-40"),
            fill("light", "0,-85 26,-28 12,-40 6,-30"),
        ),
    ),
    "sun": (
        "sun sonne sunny sonnig sunrise sonnenaufgang sunset sonnenuntergang summer sommer",
        (
            *(
                fill("accent", points)
                for points in (
                    "-9,-62 0,-98 9,-62",
                    "-9,62 0,98 9,62",
                    "-62,-9 -98,0 -62,9",
                    "62,-9 98,0 62,9",
                    "-50,-38 -70,-70 -38,-50",
                    "50,-38 70,-70 38,-50",
                    "-50,38 -70,70 -38,50",
                    "50,38 70,70 38,50",
                )
            ),
            oval("accent", "0,0 54,54"),
            oval("light", "-10,-10 34,34"),
        ),
    ),
    "moon": (
        "moon mond night nacht lunar",
        (curve("light", "20,-86 -40,-70 -80,-10 -60,55 0,86 50,74 80,50 40,52 0,30 -18,-14 -8,-60"),),
    ),
    "sea": (
        "sea ocean meer ozean wave waves welle wellen water wasser surf lake see river fluss coast küste strand beach",
        (
            curve("second", "-100,-10 -70,-34 -40,-12 -10,-36 20,-12 50,-36 80,-14 100,-30 100,90 -100,90"),
            curve("main", "-100,20 -66,0 -32,22 2,0 36,22 70,0 100,16 100,95 -100,95"),
            curve("dark", "-100,56 -70,38 -40,58 -8,38 24,58 58,38 100,54 100,98 -100,98"),
            line("light", 4, "-86,8 -66,0 -48,8"),
            line("light", 4, "20,8 38,16 54,8"),
        ),
    ),
    "tree": (
        "tree trees baum bäume oak eiche orchard park garden garten nature natur",
        (
            fill("dark", "-10,95 -6,0 6,0 10,95"),
            line("dark", 7, "0,40 28,8"),
            line("dark", 6, "0,50 -26,20"),
            oval("second", "-34,-6 42,40"),
            oval("second", "36,-6 42,40"),
            oval("main", "0,-42 56,50"),
            oval("soft", "-18,-56 24,20"),
        ),
    ),
    "forest": (
        "forest wald woods fir tanne pine kiefer spruce fichte christmas weihnachten",
        (
            fill("second", "-90,90 -60,-20 -30,90"),
            fill("second", "30,90 60,-30 92,90"),
            box("dark", -7, 70, 7, 98),
            fill("main", "-50,78 0,0 50,78"),
            fill("main", "-40,30 0,-48 40,30"),
            fill("main", "-30,-18 0,-92 30,-18"),
            fill("dark", "0,-92 30,-18 8,-18"),
            fill("dark", "0,-48 40,30 12,30"),
            fill("dark", "0,0 50,78 16,78"),
        ),
    ),
    "house": (
        "house haus home heim hut hütte cottage building gebäude architecture architektur immobilie "
        "real-estate property",
        (
            box("light", -62, -10, 62, 90),
            fill("accent", "-84,-6 0,-84 84,-6"),
            box("dark", 34, -82, 52, -36),
            box("main", -16, 30, 16, 90),
            oval("light", "9,60 3,3"),
            box("second", -48, 10, -24, 36),
            box("second", 24, 10, 48, 36),
            line("light", 3, "-36,10 -36,36"),
            line("light", 3, "36,10 36,36"),
        ),
    ),
    "book": (
        "book books buch bücher read reading lesen library bibliothek literature literatur novel roman "
        "story education "
        "learn lernen school schule course kurs study studium",
        (
            fill("accent", "-96,-50 0,-34 96,-50 96,64 0,82 -96,64"),
            fill("light", "-86,-60 -8,-42 -8,68 -86,52"),
            fill("light", "86,-60 8,-42 8,68 86,52"),
            fill("soft", "-8,-42 0,-36 8,-42 8,68 0,76 -8,68"),
            *(line("second", 4, f"-74,{y} -22,{y + 11}") for y in (-38, -16, 6, 28)),
            *(line("second", 4, f"74,{y} 22,{y + 11}") for y in (-38, -16, 6, 28)),
        ),
    ),
    "coffee": (
        "coffee kaffee espresso cappuccino café cafe tea tee cup tasse mug breakfast frühstück",
        (
            oval("soft", "-4,78 88,14"),
            line("accent", 13, "50,-6 80,-4 84,24 62,38 44,36"),
            curve("accent", "-62,-22 0,-24 58,-22 54,40 28,72 -32,72 -58,40"),
            oval("light", "-2,-22 60,15"),
            oval("dark", "-2,-21 50,11"),
            line("light", 7, "-26,-46 -34,-60 -20,-74 -28,-92"),
            line("light", 7, "6,-46 -2,-60 12,-74 4,-92"),
        ),
    ),
    "bread": (
        "bread brot loaf bakery bäckerei baker bäcker toast baguette brötchen",
        (
            curve("accent", "-90,20 -80,-30 -30,-52 30,-52 80,-30 90,20 80,58 -80,58"),
            curve("second", "-86,44 0,52 86,44 78,60 -78,60"),
            line("light", 9, "-52,16 -32,-30"),
            line("light", 9, "-14,16 6,-32"),
            line("light", 9, "26,16 46,-28"),
        ),
    ),
    "person": (
        "person people menschen mensch man mann woman frau human portrait portät porträt customer kunde "
        "user team leute",
        (
            curve("main", "-70,98 -64,40 -30,14 30,14 64,40 70,98"),
            fill("light", "-14,0 14,0 14,22 0,36 -14,22"),
            oval("soft", "0,-34 36,42"),
            curve("dark", "-38,-36 -36,-70 0,-86 36,-70 38,-36 28,-54 -10,-58"),
        ),
    ),
    "city": (
        "city stadt skyline town urban downtown metropolis office büro company unternehmen firma business geschäft",
        (
            box("soft", -96, 0, -62, 92),
            box("second", -66, -40, -32, 92),
            box("main", -36, -78, 0, 92),
            box("second", 4, -20, 38, 92),
            box("dark", 34, -56, 64, 92),
            box("soft", 60, 14, 96, 92),
            line("dark", 4, "-18,-78 -18,-98"),
            *(box("light", x, y, x + 8, y + 10) for x in (-30, -14) for y in (-64, -44, -24, -4, 16, 36, 56)),
            *(box("accent", x, y, x + 7, y + 9) for x in (40, 52) for y in (-44, -24, -4, 16, 36, 56)),
            *(box("light", x, y, x + 7, y + 9) for x in (-60, -46, 12, 26) for y in (-8, 12, 32, 52)),
        ),
    ),
    "chart": (
        "chart charts diagram diagramm statistics statistik growth wachstum analytics analyse data daten "
        "finance finanzen "
        "money geld revenue umsatz report bericht dashboard marketing seo",
        (
            box("light", -92, -84, 92, 84),
            box("second", -70, 20, -42, 62),
            box("main", -30, -6, -2, 62),
            box("second", 10, -28, 38, 62),
            box("main", 50, -52, 78, 62),
            line("dark", 5, "-80,64 84,64"),
            line("accent", 7, "-58,-4 -16,-30 24,-50 62,-72"),
            oval("accent", "-58,-4 7,7"),
            oval("accent", "-16,-30 7,7"),
            oval("accent", "24,-50 7,7"),
            oval("accent", "62,-72 7,7"),
        ),
    ),
    "star": (
        "star stars stern sterne award auszeichnung rating bewertung favourite favorite",
        (
            fill("accent", "0,-92 23,-30 88,-28 37,12 56,76 0,38 -56,76 -37,12 -88,-28 -23,-30"),
            fill("light", "0,-60 0,20 -34,46 -22,6 -52,-16 -15,-18"),
        ),
    ),
    "heart": (
        "heart herz love liebe health gesundheit wedding hochzeit valentine care pflege",
        (
            curve("accent", "0,86 -70,20 -90,-24 -70,-66 -34,-70 0,-36 34,-70 70,-66 90,-24 70,20"),
            curve("light", "-60,-40 -44,-56 -30,-52 -40,-40 -54,-20"),
        ),
    ),
    "leaf": (
        "leaf leaves blatt blätter eco green ökologisch nachhaltig nachhaltigkeit sustainable "
        "sustainability organic bio "
        "vegan plant pflanze plants pflanzen spring frühling",
        (
            curve("main", "-70,80 -76,0 -30,-60 70,-86 84,-70 76,20 20,72 -50,70"),
            curve("second", "-62,76 0,10 80,-78 76,20 20,72"),
            line("light", 5, "-86,96 -40,44 10,-10 66,-68"),
            line("light", 3, "-26,28 -30,-20"),
            line("light", 3, "-14,18 36,16"),
            line("light", 3, "14,-14 12,-50"),
        ),
    ),
    "cloud": (
        "cloud clouds wolke wolken weather wetter sky himmel rain regen hosting saas",
        (
            oval("light", "-46,14 40,36"),
            oval("light", "40,16 44,36"),
            oval("light", "-4,-18 48,46"),
            box("light", -46, 14, 42, 50),
            oval("soft", "-14,-28 26,20"),
        ),
    ),
    "flower": (
        "flower flowers blume blumen blossom blüte rose tulip tulpe florist bouquet strauß",
        (
            line("second", 8, "0,96 -4,50 0,0"),
            curve("second", "-2,66 -46,60 -60,34 -20,40"),
            curve("second", "2,78 44,70 58,46 18,54"),
            *(
                oval("accent", f"{x},{y} 26,26")
                for x, y in ((0, -66), (36, -44), (36, -6), (0, 12), (-36, -6), (-36, -44))
            ),
            oval("light", "0,-26 24,24"),
            oval("dark", "0,-26 10,10"),
        ),
    ),
    "bird": (
        "bird birds vogel vögel seagull möwe dove taube eagle adler freedom freiheit",
        (
            curve("main", "-90,-6 -60,-30 -20,-22 6,-4 48,-10 70,-30 92,-24 76,-2 40,34 -14,44 -50,26"),
            curve("second", "-30,-18 -10,-86 30,-92 34,-50 20,0"),
            fill("accent", "88,-26 100,-20 84,-14"),
            fill("dark", "-50,26 -98,46 -60,4"),
            oval("dark", "74,-20 4,4"),
        ),
    ),
    "fish": (
        "fish fisch fische seafood meeresfrüchte salmon lachs",
        (
            curve("main", "-60,0 -30,-40 30,-44 84,0 30,44 -30,40"),
            fill("second", "-52,0 -96,-42 -86,0 -96,42"),
            curve("accent", "-10,-38 14,-70 40,-40"),
            oval("light", "54,-10 10,10"),
            oval("dark", "56,-10 5,5"),
            line("light", 4, "28,-24 20,0 28,24"),
            line("light", 4, "4,-22 -4,0 4,22"),
        ),
    ),
    "boat": (
        "boat boats boot boote ship schiff sail segel sailing segeln yacht harbour harbor hafen cruise",
        (
            fill("dark", "-84,50 84,50 56,86 -60,86"),
            line("dark", 5, "0,50 0,-92"),
            fill("light", "6,-84 6,38 74,38"),
            fill("accent", "-6,-66 -6,38 -60,38"),
            line("light", 4, "-76,60 74,60"),
        ),
    ),
    "car": (
        "car cars auto autos vehicle fahrzeug drive fahren taxi traffic verkehr mobility mobilität",
        (
            curve("accent", "-96,36 -92,6 -60,-2 -38,-40 30,-40 58,-2 92,8 96,36 90,46 -90,46"),
            fill("light", "-46,-4 -30,-32 -4,-32 -4,-4"),
            fill("light", "4,-4 4,-32 26,-32 46,-4"),
            oval("dark", "-54,46 24,24"),
            oval("dark", "54,46 24,24"),
            oval("light", "-54,46 10,10"),
            oval("light", "54,46 10,10"),
        ),
    ),
    "bicycle": (
        "bicycle bike bikes fahrrad fahrräder rad cycling radfahren",
        (
            oval("dark", "-52,34 42,42"),
            oval("soft", "-52,34 34,34"),
            oval("dark", "52,34 42,42"),
            oval("soft", "52,34 34,34"),
            line("accent", 8, "-52,34 -24,-26 34,-26 4,34 -52,34"),
            line("accent", 8, "4,34 -30,-40"),
            line("accent", 8, "52,34 30,-50"),
            line("dark", 8, "-46,-44 -16,-44"),
            line("dark", 8, "14,-58 30,-52 48,-58"),
            oval("dark", "4,34 9,9"),
        ),
    ),
    "plane": (
        "plane airplane flugzeug flight flug travel reise reisen trip vacation urlaub holiday tourism "
        "tourismus airport "
        "flughafen",
        (
            curve("light", "-88,10 -70,-6 40,-20 86,-18 98,-6 84,8 40,14 -70,20"),
            fill("main", "-8,-4 30,-4 -30,70 -50,70"),
            fill("second", "0,-14 24,-16 -12,-58 -28,-58"),
            fill("accent", "-88,8 -98,-42 -80,-42 -60,-4"),
            oval("dark", "74,-8 8,4"),
            *(oval("second", f"{x},-4 4,4") for x in (-40, -24, -8, 8, 24, 40)),
        ),
    ),
    "train": (
        "train zug railway bahn eisenbahn tram subway station bahnhof",
        (
            curve("accent", "-64,60 -64,-60 -40,-86 40,-86 64,-60 64,60"),
            box("light", -46, -58, 46, -10),
            line("dark", 4, "0,-58 0,-10"),
            oval("light", "-36,28 11,11"),
            oval("light", "36,28 11,11"),
            box("dark", -60, 56, 60, 68),
            line("dark", 6, "-40,68 -66,98"),
            line("dark", 6, "40,68 66,98"),
        ),
    ),
    "camera": (
        "camera kamera photo foto photography fotografie photographer fotograf film video movie kino",
        (
            curve("dark", "-90,-36 -80,-46 80,-46 90,-36 90,56 80,66 -80,66 -90,56"),
            fill("dark", "-34,-44 -22,-70 22,-70 34,-44"),
            oval("light", "0,10 46,46"),
            oval("second", "0,10 36,36"),
            oval("dark", "0,10 20,20"),
            oval("light", "-8,2 7,7"),
            oval("accent", "66,-26 8,8"),
            box("soft", -78, -34, -50, -22),
        ),
    ),
    "laptop": (
        "laptop computer notebook software code coding developer entwickler programming programmieren "
        "internet digital technology technologie tech app",
        (
            box("dark", -72, -70, 72, 40),
            box("light", -62, -60, 62, 30),
            fill("second", "-92,44 92,44 98,62 -98,62"),
            line("accent", 6, "-40,-34 -54,-16 -40,2"),
            line("accent", 6, "40,-34 54,-16 40,2"),
            line("main", 6, "10,-40 -10,8"),
        ),
    ),
    "phone": (
        "phone smartphone telephone telefon handy mobile mobil contact kontakt call anruf",
        (
            curve("dark", "-46,-84 -38,-94 38,-94 46,-84 46,84 38,94 -38,94 -46,84"),
            box("light", -38, -74, 38, 70),
            oval("light", "0,82 6,6"),
            box("accent", -28, -62, 28, -28),
            line("second", 6, "-28,-10 28,-10"),
            line("second", 6, "-28,10 28,10"),
            line("second", 6, "-28,30 8,30"),
        ),
    ),
    "lamp": (
        "lamp lampe bulb glühbirne idea idee ideen innovation creativity kreativität inspiration energy energie",
        (
            curve("accent", "0,-92 50,-70 64,-24 40,16 24,44 -24,44 -40,16 -64,-24 -50,-70"),
            curve("light", "-36,-44 -18,-68 0,-72 -14,-52 -24,-26"),
            box("dark", -24, 48, 24, 60),
            box("second", -22, 63, 22, 74),
            curve("dark", "-16,77 16,77 8,92 -8,92"),
        ),
    ),
    "clock": (
        "clock uhr time zeit watch deadline schedule termin calendar kalender",
        (
            oval("dark", "0,0 90,90"),
            oval("light", "0,0 76,76"),
            line("dark", 9, "0,4 0,-50"),
            line("accent", 8, "0,0 36,22"),
            oval("dark", "0,0 8,8"),
            line("dark", 6, "0,-70 0,-60"),
            line("dark", 6, "0,70 0,60"),
            line("dark", 6, "-70,0 -60,0"),
            line("dark", 6, "70,0 60,0"),
        ),
    ),
    "key": (
        "key schlüssel security sicherheit lock schloss secure privacy datenschutz password passwort",
        (
            oval("accent", "-46,0 44,44"),
            oval("soft", "-46,0 20,20"),
            box("accent", -8, -12, 92, 12),
            box("accent", 54, 10, 68, 38),
            box("accent", 78, 10, 92, 46),
        ),
    ),
    "gift": (
        "gift geschenk present birthday geburtstag party feier celebration fest sale angebot",
        (
            box("accent", -70, -16, 70, 88),
            box("main", -82, -40, 82, -8),
            box("light", -13, -40, 13, 88),
            curve("light", "0,-40 -54,-50 -56,-82 -24,-80"),
            curve("light", "0,-40 54,-50 56,-82 24,-80"),
        ),
    ),
    "letter": (
        "letter mail email brief newsletter envelope umschlag message nachricht",
        (
            box("light", -90, -58, 90, 62),
            fill("soft", "-90,62 -14,0 14,0 90,62"),
            fill("accent", "-90,-58 0,20 90,-58"),
            line("dark", 4, "-90,-58 0,20 90,-58"),
        ),
    ),
    "music": (
        "music musik song lied concert konzert melody melodie band guitar gitarre podcast audio sound",
        (
            fill("dark", "-36,-70 66,-92 66,-62 -36,-40"),
            box("dark", -44, -70, -32, 60),
            box("dark", 58, -90, 70, 40),
            oval("accent", "-56,62 26,20"),
            oval("accent", "46,42 26,20"),
        ),
    ),
    "mushroom": (
        "mushroom mushrooms pilz pilze autumn herbst fungi",
        (
            curve("light", "-24,0 24,0 30,86 -30,86"),
            curve("accent", "-86,4 -70,-50 0,-86 70,-50 86,4 0,16"),
            oval("light", "-36,-36 13,11"),
            oval("light", "20,-50 15,12"),
            oval("light", "44,-18 10,8"),
            oval("light", "-8,-12 9,7"),
        ),
    ),
    "apple": (
        "apple apfel fruit obst fruits früchte food essen nutrition ernährung healthy gesund",
        (
            curve("accent", "0,-40 44,-58 82,-20 70,50 30,88 0,80 -30,88 -70,50 -82,-20 -44,-58"),
            line("dark", 8, "0,-38 4,-72"),
            curve("main", "6,-60 30,-92 66,-86 40,-60"),
            curve("light", "-58,-14 -44,-36 -32,-34 -46,-6"),
        ),
    ),
    "wine": (
        "wine wein winery weingut drink getränk glass glas bar cocktail beer bier restaurant",
        (
            curve("light", "-50,-88 50,-88 52,-30 24,10 -24,10 -52,-30"),
            curve("accent", "-50,-44 50,-44 46,-20 22,4 -22,4 -46,-20"),
            box("light", -6, 8, 6, 76),
            oval("light", "0,82 44,10"),
        ),
    ),
    "pot": (
        "pot topf cooking kochen kitchen küche recipe rezept soup suppe dinner abendessen chef koch meal gericht",
        (
            box("dark", -96, 2, 96, 18),
            curve("main", "-74,-16 74,-16 72,62 50,78 -50,78 -72,62"),
            curve("second", "-78,-18 0,-46 78,-18"),
            oval("accent", "0,-46 12,9"),
            line("light", 6, "-24,-62 -32,-76 -20,-94"),
            line("light", 6, "22,-62 14,-76 26,-94"),
        ),
    ),
    "dog": (
        "dog dogs hund hunde puppy welpe pet haustier animal tier animals tiere",
        (
            curve("main", "-60,20 -52,-44 0,-66 52,-44 60,20 34,74 0,86 -34,74"),
            curve("dark", "-50,-50 -92,-40 -88,30 -56,20"),
            curve("dark", "50,-50 92,-40 88,30 56,20"),
            oval("light", "0,42 32,28"),
            oval("dark", "0,26 14,10"),
            oval("dark", "-24,-8 7,8"),
            oval("dark", "24,-8 7,8"),
            line("dark", 4, "0,34 0,50 -12,56"),
            line("dark", 4, "0,50 12,56"),
        ),
    ),
    "cat": (
        "cat cats katze katzen kitten kätzchen",
        (
            fill("main", "-66,-14 -70,-90 -18,-52"),
            fill("main", "66,-14 70,-90 18,-52"),
            oval("main", "0,10 72,66"),
            fill("accent", "-56,-34 -60,-72 -32,-50"),
            fill("accent", "56,-34 60,-72 32,-50"),
            oval("light", "-28,0 13,15"),
            oval("light", "28,0 13,15"),
            oval("dark", "-28,2 5,12"),
            oval("dark", "28,2 5,12"),
            fill("accent", "-8,28 8,28 0,38"),
            line("dark", 3, "0,38 -12,48"),
            line("dark", 3, "0,38 12,48"),
            line("light", 3, "-30,36 -84,28"),
            line("light", 3, "30,36 84,28"),
            line("light", 3, "-30,42 -82,48"),
            line("light", 3, "30,42 82,48"),
        ),
    ),
    "bee": (
        "bee bees biene bienen honey honig imker insect insekt",
        (
            oval("light", "-20,-40 24,42"),
            oval("light", "22,-40 24,42"),
            oval("accent", "0,18 66,44"),
            curve("dark", "-26,-22 -10,-26 -10,60 -26,58"),
            curve("dark", "12,-26 28,-20 28,56 12,60"),
            oval("dark", "62,8 20,22"),
            line("dark", 4, "66,-10 80,-34"),
            oval("light", "68,4 5,5"),
        ),
    ),
    "butterfly": (
        "butterfly schmetterling change wandel transformation",
        (
            curve("accent", "-4,-10 -30,-80 -88,-78 -86,-14 -30,14"),
            curve("accent", "4,-10 30,-80 88,-78 86,-14 30,14"),
            curve("main", "-4,8 -60,16 -70,66 -34,76 -6,36"),
            curve("main", "4,8 60,16 70,66 34,76 6,36"),
            oval("light", "-54,-46 14,14"),
            oval("light", "54,-46 14,14"),
            oval("dark", "0,4 8,46"),
            line("dark", 3, "0,-40 -18,-70"),
            line("dark", 3, "0,-40 18,-70"),
        ),
    ),
    "umbrella": (
        "umbrella regenschirm schirm insurance versicherung protection schutz",
        (
            curve("accent", "-94,10 -70,-50 0,-84 70,-50 94,10 62,-6 32,8 0,-6 -32,8 -62,-6"),
            fill("main", "0,-84 32,4 0,-6 -32,4"),
            line("dark", 7, "0,-6 0,70 14,86 30,76"),
            line("dark", 6, "0,-84 0,-96"),
        ),
    ),
    "lighthouse": (
        "lighthouse leuchtturm beacon guide",
        (
            curve("second", "-90,96 -60,74 0,66 60,74 90,96"),
            fill("light", "-28,78 -18,-40 18,-40 28,78"),
            fill("accent", "-25,50 -22,16 22,16 25,50"),
            fill("accent", "-20,-10 -18,-40 18,-40 20,-10"),
            box("dark", -24, -48, 24, -40),
            box("light", -13, -70, 13, -48),
            fill("dark", "-20,-70 0,-92 20,-70"),
            fill("soft", "14,-64 96,-84 96,-34 14,-54"),
        ),
    ),
    "bridge": (
        "bridge brücke connection verbindung connect",
        (
            box("dark", -52, -70, -40, 80),
            box("dark", 40, -70, 52, 80),
            box("accent", -100, 24, 100, 38),
            line("accent", 5, "-100,0 -72,-30 -46,-68 -20,-20 0,-6 20,-20 46,-68 72,-30 100,0"),
            *(
                line("dark", 3, f"{x},{y} {x},24")
                for x, y in ((-76, -26), (-28, -34), (-12, -12), (12, -12), (28, -34), (76, -26))
            ),
        ),
    ),
    "rocket": (
        "rocket rakete launch start startup gründung space weltraum universe planet science wissenschaft "
        "future zukunft",
        (
            fill("accent", "-20,60 0,98 20,60"),
            fill("second", "-26,10 -60,62 -24,56"),
            fill("second", "26,10 60,62 24,56"),
            curve("light", "0,-96 26,-56 32,0 24,58 -24,58 -32,0 -26,-56"),
            curve("accent", "0,-96 20,-66 0,-60 -20,-66"),
            oval("main", "0,-20 15,15"),
            oval("soft", "0,-20 9,9"),
        ),
    ),
    "globe": (
        "globe world welt earth erde international global map karte continent climate klima",
        (
            oval("second", "0,0 86,86"),
            curve("main", "-60,-50 -20,-76 0,-50 -14,-20 -40,-4 -66,-14"),
            curve("main", "10,-4 50,-30 76,-14 70,30 40,60 20,36"),
            curve("main", "-44,26 -16,22 -8,52 -26,74"),
            line("light", 3, "-84,-12 0,4 84,-12"),
            line("light", 3, "0,-84 14,0 0,84"),
        ),
    ),
    "tool": (
        "tool tools werkzeug wrench craft handwerk workshop werkstatt repair reparatur build bauen "
        "construction bau service "
        "hammer",
        (
            fill("accent", "-12,-30 12,-30 16,92 -16,92"),
            curve("dark", "-66,-70 -40,-84 40,-84 78,-60 60,-52 30,-40 -40,-36 -66,-44"),
        ),
    ),
    "camp": (
        "tent zelt camping camp outdoor adventure abenteuer hike hiking wandern wanderung",
        (
            fill("accent", "-96,78 0,-72 96,78"),
            fill("main", "0,-72 96,78 30,78"),
            fill("dark", "-26,78 0,-10 26,78"),
            line("dark", 5, "0,-72 -8,-92"),
            line("dark", 5, "0,-72 8,-92"),
            line("light", 4, "-50,78 -10,-30"),
        ),
    ),
    "ball": (
        "ball football fußball soccer sport sports fitness training game spiel play",
        (
            oval("light", "0,0 84,84"),
            fill("dark", "0,-28 27,-9 17,23 -17,23 -27,-9"),
            fill("dark", "-20,-80 20,-80 0,-60"),
            fill("dark", "76,-34 82,8 58,-14"),
            fill("dark", "-76,-34 -82,8 -58,-14"),
            fill("dark", "34,72 62,52 38,42"),
            fill("dark", "-34,72 -62,52 -38,42"),
            line("dark", 4, "0,-28 0,-62"),
            line("dark", 4, "27,-9 60,-15"),
            line("dark", 4, "-27,-9 -60,-15"),
            line("dark", 4, "17,23 38,46"),
            line("dark", 4, "-17,23 -38,46"),
        ),
    ),
    "scales": (
        "scales waage law recht justice gerechtigkeit lawyer anwalt legal",
        (
            box("dark", -6, -76, 6, 76),
            box("dark", -40, 74, 40, 86),
            line("dark", 7, "-70,-54 0,-66 70,-54"),
            line("dark", 3, "-70,-54 -92,16"),
            line("dark", 3, "-70,-54 -48,16"),
            line("dark", 3, "70,-54 92,16"),
            line("dark", 3, "70,-54 48,16"),
            curve("accent", "-98,14 -42,14 -52,34 -88,34"),
            curve("accent", "98,14 42,14 52,34 88,34"),
            oval("accent", "0,-80 11,11"),
        ),
    ),
    "brush": (
        "brush pinsel paint malen painting gemälde art kunst artist künstler design color colour farbe palette",
        (
            curve("light", "-88,10 -60,-50 0,-70 66,-50 88,0 56,24 30,20 30,60 -30,74 -76,54"),
            oval("accent", "-46,-16 13,13"),
            oval("main", "-10,-40 13,13"),
            oval("second", "34,-34 13,13"),
            oval("dark", "-46,26 12,12"),
            line("dark", 9, "96,-92 34,30"),
            curve("accent", "40,18 28,30 10,58 36,44"),
        ),
    ),
}

WORDS: dict[str, str] = {word: name for name, (words, _) in SUBJECTS.items() for word in words.split()}
