import { AwsClient } from 'aws4fetch';
import { sha256 } from '../sha256.ts';

export type S3Options = {
  /** `https://s3.ap-east-1.amazonaws.com`, or where another store of the kind listens */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** before every key, `logs/`; may be empty */
  readonly prefix: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** for one request with all that is tried again of it */
  readonly timeoutMs?: number;
};

/** An object and the tag of this state of it. `intact`: its bytes are those that were put. */
export type S3Object = { readonly bytes: Uint8Array; readonly etag: string; readonly intact: boolean };
/** Only if nothing is there, or only if it is still in the state of this tag. */
export type Condition = { readonly absent: true } | { readonly etag: string };

/** The few requests of S3 that tiles need. Errors: each throws on any answer that it does not know. */
export type S3Bucket = {
  get(key: string): Promise<S3Object | null>;
  /** Answers the new tag; null when the condition does not hold. */
  putIf(key: string, bytes: Uint8Array, condition: Condition): Promise<string | null>;
  remove(key: string): Promise<void>;
  list(prefix: string): AsyncGenerator<{ readonly key: string; readonly size: number }>;
};

const TIMEOUT_MS = 30_000;
const DIGEST = 'x-amz-meta-sha256';

export function openBucket(options: S3Options): S3Bucket {
  const { endpoint, region, bucket, prefix, credentials, timeoutMs = TIMEOUT_MS } = options;
  const client = new AwsClient({ ...credentials, region, service: 's3', retries: 5 });
  const root = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`;
  const ask = (url: string, init: RequestInit): Promise<Response> =>
    client.fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  const urlOf = (key: string): string =>
    `${root}/${(prefix + key).split('/').map(encodeURIComponent).join('/')}`;
  return {
    get: async (key) => {
      const response = await ask(urlOf(key), { method: 'GET' });
      if (response.status === 404) return absent(response);
      await assertOk(response, key);
      const bytes = Buffer.from(await response.arrayBuffer());
      const digest = response.headers.get(DIGEST);
      const intact = digest === null || digest === hex(sha256(bytes));
      return { bytes, etag: response.headers.get('etag') ?? '', intact };
    },
    putIf: async (key, bytes, condition) => {
      const digest = hex(sha256(bytes));
      const headers = {
        'content-type': 'application/octet-stream',
        'x-amz-content-sha256': digest,
        [DIGEST]: digest,
        ...('absent' in condition ? { 'if-none-match': '*' } : { 'if-match': condition.etag }),
      };
      const response = await ask(urlOf(key), { method: 'PUT', headers, body: Buffer.from(bytes) });
      // 409: another request for the key is under way; 404: what was to be replaced is gone
      if ([404, 409, 412].includes(response.status)) return absent(response);
      await assertOk(response, key);
      await response.arrayBuffer();
      return response.headers.get('etag') ?? '';
    },
    remove: async (key) => {
      const response = await ask(urlOf(key), { method: 'DELETE' });
      if (response.status !== 404) await assertOk(response, key);
      await response.arrayBuffer();
    },
    list: async function* (start) {
      for (let token: string | undefined = ''; token !== undefined; ) {
        const query = new URLSearchParams({ 'list-type': '2', prefix: prefix + start });
        if (token !== '') query.set('continuation-token', token);
        const response = await ask(`${root}?${query}`, { method: 'GET' });
        await assertOk(response, start);
        const page = await response.text();
        for (const [, contents = ''] of page.matchAll(/<Contents>(.*?)<\/Contents>/gs))
          yield { key: textIn(contents, 'Key').slice(prefix.length), size: Number(textIn(contents, 'Size')) };
        token = textIn(page, 'IsTruncated') === 'true' ? textIn(page, 'NextContinuationToken') : undefined;
      }
    },
  };
}

async function absent(response: Response): Promise<null> {
  await response.arrayBuffer();
  return null;
}

async function assertOk(response: Response, key: string): Promise<void> {
  if (response.ok) return;
  const code = textIn(await response.text(), 'Code');
  throw new Error(`The object store answers ${response.status} ${code} about ${key}`);
}

/** Of the one shape of XML that S3 answers with: no attributes where this looks, no element in itself. */
function textIn(xml: string, element: string): string {
  const [, text = ''] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  const known: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => known[name] ?? '');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
