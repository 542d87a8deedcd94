"""Speech by eSpeak NG, in a child process; mp3 by ffmpeg."""

import sys
from pathlib import Path

from apps.ai.errors import AskedTooMuch, ModelMissing
from apps.ai.providers.local import ffmpeg
from apps.ai.providers.protocols import Call, Made, Output, Speak, Voice

WORDS_PER_MINUTE = 160
_LANGUAGES = {
    "en": ("en-us", "English"),
    "en-gb": ("en-gb", "British English"),
    "de": ("de", "Deutsch"),
    "fr": ("fr", "Français"),
    "es": ("es", "Español"),
    "it": ("it", "Italiano"),
    "nl": ("nl", "Nederlands"),
    "pt": ("pt", "Português"),
    "pl": ("pl", "Polski"),
    "sv": ("sv", "Svenska"),
    "da": ("da", "Dansk"),
    "cs": ("cs", "Čeština"),
    "tr": ("tr", "Türkçe"),
    "uk": ("uk", "Українська"),
}
_VARIANTS = {"low": ("m3", "low"), "high": ("f2", "high")}
VOICES: tuple[Voice, ...] = tuple(
    Voice(f"{language}-{variant}", f"{name} ({about})", language, "local/espeak", "eSpeak NG")
    for language, (_, name) in _LANGUAGES.items()
    for variant, (_, about) in _VARIANTS.items()
)


def speak(asked: Speak, call: Call) -> Output:
    """`asked.text` as wav (16 bit, one channel, 22,050 Hz) or mp3.

    An unknown voice is taken as a wish for the language, and an unknown language for English: clients send the voices
    of other vendors.
    """
    if not asked.text.strip():
        raise AskedTooMuch("There is nothing to say.")
    try:
        import espeakng_loader as espeak
    except ImportError as error:
        raise ModelMissing("eSpeak NG is not installed here.") from error
    voice = chosen(asked.voice, asked.language)
    language, _, variant = voice.id.rpartition("-")
    name = f"{_LANGUAGES[language][0]}+{_VARIANTS[variant][0]}"
    pace = str(round(WORDS_PER_MINUTE * min(2.5, max(0.5, asked.speed))))
    child = [sys.executable, "-I", str(Path(__file__).with_name("espeak.py")), espeak.get_library_path()]
    content = ffmpeg.run([*child, espeak.get_data_path(), name, pace], call, given=asked.text.encode())
    rate = int.from_bytes(content[24:28], "little")
    seconds = round((len(content) - 44) / 2 / rate, 3)
    media_type = "audio/wav"
    if asked.format == "mp3":
        content, media_type = ffmpeg.mp3("pipe:0", call, given=content), "audio/mpeg"
    made = Made(content=content, media_type=media_type, seconds=seconds, facts={"voice": voice.id})
    used = {"characters": len(asked.text), "seconds": seconds}
    return Output(files=(made,), used=used, facts={"engine": "espeak", "voice": voice.id})


def chosen(voice: str, language: str) -> Voice:
    by_id = {one.id: one for one in VOICES}
    if voice in by_id:
        return by_id[voice]
    wanted = (language or voice).lower().replace("_", "-")
    for candidate in (wanted, wanted[:2], "en"):
        if f"{candidate}-low" in by_id:
            return by_id[f"{candidate}-low"]
    return VOICES[0]
