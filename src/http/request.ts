import getRawBody from 'raw-body';
import type { z } from 'zod';
import {
  bodyTooLarge,
  type FieldError,
  malformedRequest,
  unsupportedMediaType,
  validationFailed,
} from '../errors.ts';
import type { BareContext } from './context.ts';

/** Bytes a request body may have unless a route says otherwise. */
export const BODY_LIMIT = 64 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a JSON body of at most `limit` bytes and parses it by `schema`.
 * @throws Refusal 415 for another content type, 413 above the limit, 400 for what is no UTF-8 or no JSON,
 * 422 naming every field that does not fit.
 */
export async function readBody<T extends z.ZodType>(
  ctx: BareContext,
  schema: T,
  limit = BODY_LIMIT,
): Promise<z.output<T>> {
  return parse(schema, await readJson(ctx, limit));
}

/**
 * Parses the query string by `schema`.
 * @throws Refusal 422 naming every parameter that does not fit.
 */
export function readQuery<T extends z.ZodType>(ctx: BareContext, schema: T): z.output<T> {
  return parse(schema, { ...ctx.query });
}

/** @throws Refusal 422 naming everything in `value` that does not fit `schema`. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw validationFailed(fieldErrors(parsed.error));
  return parsed.data;
}

function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}

async function readJson(ctx: BareContext, limit: number): Promise<unknown> {
  if (!ctx.is('application/json', '+json')) {
    throw unsupportedMediaType('Send a JSON body with "Content-Type: application/json".');
  }
  if (ctx.get('content-encoding') && ctx.get('content-encoding') !== 'identity') {
    throw unsupportedMediaType('Send the body without Content-Encoding.');
  }
  const bytes = await readBytes(ctx, limit);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformedRequest('The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformedRequest(`The body is not valid JSON: ${(error as Error).message}.`);
  }
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
