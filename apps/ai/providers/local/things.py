"""What the painter can draw of what people make."""

from apps.ai.providers.local.marks import Subjects, box, curve, fill, line, oval

THINGS: Subjects = {
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
