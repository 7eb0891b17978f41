import getRawBody from 'raw-body';
import type { z } from 'zod';
import { bodyTooLarge, malformedRequest, unsupportedMediaType, validationFailed } from '../errors.ts';
import { parse } from '../validation.ts';
import type { BareContext } from './context.ts';

/** Bytes a request body may have unless a route says otherwise. */
export const BODY_LIMIT = 64 * 1024;

/** Levels of objects and lists in a body: parsing takes any number, but what walks them later may not. */
const MAX_NESTING = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body of at most `limit` bytes and parses it by `schema`.
 * @throws Refusal 415 for another content type or encoding, 413 above the limit, 400 for what is no UTF-8 or no
 * JSON, 422 naming every field that does not fit.
 */
export async function readBody<T extends z.ZodType>(
  ctx: BareContext,
  schema: T,
  limit = BODY_LIMIT,
): Promise<z.output<T>> {
  return parse(schema, await peekJson(ctx, limit));
}

/** The body before it is checked, for steps in front of the one that reads it. @throws as `readBody`, not 422 */
export function peekJson(ctx: BareContext, limit = BODY_LIMIT): Promise<unknown> {
  ctx.state.json ??= readJson(ctx, limit);
  return ctx.state.json;
}

export const hasBody = (ctx: BareContext): boolean =>
  ctx.get('transfer-encoding') !== '' || (ctx.request.length ?? 0) > 0;

/**
 * Parses the query string by `schema`.
 * @throws Refusal 422 naming every parameter that does not fit.
 */
export function readQuery<T extends z.ZodType>(ctx: BareContext, schema: T): z.output<T> {
  return parse(schema, { ...ctx.query });
}

async function readJson(ctx: BareContext, limit: number): Promise<unknown> {
  // Nearly every client sends exactly this, and taking the header apart costs more than the rest of the checks.
  if (ctx.req.headers['content-type'] !== 'application/json') refuseOtherTypes(ctx);
  if (ctx.get('content-encoding') && ctx.get('content-encoding') !== 'identity') {
    throw unsupportedMediaType('Send the body without Content-Encoding.');
  }
  const value = parseJson(await readBytes(ctx, limit));
  if (!isShallow(value, MAX_NESTING)) {
    throw validationFailed([{ path: '', message: `may nest at most ${MAX_NESTING} levels` }]);
  }
  return value;
}

function refuseOtherTypes(ctx: BareContext): void {
  if (!ctx.is('application/json', '+json')) {
    throw unsupportedMediaType('Send a JSON body with "Content-Type: application/json".');
  }
  if (!/^(utf-?8|us-ascii)?$/i.test(ctx.request.charset)) {
    throw unsupportedMediaType('Send the body in UTF-8.');
  }
}

function parseJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformedRequest('The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the body, which may hold a password.
    const place = /position \d+/.exec((error as Error).message)?.[0];
    throw malformedRequest(`The body is not valid JSON${place ? ` (${place})` : ''}.`);
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

async function readBytes(ctx: BareContext, limit: number): Promise<Buffer> {
  try {
    return await getRawBody(ctx.req, { limit, length: ctx.get('content-length') || null });
  } catch (error) {
    if ((error as getRawBody.RawBodyError).type === 'entity.too.large') {
      throw bodyTooLarge(`The body may have at most ${limit} bytes.`);
    }
    throw malformedRequest('The body did not arrive whole.');
  }
}
