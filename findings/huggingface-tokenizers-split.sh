#!/usr/bin/env bash
# behaviour: @huggingface/tokenizers, which reads tokenizer.json in JavaScript, cuts text by a Split as
# "Isolated", whichever behavior the file names: what should be removed stays, and nothing is merged
# with its neighbour. With "invert" the text between the matches is lost instead, and decoding gives
# less than was encoded. Added tokens that are to match whole words only match anywhere. The library
# whose file it is does what it says, and neither warns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'tokenizers==0.23.3'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @huggingface/tokenizers@0.2.0
cat >seen.mjs <<'JAVASCRIPT'
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';

const cases = JSON.parse(readFileSync('cases.json', 'utf8'));
const tokens = ({ file, text }) => new Tokenizer(JSON.parse(file), {}).encode(text).tokens;
console.log(JSON.stringify(cases.map(tokens)));
JAVASCRIPT
cat >seen.py <<'PYTHON'
import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers

print("tokenizers", version("tokenizers"), "@huggingface/tokenizers 0.2.0")
ALPHABET = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
MERGES = [("a", "b"), ("Ġ", "ab"), ("ab", "Ġ"), ("Ġ", "Ġ")]


def tokenizer(*split, **options):
    words = {word: len(ALPHABET) + number for number, word in enumerate(["ab", "Ġab", "abĠ", "ĠĠ"])}
    made = Tokenizer(models.BPE({**ALPHABET, **words}, MERGES))
    bytes_alone = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    splits = [pre_tokenizers.Split(*split, **options)] if split else []
    made.pre_tokenizer = pre_tokenizers.Sequence([*splits, bytes_alone])
    return made


words = tokenizer()
words.add_tokens([AddedToken("<x>", single_word=True)])
CASES = {
    "isolated": (tokenizer(" ", "isolated"), "ab ab"),
    "merged with previous": (tokenizer(" ", "merged_with_previous"), "ab ab"),
    "contiguous": (tokenizer(" ", "contiguous"), "ab  ab"),
    "removed": (tokenizer(" ", "removed"), "ab ab"),
    "merged with next": (tokenizer(" ", "merged_with_next"), "ab ab"),
    "isolated, inverted": (tokenizer(Regex("[a-z]+"), "isolated", invert=True), "ab, ab"),
    "whole words": (words, "a<x>b"),
}
files = [{"file": made.to_str(), "text": text} for made, text in CASES.values()]
Path("cases.json").write_text(json.dumps(files))
python = [made.encode(text).tokens for made, text in CASES.values()]
node = subprocess.run(["node", "seen.mjs"], check=True, stdout=subprocess.PIPE)
javascript = json.loads(node.stdout)
for name, left, right in zip(CASES, python, javascript):
    print(f"  {name}: {left} in Python, {right} in JavaScript")
same = [left == right for left, right in zip(python, javascript)]
sys.exit(same != [True] + [False] * 6)
PYTHON
venv/bin/python seen.py
