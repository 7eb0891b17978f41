import fc from 'fast-check';

/** A JSON Schema, as far as the server's documents use it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  examples?: unknown[];
}

/** Longer texts and lists only take time. */
const [LONGEST, MOST_ITEMS] = [300, 3];

/**
 * Values that a schema allows.
 * @param known values for fields of these names, such as ids that exist; each is taken as often as not
 * @param resolve the schema that a reference leads to
 */
export function valuesOf(
  schema: Schema,
  known: Record<string, unknown>,
  resolve: ($ref: string) => Schema,
): fc.Arbitrary<unknown> {
  const from = (each: Schema): fc.Arbitrary<unknown> => {
    if (each.$ref) return from(resolve(each.$ref));
    const choices = each.anyOf ?? each.oneOf;
    if (choices) return fc.oneof(...choices.map(from));
    if (each.const !== undefined) return fc.constant(each.const);
    if (each.enum) return fc.constantFrom(...each.enum);
    if (Array.isArray(each.type)) return fc.oneof(...each.type.map((type) => from({ ...each, type })));
    switch (each.type) {
      case 'object':
        return objects(each);
      case 'array':
        return fc.array(from(each.items ?? {}), {
          minLength: each.minItems ?? 0,
          maxLength: Math.min(each.maxItems ?? MOST_ITEMS, Math.max(MOST_ITEMS, each.minItems ?? 0)),
        });
      case 'string':
        return texts(each);
      case 'integer':
        return fc.integer({ min: each.minimum ?? -1000, max: Math.min(each.maximum ?? 1e9, 2e9) });
      case 'number':
        return numbers(each);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        return fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
    }
  };
  const objects = ({ properties = {}, required = [], additionalProperties }: Schema) => {
    const own = Object.entries(properties).map(([name, each]) => {
      const value = name in known ? fc.oneof(fc.constant(known[name]), from(each)) : from(each);
      return [name, value] as const;
    });
    const more =
      typeof additionalProperties === 'object' && Object.keys(additionalProperties).length === 0
        ? fc.dictionary(fc.stringMatching(/^extra_[a-z]{1,5}$/), fc.oneof(fc.integer(), fc.string()), {
            maxKeys: 2,
          })
        : fc.constant({});
    const record = fc.record(Object.fromEntries(own), { requiredKeys: required });
    return fc.tuple(more, record).map(([extra, named]) => ({ ...extra, ...named }));
  };
  return from(schema);
}

function texts({
  pattern,
  minLength = 0,
  maxLength = LONGEST,
  examples,
  format,
}: Schema): fc.Arbitrary<string> {
  const atMost = Math.min(maxLength, Math.max(LONGEST, minLength));
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= maxLength;
  if (format === 'uuid') return fc.uuid();
  if (pattern) {
    // A quantifier over thousands of characters takes minutes to try out.
    const short = pattern.replace(/\{0,(\d{3,})\}/g, '{0,40}');
    const matching = fc.stringMatching(new RegExp(short, 'u')).filter(fits);
    return examples ? fc.oneof(fc.constantFrom(...(examples as string[])), matching) : matching;
  }
  return fc.string({ unit: 'grapheme', minLength, maxLength: atMost }).filter(fits);
}

function numbers({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Schema): fc.Arbitrary<number> {
  const min = minimum ?? exclusiveMinimum ?? -1e9;
  const max = maximum ?? exclusiveMaximum ?? 1e9;
  return fc
    .double({ min, max, noNaN: true })
    .filter((value) => value !== exclusiveMinimum && value !== exclusiveMaximum);
}
