type FieldFault = { readonly field: string; readonly rule: string; readonly message: string };

/** A refusal of the server, as RFC 9457 problem+json says it. Its title is in the reader's language. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly instance: string | null;
  readonly fields: readonly FieldFault[];

  constructor(about: {
    status: number;
    code: string;
    title: string;
    instance: string | null;
    fields: readonly FieldFault[];
  }) {
    super(about.title);
    this.status = about.status;
    this.code = about.code;
    this.instance = about.instance;
    this.fields = about.fields;
  }
}

/** The server could not be reached at all. */
export class OfflineError extends Error {}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { credentials: 'same-origin', ...init });
  } catch (cause) {
    throw new OfflineError('The server could not be reached', { cause });
  }
}

async function problemOf(response: Response): Promise<ProblemError> {
  const said = (await response.json().catch(() => ({}))) as Partial<{
    title: string;
    code: string;
    instance: string;
    errors: FieldFault[];
  }>;
  return new ProblemError({
    status: response.status,
    code: said.code ?? 'request.fault',
    title: said.title ?? '',
    instance: said.instance ?? null,
    fields: Array.isArray(said.errors) ? said.errors : [],
  });
}

/** Any call; a refusal of the server is thrown as a ProblemError. */
export async function call(path: string, init: RequestInit): Promise<Response> {
  const response = await send(path, init);
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** GET that answers JSON of the shape that the room's contract gives it. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await call(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) });
  return (await response.json()) as T;
}

/** GET that answers a text: a JWS, a signed note. */
export async function getText(path: string): Promise<string> {
  return (await call(path, {})).text();
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' } as const;

/** POST or PATCH of JSON; an empty answer (204) becomes null. */
export async function write<T>(method: 'POST' | 'PATCH', path: string, body: unknown): Promise<T> {
  const response = await call(path, { method, headers: JSON_HEADERS, body: JSON.stringify(body) });
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** POST of JSON under a key: sent twice, it is done once. */
export async function postOnce<T>(path: string, about: { key: string; body: unknown }): Promise<T> {
  const headers = { ...JSON_HEADERS, 'idempotency-key': about.key };
  const response = await call(path, { method: 'POST', headers, body: JSON.stringify(about.body) });
  return (await response.json()) as T;
}

/** POST of a text that is no JSON, under a key. */
export async function sendText<T>(
  path: string,
  about: { key: string; type: string; text: string },
): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': about.type, 'idempotency-key': about.key };
  const response = await call(path, { method: 'POST', headers, body: about.text });
  return (await response.json()) as T;
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return write<T>('POST', path, body);
}

export function patch<T>(path: string, body: unknown): Promise<T> {
  return write<T>('PATCH', path, body);
}

/** A path with its query; parts that are undefined or empty are left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as [string, string]],
  );
  return parts.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(parts)}`;
}

/** Whether asking again could help. */
export function isPassing(error: unknown): boolean {
  return error instanceof OfflineError || (error instanceof ProblemError && error.status >= 500);
}
