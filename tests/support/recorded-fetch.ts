/** One HTTP exchange of this process. */
export type Recorded = {
  readonly method: string;
  readonly url: URL;
  readonly sent: { readonly headers: Headers; readonly body: string };
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
};

/** Keeps every exchange that `fetch` makes in this process, until disposed of. */
export function recordFetch(): Disposable & { readonly exchanges: readonly Recorded[] } {
  const original = globalThis.fetch;
  const exchanges: Recorded[] = [];
  globalThis.fetch = async (input, init) => {
    const response = await original(input, init);
    exchanges.push({
      method: init?.method ?? 'GET',
      url: new URL(String(input instanceof Request ? input.url : input)),
      sent: { headers: new Headers(init?.headers), body: String(init?.body ?? '') },
      status: response.status,
      headers: response.headers,
      body: await response.clone().text(),
    });
    return response;
  };
  return {
    exchanges,
    [Symbol.dispose]: () => {
      globalThis.fetch = original;
    },
  };
}
