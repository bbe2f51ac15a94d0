import type { TSchema } from 'typebox';

/**
 * Marks a field as personal data, once, where it is declared. Logs and problem details leave it out.
 */
export function personal<T extends TSchema>(schema: T): T {
  return { ...schema, 'x-personal': true };
}

type SchemaNode = {
  readonly 'x-personal'?: boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
};

const HIDDEN = '[personal]';
const MESSAGE = '[message]';
// A JWS or JWE in compact form: a token, or something signed about somebody.
const JOSE = /^\s*eyJ[\w-]*(\.[\w-]*){2,4}\s*$/;

/**
 * A copy of a value with every personal field replaced, as its schema says.
 * What the schema does not know is left out too: a field nobody declared is not logged. Nor is a signed or sealed
 * message: whoever reads the log could read it, or use it.
 */
export function redact(schema: TSchema | undefined, value: unknown): unknown {
  return schema === undefined ? undefined : redactNode(schema as SchemaNode, value);
}

function redactNode(node: SchemaNode, value: unknown): unknown {
  if (node['x-personal'] === true) return HIDDEN;
  if (typeof value === 'string') return JOSE.test(value) ? MESSAGE : value;
  if (Array.isArray(value)) return value.map((item) => redactNode(node.items ?? {}, item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const known =
        node.properties?.[key] ?? branchWith(node, key) ?? Object.values(node.patternProperties ?? {})[0];
      return known === undefined ? [] : [[key, redactNode(known, inner)]];
    }),
  );
}

function branchWith(node: SchemaNode, key: string): SchemaNode | undefined {
  const branches = (node.anyOf ?? []).map((branch) => branch.properties?.[key]);
  return (
    branches.find((branch) => branch?.['x-personal'] === true) ??
    branches.find((branch) => branch !== undefined)
  );
}
