import type { Id } from '@praya/kernel/id';
import type { LocalisedText } from '@praya/kernel/language';
import { ok } from '@praya/kernel/result';
import type { ConsentDocument, Consents, ConsentView, ServiceDescription } from '../contract.ts';
import { stateAt } from '../rules.ts';
import type { ConsentRow } from '../store.ts';
import { evidence } from './evidence.ts';
import { ownedBy, type Room } from './room.ts';

/** One consent as its person sees it; one whose chain does not hold is not shown as if it did. */
export async function view(room: Room, about: Parameters<Consents['view']>[0]): ReturnType<Consents['view']> {
  const own = ownedBy(await room.store.find(about.id), about.personId);
  if (!own.ok) return own;
  if (own.value.revision > 0) {
    const chain = await evidence(room, about.id);
    if (!chain.ok) return chain;
  }
  return ok(await showOne(room, own.value));
}

/** Her consents, the newest first. */
export async function ofPerson(
  room: Room,
  page: Parameters<Consents['ofPerson']>[0],
): Promise<readonly ConsentView[]> {
  return show(room, await room.store.ofPerson(page));
}

/** A row with the names that belong to it. */
export async function showOne(room: Room, row: ConsentRow): Promise<ConsentView> {
  const [shown] = await show(room, [row]);
  if (shown === undefined) throw new Error('A row has a view');
  return shown;
}

async function show(room: Room, rows: readonly ConsentRow[]): Promise<ConsentView[]> {
  const ids = new Set(rows.flatMap(({ detail }) => detail.services.map(({ id }) => id)));
  const catalogue = await room.surroundings.services([...ids]);
  const names = organisationNames(room);
  const views: ConsentView[] = [];
  for (const row of rows) {
    const [token] = row.revision > 0 ? await room.store.revisions(row.id) : [];
    const document = token?.document as ConsentDocument | undefined;
    views.push(await viewOf(room, { row, document, catalogue, names }));
  }
  return views;
}

type Names = (id: Id<'org'>) => Promise<LocalisedText>;
type Parts = {
  row: ConsentRow;
  document: ConsentDocument | undefined;
  catalogue: readonly ServiceDescription[];
  names: Names;
};

async function viewOf(room: Room, parts: Parts): Promise<ConsentView> {
  const { row, document, names } = parts;
  const { detail, organisationId: organisation, clientId: client } = row;
  const purpose = document?.purpose ?? (await purposeOf(room, detail.purpose));
  return {
    id: row.id,
    state: stateAt(row, room.now()),
    recipient: { organisation, client, name: document?.recipient.name ?? (await names(organisation)) },
    purpose,
    services: await servicesOf(parts),
    frequency: detail.frequency,
    retention: detail.retention,
    requestedAt: row.requestedAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(),
    revision: row.revision,
  };
}

async function servicesOf({ row, document, catalogue, names }: Parts): Promise<ConsentView['services']> {
  const services: ConsentView['services'] = [];
  for (const asked of row.detail.services) {
    const signed = document?.services.find(({ id }) => id === asked.id);
    const described = catalogue.find(({ id }) => id === asked.id);
    const provider = signed?.provider ?? described?.provider;
    if (provider === undefined || (document !== undefined && signed === undefined)) continue;
    const titles = new Map(described?.fields.map(({ name, title }) => [name, title]));
    services.push({
      id: asked.id,
      title: described?.title ?? plain(asked.id),
      provider: { id: provider, name: await names(provider) },
      fields: (signed?.fields ?? [...asked.required, ...asked.optional]).map((name) => ({
        name,
        title: titles.get(name) ?? plain(name),
        required: asked.required.includes(name),
      })),
      subject: document === undefined ? (row.subjects?.[provider] ?? null) : null,
    });
  }
  return services;
}

async function purposeOf(room: Room, code: string): Promise<ConsentView['purpose']> {
  const template = await room.directory.purpose(code);
  return { code, text: template.ok ? template.value.text : plain(code) };
}

/** The names of organisations, each asked for once. */
export function organisationNames(room: Pick<Room, 'directory'>): Names {
  const known = new Map<string, Promise<LocalisedText>>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const found = room.directory.organisation(id).then((org) => (org.ok ? org.value.name : plain(id)));
    known.set(id, found);
    return found;
  };
}

function plain(text: string): LocalisedText {
  return { en: text, 'zh-Hant': text, 'zh-Hans': text };
}
