import { Assertion } from '@praya/consent/contract';
import { everyone } from '@praya/kernel/http/policy';
import { answer } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { idSchema } from '@praya/kernel/id';
import { personal } from '@praya/kernel/personal';
import { type TProperties, Type } from 'typebox';
import { CredentialStatement, changeCredential } from './credential.ts';
import { checkCode, redeemCode } from './enrolment.ts';
import { issueCode } from './issue.ts';
import { lookUp } from './lookup.ts';
import type { Registrar } from './registrar.ts';
import { relayed } from './relayed.ts';
import { sealSubjects } from './subjects.ts';

const Relay = Type.String({ minLength: 20, maxLength: 4000 });
const Sealed = Type.String({ minLength: 20, maxLength: 8000 });
const Code = personal(Type.String({ minLength: 12, maxLength: 30 }));
const PublicKey = personal(Type.Record(Type.String({ maxLength: 10 }), Type.String({ maxLength: 1000 })));

/** The counter's side of the register of persons (formats §13); everything personal in and out is sealed. */
export function registrarRoutes(app: Server, registrar: Registrar): void {
  const path = '/praya/v1/registrar';
  app.post(
    `${path}/lookups`,
    route('Looks a person up for an officer', { query: Sealed }),
    async ({ body }, reply) => {
      const call = { relay: body.relay, purpose: 'lookups' } as const;
      return answer(reply, await relayed(registrar, call, () => lookUp(registrar, body.query)));
    },
  );
  app.post(
    `${path}/enrolments`,
    route('Issues an enrolment code', { lookup: idSchema('lkp') }),
    async ({ body }, reply) => {
      const call = { relay: body.relay, purpose: 'enrolments' } as const;
      return answer(reply, await relayed(registrar, call, () => issueCode(registrar, body.lookup)));
    },
  );
  app.post(
    `${path}/enrolments/check`,
    route('Whether a code would be redeemed', { code: Code }),
    async ({ body }, reply) => {
      const call = { relay: body.relay, purpose: 'enrolments/check' } as const;
      return answer(reply, await relayed(registrar, call, () => checkCode(registrar, body.code)));
    },
  );
  app.post(
    `${path}/enrolments/redeem`,
    route('Redeems a code for a new passkey', {
      code: Code,
      credential: Type.Object({ publicKey: PublicKey }, { additionalProperties: false }),
    }),
    async ({ body }, reply) => {
      const call = { relay: body.relay, purpose: 'enrolments/redeem' } as const;
      const about = { code: body.code, publicKey: body.credential.publicKey };
      return answer(reply, await relayed(registrar, call, () => redeemCode(registrar, about)));
    },
  );
  personRoutes(app, registrar);
}

function personRoutes(app: Server, registrar: Registrar): void {
  const path = '/praya/v1/registrar';
  app.post(
    `${path}/credentials`,
    route('Adds or removes a passkey', {
      handle: Sealed,
      statement: CredentialStatement,
      assertion: Assertion,
    }),
    async ({ body }, reply) => {
      const { relay, ...change } = body;
      const call = { relay, purpose: 'credentials' } as const;
      return answer(
        reply,
        await relayed(registrar, call, (trust) => changeCredential(registrar, trust, change)),
      );
    },
  );
  app.post(
    `${path}/subjects`,
    route('Seals a person to providers', {
      handle: Sealed,
      consent: idSchema('con'),
      audiences: Type.Array(idSchema('org'), { minItems: 1, maxItems: 10, uniqueItems: true }),
    }),
    async ({ body }, reply) => {
      const { relay, ...about } = body;
      const call = { relay, purpose: 'subjects' } as const;
      return answer(reply, await relayed(registrar, call, (trust) => sealSubjects(registrar, trust, about)));
    },
  );
}

function route<P extends TProperties>(summary: string, members: P) {
  return {
    config: { policy: everyone },
    schema: {
      tags: ['registrar'],
      summary,
      body: Type.Object({ relay: Relay, ...members }, { additionalProperties: false }),
    },
  };
}
