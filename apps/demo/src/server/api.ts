import { create } from 'zustand';

const STORAGE_KEY = 'mlx-chat-key';

interface KeyState {
  readonly key: string;
  /** The server refused the key, or the lack of one. */
  readonly refused: boolean;
}

/** The API key of this server, where it wants one. */
export const useKey = create<KeyState>(() => ({
  key: localStorage.getItem(STORAGE_KEY) ?? sessionStorage.getItem(STORAGE_KEY) ?? '',
  refused: false,
}));

export function setKey(key: string, remember: boolean): void {
  localStorage.removeItem(STORAGE_KEY);
  sessionStorage.removeItem(STORAGE_KEY);
  if (key !== '') (remember ? localStorage : sessionStorage).setItem(STORAGE_KEY, key);
  useKey.setState({ key, refused: false });
}

/** Relative to the page, so that it also works below a path of a proxy. */
export function apiUrl(path: string): URL {
  return new URL(path, document.baseURI);
}

/** `fetch` with the key. */
export async function apiFetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
  const { key } = useKey.getState();
  const headers = new Headers(init.headers);
  if (key !== '') headers.set('authorization', `Bearer ${key}`);
  const response = await fetch(url, { ...init, headers });
  if (response.status === 401 && useKey.getState().key === key) useKey.setState({ refused: true });
  return response;
}
