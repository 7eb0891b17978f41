import { z } from 'zod';

/** A JSON Schema, or any other part of a document. */
export type Json = Record<string, unknown>;

/** Whether a schema describes what is sent to the server, or what the server sends. */
type Direction = 'input' | 'output';

/**
 * Makes JSON Schemas of the schemas that judge and shape what is sent. A schema with an `id` becomes a component of its
 * own, to which the others refer.
 */
export class JsonSchemas {
  readonly #components = new Map<string, Json>();
  /** Many operations have the same ones, and each conversion takes a while. */
  readonly #converted = { input: new Map<z.ZodType, Json>(), output: new Map<z.ZodType, Json>() };
  readonly #isClosed: boolean;

  /**
   * @param isClosed whether the objects that the server sends have no other field than the named ones. Clients are not
   * told so, because a later release may add some; tests are.
   */
  constructor(isClosed: boolean) {
    this.#isClosed = isClosed;
  }

  /** Every component so far, by its name. */
  get components(): Json {
    return Object.fromEntries([...this.#components].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @throws Error if two different schemas have the same `id` */
  convert(schema: z.ZodType, io: Direction): Json {
    const known = this.#converted[io].get(schema);
    if (known) return known;
    const json = this.#convertAnew(schema, io);
    this.#converted[io].set(schema, json);
    return json;
  }

  #convertAnew(schema: z.ZodType, io: Direction): Json {
    const { $defs = {}, ...json } = this.#toJson(schema, io);
    for (const [name, component] of Object.entries($defs)) this.#add(name, referring(component));
    return referring(json);
  }

  #toJson(schema: z.ZodType, io: Direction): Json & { $defs?: Record<string, Json> } {
    const { $schema: _, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: (each) => this.#describe(each.zodSchema, each.jsonSchema, io),
    }) as Json;
    return json;
  }

  #add(name: string, component: Json): void {
    const known = this.#components.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(component)) {
      throw new Error(`Two different schemas are called "${name}".`);
    }
    this.#components.set(name, component);
  }

  #describe(schema: z.core.$ZodTypes, json: z.core.JSONSchema.BaseSchema, io: Direction): void {
    const { def } = schema._zod;
    const documentAs = z.globalRegistry.get(schema)?.['documentAs'] as Json | undefined;
    if (documentAs) replace(json, documentAs);
    else if (def.type === 'date') replace(json, { type: 'string', format: 'date-time', examples: [MOMENT] });
    else if (def.type === 'pipe' && io === 'input' && isUnknown(def.in)) {
      replace(json, this.#toJson(def.out as unknown as z.ZodType, io));
    }
    delete json['documentAs'];
    // What every number in JSON is needs no saying.
    if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
    if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
    if (io === 'output' && json.type === 'object' && !this.#isClosed) {
      if (json.additionalProperties === false) delete json.additionalProperties;
    }
  }
}

const MOMENT = '2026-01-31T09:30:00.000Z';

/** Whether a schema looks at a value before it is parsed, and so says nothing of its shape. */
function isUnknown(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'unknown' || (def.type === 'pipe' && isUnknown(def.in));
}

function replace(json: Json, other: Json): void {
  for (const key of Object.keys(json)) delete json[key];
  Object.assign(json, other);
}

/** The same with references to the components of the document. */
function referring(json: Json): Json {
  const text = JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/');
  return JSON.parse(text) as Json;
}
