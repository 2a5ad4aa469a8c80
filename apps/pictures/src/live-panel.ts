import { setTimeout as pause } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';
import { chromium as playwright } from 'playwright-core';
import type { PicturedServer } from './pictured-server.ts';

/** Charts show the last minute. */
const WATCHED_MS = 50_000;

/** The live panel of the chat page beside a server that several clients keep busy, as PNG. */
export async function livePanel(server: PicturedServer): Promise<Buffer> {
  await using _clients = server.keepBusy(4);
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 720 } });
    await page.goto(server.url);
    await page.getByRole('button', { name: 'Live statistics' }).click();
    await pause(WATCHED_MS);
    return await page.screenshot();
  } finally {
    await browser.close();
  }
}
