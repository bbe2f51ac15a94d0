import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

type Stored = { bytes: Buffer; readonly etag: string; readonly meta: Record<string, string> };
type Request = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};
type Answer = {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
};

/** An object store that speaks as much S3 as tiles need, and is strict about it: signatures, digests, conditions. */
export type TestBucket = AsyncDisposable & {
  readonly endpoint: string;
  readonly objects: Map<string, Stored>;
  /** the requests so far, `PUT 412` */
  readonly answered: string[];
  /** answers of the coming requests instead of what would be answered; `after`: it is done all the same */
  /** headers that it does not know, as older stores do not know conditions */
  readonly unknown: Set<string>;
  readonly instead: { readonly status: number; readonly after?: boolean }[];
};

const PAGE = 7;

export async function openTestBucket(about: {
  readonly region: string;
  readonly bucket: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}): Promise<TestBucket> {
  const objects: TestBucket['objects'] = new Map();
  const instead: { status: number; after?: boolean }[] = [];
  const answered: string[] = [];
  const unknown = new Set<string>();
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
    const request = {
      method: incoming.method ?? '',
      url,
      headers: incoming.headers,
      body: Buffer.concat(chunks),
    };
    const other = instead.shift();
    const signed = isSigned(request, about);
    const real = !signed
      ? { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' }
      : other === undefined || other.after === true
        ? answer({ ...request, headers: without(request.headers, unknown) }, about.bucket, objects)
        : { status: other.status };
    const given = signed && other !== undefined ? { status: other.status } : real;
    answered.push(`${request.method} ${given.status}`);
    send(response, given);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    answered,
    unknown,
    instead,
    [Symbol.asyncDispose]: close,
  };
}

function without(
  headers: IncomingMessage['headers'],
  unknown: ReadonlySet<string>,
): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !unknown.has(name)));
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers).end(body);
}

function answer(request: Request, bucket: string, objects: TestBucket['objects']): Answer {
  const path = decodeURIComponent(request.url.pathname);
  if (path === `/${bucket}` && request.method === 'GET') return listed(request.url.searchParams, objects);
  if (!path.startsWith(`/${bucket}/`))
    return { status: 404, body: '<Error><Code>NoSuchBucket</Code></Error>' };
  const key = path.slice(bucket.length + 2);
  const stored = objects.get(key);
  if (request.method === 'PUT') return put(request, key, objects);
  if (request.method === 'DELETE') {
    objects.delete(key);
    return { status: 204 };
  }
  if (stored === undefined) return { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
  return { status: 200, headers: { etag: stored.etag, ...stored.meta }, body: stored.bytes };
}

function put({ headers, body }: Request, key: string, objects: TestBucket['objects']): Answer {
  const stored = objects.get(key);
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  if (headers['if-none-match'] === '*' && stored !== undefined) return { status: 412 };
  if (headers['if-match'] !== undefined && stored === undefined) return { status: 404 };
  if (headers['if-match'] !== undefined && stored?.etag !== headers['if-match']) return { status: 412 };
  const meta = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  objects.set(key, {
    bytes: body,
    etag,
    meta: Object.fromEntries(meta.map(([name, value]) => [name, String(value)])),
  });
  return { status: 200, headers: { etag } };
}

function listed(query: URLSearchParams, objects: TestBucket['objects']): Answer {
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString();
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
    .sort();
  const page = keys.slice(0, PAGE);
  const contents = page
    .map((key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.bytes.length}</Size></Contents>`)
    .join('\n');
  const next = Buffer.from(page.at(-1) ?? '').toString('base64');
  const more = keys.length > PAGE;
  const truncated = `<IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}`;
  return {
    status: 200,
    body: `<?xml version="1.0"?><ListBucketResult>${truncated}${contents}</ListBucketResult>`,
  };
}

/** AWS Signature Version 4, from its specification; and the digest of the body, where one is given. */
function isSigned(
  { method, url, headers, body }: Request,
  about: {
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  },
): boolean {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, id, day = '', region = '', names = '', signature = ''] =
    parts.exec(headers.authorization ?? '') ?? [];
  const digest = String(headers['x-amz-content-sha256']);
  const date = String(headers['x-amz-date']);
  if (id !== about.credentials.accessKeyId || region !== about.region || !date.startsWith(day)) return false;
  if (digest !== 'UNSIGNED-PAYLOAD' && digest !== sha256(body)) return false;
  // what decides about a write has to be signed
  const decisive = Object.keys(headers).filter((name) => name.startsWith('x-amz-') || name === 'host');
  if (decisive.some((name) => !names.split(';').includes(name))) return false;
  const query = [...url.searchParams]
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .sort()
    .join('&');
  const canonicalHeaders = names
    .split(';')
    .map((name) => `${name}:${String(headers[name]).trim()}\n`)
    .join('');
  const path = decodeURIComponent(url.pathname).split('/').map(encoded).join('/');
  const canonical = [method, path, query, canonicalHeaders, names, digest].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(Buffer.from(canonical))].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from(`AWS4${about.credentials.secretAccessKey}`),
  );
  const expected = createHmac('sha256', key).update(text).digest();
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'));
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
