"""What a model's files say of its texts: the tokenizer, and the vocabulary that grammars need."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ..grammar import UnusableVocabulary, Vocabulary
from ..grammar.vocabulary import VocabularySource
from ..model.directory import ModelDirectory, load_failed, open_model_directory
from ..model.encoders import is_encoder
from ..model.shape import eos_token_ids, vocabulary_size
from ..text.load_tokenizer import LoadedTokenizer, UnusableTokenizer, load_tokenizer

_log = logging.getLogger(__name__)

_WEIGHTS = ".safetensors"

_State: TypeAlias = frozenset[tuple[str, int, int]]
"""Name, size and time of change of each file but the weights."""


@dataclass(frozen=True, slots=True)
class ModelText:
    loaded: LoadedTokenizer
    vocabulary: Vocabulary | None
    """None: grammars cannot be used."""


def read_model_text(directory: ModelDirectory) -> ModelText:
    """Takes most of a second; raises RpcError `model_load_failed`."""
    try:
        loaded = load_tokenizer(directory.path)
    except UnusableTokenizer as error:
        raise load_failed(str(error)) from error
    return ModelText(loaded, _vocabulary(directory, loaded))


class ExpectedText:
    """Reads the text of the model that will probably be asked for, on a thread of its own.

    Whoever waits to take over from a process that dies has time for it before.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._text: Future[tuple[_State, ModelText] | None] = Future()

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="expected-text", daemon=True)
        thread.start()
        return thread

    def take(self, directory: ModelDirectory) -> ModelText | None:
        """Waits for it; None: it is of another model, or not what the files say now."""
        if str(directory.path) != self._path:
            return None
        read = self._text.result()
        self._text = Future()
        self._text.set_result(None)
        if read is None or read[0] != _state_of(directory.path):
            return None
        return read[1]

    def _run(self) -> None:
        try:
            directory = open_model_directory(self._path)
            state = _state_of(directory.path)
            self._text.set_result((state, read_model_text(directory)))
        # Whoever asks for the model is told what is wrong with it. Whatever it is: a thread that
        # dies of it would take the process along.
        except Exception as error:
            _log.debug("%s cannot be read ahead: %s", self._path, error)
            self._text.set_result(None)


def _vocabulary(directory: ModelDirectory, loaded: LoadedTokenizer) -> Vocabulary | None:
    """Built at once, as that keeps every thread of the process from running for some tenths of
    a second."""
    if is_encoder(directory.config):
        return None
    source = VocabularySource(
        loaded.tokenizer.definition,
        vocabulary_size(directory.config) or 0,
        eos_token_ids(directory.config, loaded.eos_token_id),
    )
    try:
        return Vocabulary.of(source)
    except UnusableVocabulary as error:
        _log.info("grammars cannot be used with this model: %s", error)
        return None


def _state_of(directory: Path) -> _State:
    files = [file for file in directory.iterdir() if file.suffix != _WEIGHTS]
    stats = [(file.name, file.stat()) for file in files]
    return frozenset((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)
