import { useEffect, useState } from 'react';
import { z } from 'zod';
import { apiFetch, apiUrl } from '../server/api.js';

const ServersSchema = z.object({ data: z.array(z.object({ name: z.string() })) });

/** The MCP servers that the server lets this page use; none until it has said. */
export function useToolServers(ready: boolean): readonly string[] {
  const [servers, setServers] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!ready) return undefined;
    const abort = new AbortController();
    readServers(abort.signal).then(setServers, () => undefined);
    return () => abort.abort();
  }, [ready]);
  return servers;
}

async function readServers(signal: AbortSignal): Promise<readonly string[]> {
  const response = await apiFetch(apiUrl('v1/mcp'), { signal });
  return ServersSchema.parse(await response.json()).data.map(({ name }) => name);
}
