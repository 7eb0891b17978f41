import { z } from 'zod';
import type { Operation } from '../http/operation.ts';

const LINKED = /^\/(?!api\/)[^:]*$/;

/** What is at the address of the server. */
export const index = z.object({
  name: z.string(),
  version: z.string(),
  api: z.string().describe('The prefix of the API.'),
  links: z.array(z.object({ path: z.string(), summary: z.string() })),
});
type Index = z.output<typeof index>;

/** Whether it can be opened by its path alone. */
const isComplete = ({ query }: Operation): boolean => query === undefined || query.safeParse({}).success;

const isPage = ({ answers }: Operation): boolean => answers[200] === 'text/html';

/** Every page and document that anyone may read, pages first. */
export function indexOf(operations: readonly Operation[], version: string): Index {
  const links = operations
    .filter(
      (operation) =>
        operation.method === 'get' &&
        operation.who === 'anyone' &&
        LINKED.test(operation.path) &&
        operation.path !== '/' &&
        isComplete(operation),
    )
    .toSorted((a, b) => Number(isPage(b)) - Number(isPage(a)) || (a.path < b.path ? -1 : 1))
    .map(({ path, summary }) => ({ path, summary }));
  return { name: 'Skill observation server', version, api: '/api/v1', links };
}

/** The same as a page. All texts are the server's own. */
export const frontPage = ({ name, version, api, links }: Index): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${name}</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/front.css">
  </head>
  <body>
    <main>
      <h1>${name}</h1>
      <p class="quiet">Version ${version}. The API is below <code>${api}</code>.</p>
      <dl>
${links
  .map(
    ({ path, summary }) =>
      `        <div><dt><a href="${path.slice(1)}">${path}</a></dt><dd>${summary}</dd></div>`,
  )
  .join('\n')}
      </dl>
    </main>
  </body>
</html>
`;
