import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DEFAULT_MODEL_ID, listModels } from '@mlx/engine/setup';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Command } from '../support/command.js';

const TIMEOUT_MS = 90_000;

function serve(draft: string): Command {
  return new Command(['serve', '--port', '0', '--log-format', 'json', '--draft-model', draft]);
}

async function ask(url: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: DEFAULT_MODEL_ID,
      prompt: 'Once upon a time',
      max_tokens: 8,
      seed: 7,
      ...body,
    }),
  });
  const { choices } = (await response.json()) as { choices?: [{ text: string }] };
  return { status: response.status, text: choices?.[0].text ?? '' };
}

/** The default model in a directory of its own; `change` gets its vocabulary. */
function copyModel(change?: (vocabulary: Record<string, number>) => void): string {
  const source = listModels().find(({ id }) => id === DEFAULT_MODEL_ID)?.directory ?? '';
  const directory = mkdtempSync(join(tmpdir(), 'draft-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const name of readdirSync(source)) {
    if (change === undefined || name !== 'tokenizer.json') {
      symlinkSync(join(source, name), join(directory, name));
      continue;
    }
    const definition = JSON.parse(readFileSync(join(source, name), 'utf8'));
    change(definition.model.vocab);
    writeFileSync(join(directory, name), JSON.stringify(definition));
  }
  return directory;
}

describe('mlx-serve serve --draft-model', { timeout: TIMEOUT_MS }, () => {
  it('serves a model with one that drafts for it, which changes no answer', async () => {
    const draft = copyModel();
    await using command = serve(draft);
    const url = await command.url();
    const answer = await ask(url, {});
    await command.line(/"msg":"Loading .+ to draft for .+"/);
    await command.line(/"msg":"model ready"/);

    expect(answer.text).not.toBe('');
    expect(await ask(url, { draft_model: basename(draft) })).toEqual(answer);
    expect(await ask(url, { draft_model: false })).toEqual(answer);
    expect(await ask(url, { draft_model: 'other' })).toMatchObject({ status: 400 });
    const models = await (await fetch(`${url}/v1/models`)).json();
    expect(models).toMatchObject({ data: [{ id: DEFAULT_MODEL_ID }] });
  });

  it('ends with one line that says why a draft model does not fit', async () => {
    const draft = copyModel((vocabulary) => {
      const [first = '', second = ''] = Object.keys(vocabulary).slice(1000);
      const { [first]: one = 0, [second]: two = 0 } = vocabulary;
      Object.assign(vocabulary, { [first]: two, [second]: one });
    });
    await using command = serve(draft);
    expect(await command.exited).toBe(1);
    const error = command.lines.find((line) => line.startsWith('mlx-serve: '));
    expect(error).toContain(`The draft model ${draft} does not fit ${DEFAULT_MODEL_ID}.`);
    expect(error).toContain('2 of 49152 tokens have other ids');
    expect(command.output).not.toContain('    at ');
  });
});
