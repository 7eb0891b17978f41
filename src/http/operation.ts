import type { z } from 'zod';
import type { RefusalKind } from '../errors.ts';
import { objectIdString } from '../fields.ts';

/** Who may call an operation, from everybody to the fewest. */
export const WHO = [
  'anyone',
  'anyone on this computer',
  'any credentials',
  'any account',
  'staff, candidates after redeeming',
  'owner, staff',
  'owner',
  'staff',
  'issuer, admin',
  'admin',
] as const;
export type Who = (typeof WHO)[number];

/** A body as it is read. */
export interface BodyFacts {
  schema: z.ZodType;
  /** Maximum size in bytes. */
  limit: number;
  /** An empty body counts as `{}`. */
  isOptional: boolean;
}

/** What a step means for whoever calls its route. */
export interface StepFacts {
  who?: Who;
  path?: z.ZodObject;
  query?: z.ZodObject;
  body?: BodyFacts;
  /** Request headers that it reads. */
  headers?: Record<string, z.ZodType>;
  refuses?: readonly RefusalKind[];
}

/** JSON of a schema, or a file of a media type. */
export type Content = z.ZodType | string;
/** What is sent with one status; null if nothing is. */
export type Answer = Content | readonly Content[] | null;
export type Answers = Readonly<Record<number, Answer>>;

/** What the declaration of a route says besides its steps. */
export interface Description<A extends Answers = Answers> {
  /** What it does, in a few words that begin with a verb. */
  summary: string;
  /** What else callers need to know, as Markdown. */
  details?: string;
  answers: A;
  /** What the handler refuses; what the steps refuse is known from them. */
  refuses?: readonly RefusalKind[];
  /** Parameters of the path that are no ids of 24 hex digits. */
  parameters?: Record<string, z.ZodType>;
  /** Headers of the answers. */
  answerHeaders?: Record<string, string>;
  /** Whoever sends valid credentials is known to the handler, although nobody needs any. */
  readsCredentials?: boolean;
  /** A body that is accepted. */
  example?: object;
}

/** A route as its callers know it. Everything that is told about the API follows from these. */
export interface Operation extends Description {
  method: 'get' | 'post' | 'put';
  /** The whole path; a parameter begins with a colon. */
  path: string;
  who: Who;
  parameters: Record<string, z.ZodType>;
  query: z.ZodObject | undefined;
  headers: Record<string, z.ZodType>;
  body: BodyFacts | undefined;
  refuses: readonly RefusalKind[];
}

/** Puts together what a route and its steps say. */
export function describeOperation(
  method: Operation['method'],
  path: string,
  facts: readonly StepFacts[],
  description: Description,
): Operation {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => [name, objectIdString] as const);
  const read = Object.assign({}, ...facts.map((step) => step.path?.shape), description.parameters);
  return {
    ...description,
    method,
    path,
    who: narrowest(facts.flatMap(({ who }) => who ?? [])),
    parameters: { ...Object.fromEntries(named), ...read },
    query: facts.find(({ query }) => query)?.query,
    headers: Object.assign({}, ...facts.map(({ headers }) => headers)),
    body: facts.find(({ body }) => body)?.body,
    refuses: [...facts.flatMap(({ refuses = [] }) => refuses), ...(description.refuses ?? [])],
  };
}

/** Several steps of a route may restrict it. */
function narrowest(all: readonly Who[]): Who {
  return all.reduce<Who>((a, b) => (WHO.indexOf(a) > WHO.indexOf(b) ? a : b), 'anyone');
}
