#!/usr/bin/env bash
# behaviour: a Hugging Face tokenizer that is told to truncate to fewer tokens than it adds itself does
# not truncate at all: with [CLS] and [SEP], a limit of 2 gives 2 tokens, and a limit of 1 gives the whole
# text. Pairs, which have three such tokens, come whole under a limit of 2. There is no error, so that the
# smallest limit is no limit. A budget counted down for each text ends in the longest input.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'tokenizers==0.23.3'
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from tokenizers import Tokenizer, models, pre_tokenizers, processors

print("tokenizers", version("tokenizers"))
words = [f"w{number}" for number in range(100)]
vocabulary = {word: number for number, word in enumerate(["[CLS]", "[SEP]", *words])}
tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="w0"))
tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer.post_processor = processors.TemplateProcessing(
    single="[CLS] $A [SEP]",
    pair="[CLS] $A [SEP] $B [SEP]",
    special_tokens=[("[CLS]", 0), ("[SEP]", 1)],
)
text = " ".join(words)


def lengths(limit):
    tokenizer.enable_truncation(limit)
    return len(tokenizer.encode(text).ids), len(tokenizer.encode(text, text).ids)


seen = {limit: lengths(limit) for limit in (4, 3, 2, 1)}
for limit, (single, pair) in seen.items():
    print(f"limit {limit}: a text of 100 words gives {single} tokens, a pair of them {pair}")
sys.exit(seen != {4: (4, 4), 3: (3, 3), 2: (2, 203), 1: (102, 203)})
PYTHON
