"""Run as a program by `speech`: reads text, writes the samples that eSpeak NG makes of it.

It stands alone so that the library (GPL-3) is loaded in a process of its own and imports nothing of Cognitor.
`python espeak.py LIBRARY DATA VOICE WORDS_PER_MINUTE < text > wav`. The calls are those of espeak-ng's speak_lib.h.
"""

import ctypes
import struct
import sys

SYNCHRONOUS, UTF8, RATE = 2, 1, 1


def main() -> int:
    library, data, voice, speed = sys.argv[1:5]
    engine = ctypes.CDLL(library)
    samples = engine.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), 0)
    if samples <= 0:
        return 2
    spoken = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def heard(wave, count, events):
        if wave and count > 0:
            spoken.extend(ctypes.string_at(wave, count * 2))
        return 0

    engine.espeak_SetSynthCallback(heard)
    if engine.espeak_SetVoiceByName(voice.encode()):
        return 3
    engine.espeak_SetParameter(RATE, int(speed), 0)
    text = sys.stdin.buffer.read() + b"\0"
    if engine.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, UTF8, None, None):
        return 4
    engine.espeak_Synchronize()
    out = sys.stdout.buffer
    form = (b"RIFF", 36 + len(spoken), b"WAVE", b"fmt ", 16, 1, 1, samples, samples * 2, 2, 16, b"data", len(spoken))
    out.write(struct.pack("<4sI4s4sIHHIIHH4sI", *form))
    out.write(spoken)
    return 0


if __name__ == "__main__":
    sys.exit(main())
