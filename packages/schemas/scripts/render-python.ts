import { engineErrors } from '../src/errors/table.ts';
import { PythonTypes } from './python-types.ts';
import { wireJsonSchema, type WireModule } from './wire-json-schema.ts';

function preamble(protocolVersion: number, maxFrameBytes: number): string {
  return `"""The wire protocol's structs, generated from @mlx/schemas/wire.

Do not edit: change the schemas and run \`pnpm --filter @mlx/schemas generate\`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

PROTOCOL_VERSION = ${protocolVersion}
MAX_FRAME_BYTES = ${underscored(maxFrameBytes)}
MAX_SAFE_INTEGER = ${underscored(Number.MAX_SAFE_INTEGER)}

SafeInteger = Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]
Count = Annotated[int, Meta(ge=0, le=MAX_SAFE_INTEGER)]`;
}

const BASES = `class OpenWireStruct(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Fields are camelCase on the wire; one that is None by default is left out."""


class WireStruct(OpenWireStruct, frozen=True, forbid_unknown_fields=True):
    """As above, and a field that the schemas do not name is an error."""`;

/** `INVALID_PARAMS = -32602` for every error that has a number. */
function errorNumbers(): string {
  const numbers = Object.entries(engineErrors).flatMap(([code, { rpc }]) =>
    rpc === null ? [] : [`${screamingSnake(code)} = ${rpc}`],
  );
  return ['# Numbers of JSON-RPC errors, by what went wrong.', ...numbers].join('\n');
}

const screamingSnake = (code: string) => code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

function underscored(value: number): string {
  return value.toLocaleString('en-US').replaceAll(',', '_');
}

function table(name: string, type: string, rows: readonly string[]): string {
  return [`${name}: Mapping[str, ${type}] = {`, ...rows.map((row) => `    ${row},`), '}'].join(
    '\n',
  );
}

/** The Python module that declares the same wire. */
export function renderPython(wireModule: WireModule): string {
  const wire = wireJsonSchema(wireModule);
  const types = new PythonTypes(wire.definitions);
  const params = (rows: typeof wire.sent) => rows.map((row) => `"${row.method}": ${row.params}`);
  const structType = 'type[msgspec.Struct]';
  const pairs = wire.methods.map((row) => `"${row.method}": (${row.params}, ${row.result})`);
  const tables = [
    table('REQUESTS', `tuple[${structType}, ${structType}]`, pairs),
    table('NOTIFICATIONS_RECEIVED', structType, params(wire.received)),
    table('NOTIFICATIONS_SENT', structType, params(wire.sent)),
  ];
  return [
    `${preamble(wire.protocolVersion, wire.maxFrameBytes)}\n${types.aliases.join('\n')}\n`,
    errorNumbers(),
    BASES,
    ...types.structs,
    `# Method to (parameters, result), then notifications as the sidecar sees them.\n${tables.join('\n')}`,
  ]
    .join('\n\n\n')
    .replace('\n\n\n\n', '\n\n\n')
    .concat('\n');
}
