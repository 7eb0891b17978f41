import { expect, it } from 'vitest';
import { startTestServer } from '../support/server.ts';

const server = await startTestServer();
const ask = (headers: Record<string, string> = {}) => fetch(`${server.url}/client/v1.js`, { headers });

it('the server gives the module to pages of any origin, as one file that imports nothing', async () => {
  const response = await ask({ origin: 'https://anywhere.example' });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  const text = await response.text();
  const module = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  expect(Object.keys(module).sort()).toEqual(['Attempt', 'Refused']);
});

it('whoever has it already is told so, and gets it again if it has changed', async () => {
  const etag = (await ask()).headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[\w-]{43}"$/);
  // As browsers ask; without it Node's fetch adds that it does not want to know.
  const revalidate = (tag: string) => ask({ 'if-none-match': tag, 'cache-control': 'max-age=0' });
  const again = await revalidate(etag);
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect((await revalidate('"another"')).status).toBe(200);
});
