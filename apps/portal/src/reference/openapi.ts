/** The parts of an OpenAPI 3.1 document that the reference shows. */
export type Schema = Readonly<Record<string, unknown>>;
export type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
};
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
type OperationObject = {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
};
export type OpenApi = {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
};

export type Answer = {
  readonly status: string;
  readonly description: string;
  readonly schema: Schema | null;
};
export type Operation = {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly type: string; readonly schema: Schema } | null;
  readonly answers: readonly Answer[];
};

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Every operation of the document, in its own order. */
export function operationsOf(document: OpenApi): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation === undefined ? [] : [operationOf(operation, { method, path })];
    }),
  );
}

function operationOf(operation: OperationObject, at: { method: string; path: string }): Operation {
  return {
    method: at.method.toUpperCase(),
    path: at.path,
    tag: operation.tags?.[0] ?? '',
    summary: operation.summary ?? operation.description ?? '',
    parameters: operation.parameters ?? [],
    body: firstSchema(operation.requestBody?.content),
    answers: Object.entries(operation.responses ?? {}).map(([status, response]) => ({
      status,
      description: response.description ?? '',
      schema: firstSchema(response.content)?.schema ?? null,
    })),
  };
}

function firstSchema(content: Content | undefined): { type: string; schema: Schema } | null {
  for (const [type, { schema }] of Object.entries(content ?? {}))
    if (schema !== undefined) return { type, schema };
  return null;
}

/** Operations that hold every word of a search in path, summary, tag or method, by tag. */
export function groupOperations(
  operations: readonly Operation[],
  search: string,
): readonly { readonly tag: string; readonly operations: readonly Operation[] }[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = operations.filter(({ method, path, tag, summary }) => {
    const text = `${method} ${path} ${tag} ${summary}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const tags = [...new Set(wanted.map(({ tag }) => tag))].sort();
  return tags.map((tag) => ({ tag, operations: wanted.filter((operation) => operation.tag === tag) }));
}
