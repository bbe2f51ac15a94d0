import { everyone } from '@praya/kernel/http/policy';
import { answer, sendRefusal } from '@praya/kernel/http/problem';
import type { Server } from '@praya/kernel/http/server';
import { Type } from 'typebox';
import type { Connector } from '../connector.ts';
import { exchange } from './exchange.ts';

const Jws = (maxLength: number) => Type.String({ minLength: 20, maxLength });

const ExchangeBody = Type.Object(
  {
    relay: Jws(4000),
    request: Jws(8000),
    consent: Jws(200_000),
    state: Type.Union([Jws(4000), Type.Null()]),
  },
  { additionalProperties: false },
);

/** `POST /praya/v1/exchanges`: open to every caller, since each part proves itself by its signature. */
export function exchangeRoutes(app: Server, connector: Connector): void {
  app.post(
    '/praya/v1/exchanges',
    {
      config: { policy: everyone },
      schema: {
        tags: ['exchange'],
        summary: 'One consented request, relayed',
        body: ExchangeBody,
        response: { 200: Type.Object({ response: Type.String(), payload: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { result, signedRefusal } = await exchange(connector, request.body);
      if (result.ok) return answer(reply, result);
      if (signedRefusal !== undefined) reply.header('praya-refusal', signedRefusal);
      return sendRefusal(reply, result.refusal);
    },
  );
}
