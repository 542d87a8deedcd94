"""What the painter can draw of what grows, lives, shines and is eaten."""

from apps.ai.providers.local.marks import Subjects, box, curve, fill, line, oval

NATURE: Subjects = {
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
}
