import { z } from 'zod';
import { notFound, validationFailed } from '../../errors.ts';
import { lenientWholeNumber } from '../../fields.ts';
import { anyone } from '../../http/access.ts';
import type { ApiRouter } from '../../http/context.ts';
import type { RateLimits } from '../../http/rate-limits.ts';
import { query } from '../../http/request.ts';
import { get, rootRoutes } from '../../http/routes.ts';
import { consistencyRanges, inclusionRanges } from '../../proof/merkle.ts';
import type { LogStore, SignedCheckpoint } from './log-store.ts';

interface LogRoutesServices {
  logStore: LogStore;
  limits: Pick<RateLimits, 'volume'>;
}

/** Maximum number of entries in one answer; each is 44 bytes of it. */
const MAX_ENTRIES = 1000;

const place = lenientWholeNumber(0);
const range = z.strictObject({ from: place.default(0), to: place.optional() });
const proof = z
  .strictObject({ leaf: place.optional(), from: place.optional(), size: place.optional() })
  .refine(({ leaf, from }) => (leaf === undefined) !== (from === undefined), {
    path: ['leaf'],
    error: 'name either leaf, for a proof that the log has it, or from, that it extends that size',
  });

const hash = z.string().describe('SHA-256, base64url.');
const size = z.int().describe('Of the log.');
const entries = z.object({ from: z.int(), size, entries: z.array(hash) });
const proofView = z.object({
  leaf: z.int().optional(),
  from: z.int().optional(),
  size,
  proof: z.array(hash),
});

/** The public log: whoever asks may see that it only grows, and nothing about anybody. */
export function logRoutes({ logStore, limits }: LogRoutesServices): ApiRouter {
  /** @throws Refusal 404 `not_found` before the first checkpoint is signed */
  const newest = async (): Promise<SignedCheckpoint> => {
    const checkpoint = await logStore.findCheckpoint();
    if (!checkpoint) throw notFound('No checkpoint has been signed yet.');
    return checkpoint;
  };
  /** @throws Refusal 422 */
  const signedSize = async (wanted: number | undefined): Promise<number> => {
    const { size } = await newest();
    if (wanted === undefined) return size;
    if (wanted > size) throw outside('size', `must be at most ${size}, the size of the newest checkpoint`);
    return wanted;
  };
  return rootRoutes([
    get(
      '/log/checkpoint',
      [limits.volume, anyone],
      {
        summary: 'Read the newest signed checkpoint of the log',
        details: 'A C2SP tlog-checkpoint in a signed note.',
        answers: { 200: 'text/plain' },
        refuses: [notFound],
      },
      async (ctx) => {
        const { note } = await newest();
        ctx.type = 'text/plain; charset=utf-8';
        ctx.set('Cache-Control', 'no-cache');
        ctx.body = note;
      },
    ),

    get(
      '/log/entries',
      [limits.volume, anyone, query(range)],
      {
        summary: 'Read entries of the log',
        details: 'At most 1000. They name nobody.',
        answers: { 200: entries },
        refuses: [notFound],
      },
      async (ctx) => {
        const { from, to } = ctx.state.query;
        const size = await signedSize(undefined);
        const entries = await logStore.read({ from, to: Math.min(to ?? size, size, from + MAX_ENTRIES) });
        ctx.body = { from, size, entries: entries.map((entry) => entry.toString('base64url')) };
      },
    ),

    get(
      '/log/proof',
      [limits.volume, anyone, query(proof)],
      {
        summary: 'Read a proof that the log has an entry, or that it only grew',
        details: 'Name either `leaf` or `from` (RFC 9162).',
        answers: { 200: proofView },
        refuses: [notFound],
      },
      async (ctx) => {
        const { leaf, from } = ctx.state.query;
        const size = await signedSize(ctx.state.query.size);
        const [what, of] = leaf === undefined ? (['from', from ?? 0] as const) : (['leaf', leaf] as const);
        if (what === 'leaf' ? of >= size : of > size)
          throw outside(what, `is not in a log of ${size} entries`);
        const ranges = what === 'leaf' ? inclusionRanges(of, size) : consistencyRanges(of, size);
        const hashes = await logStore.hashesOfRanges(ranges);
        const path = hashes.map((hash) => hash.toString('base64url'));
        ctx.body = { [what]: of, size, proof: path };
      },
    ),
  ]);
}

const outside = (path: string, message: string) => validationFailed([{ path, message }]);
