import type { Id } from '@praya/kernel/id';
import type { LocalisedText } from '@praya/kernel/language';
import { ok, refuse } from '@praya/kernel/result';
import type { ConsentDocument, Consents, ConsentView, ServiceDescription } from '../contract.ts';
import type { ConsentRow } from '../store.ts';
import { standing } from './evidence.ts';
import { ownedBy, type Room } from './room.ts';

/** One consent as its person sees it; one whose chain does not hold is not shown as if it did. */
export async function view(room: Room, about: Parameters<Consents['view']>[0]): ReturnType<Consents['view']> {
  const own = ownedBy(await room.store.find(about.id), about.personId);
  if (!own.ok) return own;
  const shown = await showOne(room, own.value);
  return shown.state === 'tampered' ? refuse('consent.tampered', { detail: about.id }) : ok(shown);
}

/** Her consents, the newest first, each in the state that its chain says. */
export async function ofPerson(
  room: Room,
  page: Parameters<Consents['ofPerson']>[0],
): Promise<readonly ConsentView[]> {
  return show(room, await room.store.ofPerson(page));
}

/** A consent with the names that belong to it, as it is stored now. */
export async function showOne(room: Room, { id }: Pick<ConsentRow, 'id'>): Promise<ConsentView> {
  const [shown] = await show(room, [{ id }]);
  if (shown === undefined) throw new Error('A row has a view');
  return shown;
}

async function show(room: Room, rows: readonly Pick<ConsentRow, 'id'>[]): Promise<ConsentView[]> {
  const chains = await room.store.findChains(rows.map(({ id }) => id));
  const ids = new Set(chains.flatMap(({ row }) => row.detail.services.map(({ id }) => id)));
  const catalogue = await room.surroundings.services([...ids]);
  const names = organisationNames(room);
  const keys = chains.some(({ revisions }) => revisions.length > 0) ? await room.signer.published() : [];
  const checking = { ...room, signer: { ...room.signer, published: async () => keys } };
  return Promise.all(
    chains.map(async (stored) => {
      const state = await standing(checking, stored);
      const signed = state === 'tampered' ? undefined : stored.revisions[0]?.document;
      return viewOf(room, {
        row: stored.row,
        state,
        document: signed as ConsentDocument | undefined,
        catalogue,
        names,
      });
    }),
  );
}

type Names = (id: Id<'org'>) => Promise<LocalisedText>;
type Parts = {
  row: ConsentRow;
  state: ConsentView['state'];
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
    state: parts.state,
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

async function servicesOf({
  row,
  state,
  document,
  catalogue,
  names,
}: Parts): Promise<ConsentView['services']> {
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
      subject: state === 'requested' ? (row.subjects?.[provider] ?? null) : null,
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
