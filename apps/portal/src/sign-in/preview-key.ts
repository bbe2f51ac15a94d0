const DATABASE = 'praya';
const STORE = 'preview-keys';
const KEY_ID = 'praya_preview_key';
const LIFE_MS = 24 * 60 * 60 * 1000;

type KeptKey = { readonly id: string; readonly madeAt: number; readonly pair: CryptoKeyPair };

export type PreviewPublicKey = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
};
export type PreviewKey = { readonly publicKey: PreviewPublicKey; readonly privateKey: CryptoKey };

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withStore<T>(work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'id' });
  const database = await settled(opening);
  try {
    return await work(database.transaction(STORE, 'readwrite').objectStore(STORE));
  } finally {
    database.close();
  }
}

async function publicHalf(pair: CryptoKeyPair): Promise<PreviewPublicKey> {
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  if (x === undefined || y === undefined) throw new TypeError('The preview key lacks its coordinates');
  return { kty: 'EC', crv: 'P-256', x, y };
}

async function keptPair(): Promise<CryptoKeyPair | null> {
  const id = sessionStorage.getItem(KEY_ID);
  if (id === null) return null;
  const kept = await withStore((store) => settled(store.get(id) as IDBRequest<KeptKey | undefined>));
  return kept?.pair ?? null;
}

async function newPair(): Promise<CryptoKeyPair> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  const kept: KeptKey = { id: crypto.randomUUID(), madeAt: Date.now(), pair };
  await withStore(async (store) => {
    const known = await settled(store.getAll() as IDBRequest<KeptKey[]>);
    for (const old of known) if (old.madeAt < Date.now() - LIFE_MS) store.delete(old.id);
    await settled(store.put(kept));
  });
  sessionStorage.setItem(KEY_ID, kept.id);
  return pair;
}

/**
 * The key to which previews are sealed for this tab. Its private half cannot leave the browser,
 * and a page that is opened anew makes another.
 */
export async function previewKey(): Promise<PreviewKey> {
  const pair = (await keptPair()) ?? (await newPair());
  return { publicKey: await publicHalf(pair), privateKey: pair.privateKey };
}
