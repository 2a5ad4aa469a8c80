#!/usr/bin/env bash
# behaviour: msgpackr writes an integer of JavaScript that needs more than 32 bits as a float: a time in
# milliseconds, a size in bytes or an id comes out of Python's msgpack as 5000000000.0, and a field
# that msgspec knows as an int refuses it. Smaller ones arrive as integers, so tests with small
# numbers pass. @msgpack/msgpack writes such numbers as 64-bit integers; a BigInt makes msgpackr do
# so too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'msgpack==1.2.4' 'msgspec==0.23.0'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit msgpackr@2.1.4 @msgpack/msgpack@3.1.3
cat >written.mjs <<'JAVASCRIPT'
import { encode } from '@msgpack/msgpack';
import { pack } from 'msgpackr';

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const numbers = [4_294_967_295, 4_294_967_296, 5_000_000_000];
const written = {
  msgpackr: numbers.map((number) => hex(pack(number))),
  'msgpackr, BigInt': numbers.map((number) => hex(pack(BigInt(number)))),
  '@msgpack/msgpack': numbers.map((number) => hex(encode(number))),
};
console.log(JSON.stringify(written));
JAVASCRIPT
node written.mjs >written.json
echo "node $(node --version)"
npm ls --depth=0 | tail -n +2
venv/bin/python - <<'PYTHON'
import json
import sys
from importlib.metadata import version
from pathlib import Path

import msgpack
import msgspec

print("msgpack", version("msgpack"), "msgspec", version("msgspec"))


def is_integer(data):
    try:
        msgspec.msgpack.decode(data, type=int)
    except msgspec.ValidationError as error:
        print("    msgspec:", error)
        return False
    return True


seen = {}
for name, texts in json.loads(Path("written.json").read_text()).items():
    packed = [bytes.fromhex(text) for text in texts]
    print(f"  {name}:", [msgpack.unpackb(data) for data in packed])
    seen[name] = [is_integer(data) for data in packed]
whole = [True, True, True]
sys.exit(
    seen != {"msgpackr": [True, False, False], "msgpackr, BigInt": whole, "@msgpack/msgpack": whole}
)
PYTHON
