import { type ConsentEvidence, DETAIL_TYPE } from '@praya/consent/contract';
import { expectValue, ok, refuse } from '@praya/kernel/result';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Rooms } from '../rooms.ts';
import type { ConsentStep } from './http.ts';

const ANSWER_MS = 300_000;

/** The identity room's interactions, as the consent step needs them. */
export function consentStep({ identity, consents }: Rooms, issuer: string): ConsentStep {
  const { interactions } = identity;
  const rpId = new URL(issuer).hostname;
  return {
    async standing(request, reply) {
      const found = await interactions.find(browserOf(request, reply));
      if (!found.ok) return found;
      const { uid, personId, requestUri } = found.value;
      if (personId === null || requestUri === null) return refuse('identity.interaction-step');
      const consent = await consents.byHandle(requestUri);
      return consent.ok ? ok({ uid, personId, consentId: consent.value }) : consent;
    },
    async finish(request, reply, evidence) {
      const detail = grantedDetail(evidence, issuer);
      return expectValue(await interactions.finishConsent(browserOf(request, reply), { detail })).redirectTo;
    },
    async refuse(request, reply) {
      return expectValue(await interactions.abort(browserOf(request, reply))).redirectTo;
    },
    requestOptions: (challenge) => ({ challenge, rpId, userVerification: 'required', timeout: ANSWER_MS }),
    signIn: ({ personId, uid }) => identity.signInOf({ personId, interaction: uid }),
  };
}

function browserOf(request: FastifyRequest, reply: FastifyReply) {
  const { uid } = request.params as { uid: string };
  return { uid, request: request.raw, response: reply.raw };
}

// What stands in the token response: what she granted, and nothing that she left out. docs/formats.md §1.
function grantedDetail({ document }: ConsentEvidence, issuer: string) {
  return {
    type: DETAIL_TYPE,
    locations: [`${issuer}/exchange/v1`],
    consent_id: document.id,
    services: document.services.map(({ id, fields }) => ({ id, fields })),
    purpose: document.purpose.code,
    frequency: document.frequency,
    expires_at: document.expiresAt,
    retention: document.retention,
    encryption_key: document.recipient.encryptionKey,
  };
}
