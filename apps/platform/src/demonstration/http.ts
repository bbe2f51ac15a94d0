import { createSoftwarePasskey } from '@praya/city/software-passkey';
import { everyone } from '@praya/kernel/http/policy';
import type { Server } from '@praya/kernel/http/server';
import { LocalisedText } from '@praya/kernel/language';
import { personal } from '@praya/kernel/personal';
import { Type } from 'typebox';
import { type DemonstrationPerson, demonstrationKeyOf } from './people.ts';

const DemonstrationResident = Type.Object({
  index: Type.Integer(),
  nameEn: personal(Type.String()),
  nameZh: personal(Type.Union([Type.String(), Type.Null()])),
  office: Type.Boolean(),
  note: LocalisedText,
  passkey: Type.Object({
    credentialId: Type.String(),
    userHandle: Type.Union([Type.String(), Type.Null()]),
    privateKey: Type.Object({
      kty: Type.Literal('EC'),
      crv: Type.Literal('P-256'),
      x: Type.String(),
      y: Type.String(),
      d: Type.String(),
    }),
  }),
});

/** Hands out the demonstration residents and their software passkeys. Registered in a demonstration only. */
export function demonstrationRoutes(
  app: Server,
  about: {
    readonly people: () => readonly DemonstrationPerson[];
    readonly seed: string;
    readonly origin: string;
  },
): void {
  app.get(
    '/api/demonstration/residents',
    {
      config: { policy: everyone },
      schema: {
        tags: ['demonstration'],
        summary: 'Synthetic people with keys that anybody may use',
        response: { 200: Type.Object({ items: Type.Array(DemonstrationResident) }) },
      },
    },
    async () => ({
      items: await Promise.all(
        about.people().map(async (person) => {
          const privateKey = demonstrationKeyOf(about.seed, person);
          const site = { rpId: new URL(about.origin).hostname, origin: about.origin };
          const passkey = await createSoftwarePasskey({ ...site, privateKey });
          return {
            index: person.index,
            nameEn: person.resident.name.en,
            nameZh: person.resident.name.zh,
            office: person.office !== null,
            note: person.note,
            passkey: { credentialId: passkey.credentialId, userHandle: null, privateKey },
          };
        }),
      ),
    }),
  );
}
