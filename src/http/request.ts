import getRawBody from 'raw-body';
import type { z } from 'zod';
import { bodyTooLarge, malformedRequest, unsupportedMediaType, validationFailed } from '../errors.ts';
import { parse } from '../validation.ts';
import type { BareContext } from './context.ts';
import type { StepFacts } from './operation.ts';
import { type Step, withFacts } from './routes.ts';

/** Default maximum size of a request body, in bytes. */
const BODY_LIMIT = 64 * 1024;

/** Maximum nesting of objects and lists in a body. Parsing has no limit, but later recursive code may overflow. */
const MAX_NESTING = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Step: reads a JSON body of at most `limit` bytes.
 * @param described what the body may be, for the documents, where `schema` cannot say it
 * @throws Refusal 415, 413, 400 as `readJson` does; 422 listing every field that violates `schema`
 */
export const body = <T extends z.ZodType>(
  schema: T,
  limit = BODY_LIMIT,
  described: z.ZodType = schema,
): Step<{ body: z.output<T> }> =>
  withFacts(bodyFacts(described, limit), async (ctx, next) => {
    ctx.state.body = parse(schema, await readJson(ctx, limit));
    await next();
  });

/**
 * Step: reads a JSON body without validating it.
 * @param described what the body may be, for the documents
 * @throws Refusal as `readJson` does
 */
export const json = (limit: number, described: z.ZodType): Step<{ body: unknown }> =>
  withFacts(bodyFacts(described, limit), async (ctx, next) => {
    ctx.state.body = await readJson(ctx, limit);
    await next();
  });

/** Step: like `json`, but the body is optional; an empty one counts as `{}`, however it is announced. */
export const optionalJson = (limit: number, described: z.ZodType): Step<{ body: unknown }> =>
  withFacts(bodyFacts(described, limit, true), async (ctx, next) => {
    ctx.state.body = await readOptionalJson(ctx, limit);
    await next();
  });

const bodyFacts = (schema: z.ZodType, limit: number, isOptional = false): StepFacts => ({
  body: { schema, limit, isOptional },
  refuses: [malformedRequest, bodyTooLarge, unsupportedMediaType, validationFailed],
});

/** Step: reads the query string. @throws Refusal 422 listing every parameter that violates `schema` */
export const query = <T extends z.ZodObject>(schema: T): Step<{ query: z.output<T> }> =>
  withFacts({ query: schema, refuses: [validationFailed] }, async (ctx, next) => {
    ctx.state.query = parse(schema, { ...ctx.query });
    await next();
  });

/** Step: reads the parameters of the path. @throws Refusal 422 listing every one that violates `schema` */
export const path = <T extends z.ZodObject>(schema: T): Step<{ path: z.output<T> }> =>
  withFacts({ path: schema, refuses: [validationFailed] }, async (ctx, next) => {
    ctx.state.path = parse(schema, ctx.params);
    await next();
  });

/**
 * The parsed body.
 * @throws Refusal 415 for another content type or encoding, 413 above the limit, 400 for invalid UTF-8 or JSON, 422
 * if it nests too deeply
 */
async function readJson(ctx: BareContext, limit: number): Promise<unknown> {
  refuseOtherTypes(ctx);
  const bytes = await readBytes(ctx, limit);
  // A request may wait long for its turn, so what nobody asks for is not kept.
  if (bytes.length > BODY_LIMIT) ctx.state.bytes = bytes;
  return parseJson(bytes);
}

/** Like `readJson`, but an empty body counts as `{}`: some clients announce one by length or type, some in chunks. */
async function readOptionalJson(ctx: BareContext, limit: number): Promise<unknown> {
  const bytes = await readBytes(ctx, limit);
  if (bytes.length === 0) return {};
  refuseOtherTypes(ctx);
  return parseJson(bytes);
}

function refuseOtherTypes(ctx: BareContext): void {
  if (ctx.get('content-encoding') && ctx.get('content-encoding') !== 'identity') {
    throw unsupportedMediaType('Send the body without Content-Encoding.');
  }
  // Nearly every client sends exactly this, and parsing the header costs more than all other checks.
  if (ctx.req.headers['content-type'] === 'application/json') return;
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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the body, which may contain a password.
    const place = /position \d+/.exec((error as Error).message)?.[0];
    throw malformedRequest(`The body is not valid JSON${place ? ` (${place})` : ''}.`);
  }
  if (!isShallow(value, MAX_NESTING)) {
    throw validationFailed([{ path: '', message: `may nest at most ${MAX_NESTING} levels` }]);
  }
  return value;
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
    throw malformedRequest('The body did not arrive completely.');
  }
}
