#!/usr/bin/env bash
# behaviour: GGUFWriter.add_array of the gguf package leaves an empty list out: the file that is
# read again does not have the key at all, and no error or warning says so. A list with one entry
# is there. Readers that tell "none" from "not said" get the other answer.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check 'gguf==0.19.0' 'numpy==2.3.5'
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import gguf

print("gguf", version("gguf"))
writer = gguf.GGUFWriter("lists.gguf", "llama")
writer.add_array("test.one", [1])
writer.add_array("test.none", [])
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.close()
keys = [key for key in gguf.GGUFReader("lists.gguf").fields if key.startswith("test.")]
print("written: test.one test.none, read:", *keys)
sys.exit(keys != ["test.one"])
PYTHON
