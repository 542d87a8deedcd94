"""Word by word between English and German: a draft for people to translate from, and it says so.

Marks of Markdown and HTML, addresses, code and placeholders are left as they are. Words that the glossary does not know
stay; `facts.known` is the share of those that it does.
"""

import re

from apps.ai.providers.protocols import Call, Output, Translate

_PAIRS = """
the der|and und|or oder|not nicht|with mit|without ohne|for für|from von|in in|on auf|under unter|over über
is ist|are sind|was war|were waren|has hat|have haben|we wir|you Sie|they sie|he er|she sie|it es|our unser
your Ihr|this dies|that das|a ein|an ein|of von|to zu|at bei|by durch|as als|more mehr|all alle|new neu|good gut
great großartig|small klein|large groß|welcome willkommen|hello hallo|thanks danke|please bitte|yes ja|no nein
today heute|tomorrow morgen|yesterday gestern|day Tag|week Woche|month Monat|year Jahr|time Zeit|morning Morgen
evening Abend|night Nacht|house Haus|home Zuhause|garden Garten|city Stadt|country Land|world Welt|sea Meer
coast Küste|water Wasser|mountain Berg|forest Wald|tree Baum|flower Blume|sun Sonne|moon Mond|star Stern
sky Himmel|rain Regen|snow Schnee|wind Wind|summer Sommer|winter Winter|spring Frühling|autumn Herbst|bread Brot
coffee Kaffee|tea Tee|wine Wein|food Essen|recipe Rezept|kitchen Küche|book Buch|page Seite|text Text
title Titel|image Bild|picture Bild|video Video|news Neuigkeiten|article Artikel|post Beitrag|contact Kontakt
about über|team Team|people Menschen|man Mann|woman Frau|child Kind|children Kinder|friend Freund
friends Freunde|family Familie|work Arbeit|company Unternehmen|customer Kunde|customers Kunden|product Produkt
products Produkte|service Dienst|services Leistungen|price Preis|prices Preise|offer Angebot|offers Angebote
shop Laden|buy kaufen|read lesen|write schreiben|learn lernen|see sehen|go gehen|come kommen|make machen
find finden|open offen|closed geschlossen|free kostenlos|first erste|last letzte|here hier|there dort|how wie
what was|where wo|when wann|why warum|who wer|light Licht|colour Farbe|color Farbe|red rot|blue blau|green grün
yellow gelb|black schwarz|white weiß|warm warm|cold kalt|beautiful schön|quiet ruhig|fast schnell|slow langsam
old alt|young jung|long lang|short kurz|ship Schiff|boat Boot|harbour Hafen|beach Strand|bird Vogel|fish Fisch
dog Hund|cat Katze|street Straße|way Weg|travel Reise|photo Foto|music Musik|art Kunst|school Schule
health Gesundheit|help Hilfe|question Frage|answer Antwort|idea Idee|data Daten|privacy Datenschutz
imprint Impressum|search Suche|menu Menü|home page Startseite
"""
_TABLES: dict[tuple[str, str], dict[str, str]] = {("en", "de"): {}, ("de", "en"): {}}
for _pair in _PAIRS.replace("\n", "|").split("|"):
    _english, _, _german = _pair.strip().rpartition(" ")
    if _english:
        _TABLES["en", "de"].setdefault(_english.lower(), _german)
        _TABLES["de", "en"].setdefault(_german.lower(), _english)
_TABLES["de", "en"].update(
    die="the", das="the", den="the", dem="the", des="of the", eine="a", einen="a", im="in the", am="at the"
)

_KEPT = re.compile(
    r"```.*?```|`[^`\n]+`|<!--.*?-->|<(?:script|style|code|pre)\b.*?</(?:script|style|code|pre)>|<[^>]+>|"
    r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+|\]\([^)\s]*\)|\{\{.*?\}\}|\{\w*\}|%\(?\w*\)?[sd]|&\w+;|&#\d+;",
    re.S | re.I,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def translate(asked: Translate, call: Call) -> Output:
    """Each text in the target language, as far as the glossary reaches; other pairs of languages stay untouched."""
    source = asked.source[:2].lower() or ("en" if asked.target[:2].lower() == "de" else "de")
    table = _TABLES.get((source, asked.target[:2].lower()), {})
    known = words = 0
    texts = []
    for number, text in enumerate(asked.texts):
        _ = call.seconds
        parts, at = [], 0
        for kept in _KEPT.finditer(text):
            parts += [(text[at : kept.start()], True), (kept[0], False)]
            at = kept.end()
        parts.append((text[at:], True))
        done = ""
        for part, open_ in parts:
            if not open_:
                done += part
                continue
            found = _WORD.findall(part)
            words += len(found)
            known += sum(word.lower() in table for word in found)
            done += _WORD.sub(lambda word: _same_case(word[0], table.get(word[0].lower(), word[0])), part)
        texts.append(done)
        call.progress((number + 1) / len(asked.texts))
    share = round(known / words, 3) if words else 1.0
    used = {"characters": sum(map(len, asked.texts))}
    return Output(texts=tuple(texts), used=used, facts={"engine": "glossary", "known": share})


def _same_case(word: str, other: str) -> str:
    if len(word) > 1 and word.isupper():
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other
