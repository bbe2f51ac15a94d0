import type { CheckedData } from '@praya/relying-party/check';
import { type DataQuestion, fetchData } from '@praya/relying-party/fetch-data';
import type { Answer } from '@praya/relying-party/problem';
import type { Customer, GrantedService } from './books.ts';
import type { BankConfig, BankKeys } from './config.ts';
import type { Customers } from './customers.ts';
import type { ServiceProblem } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

/** What asking the exchange needs. */
export type Asking = {
  readonly config: BankConfig;
  readonly keys: BankKeys;
  readonly customers: Customers;
  readonly signIn: Pick<SignIn, 'renew' | 'send'>;
  readonly fetchData?: (question: DataQuestion) => Promise<Answer<CheckedData>>;
};

/** Asks for every granted service at once, keeps what came, and answers which gave nothing and why. */
export async function fetchParticulars(
  asking: Asking,
  customer: Customer,
  language: string,
): Promise<readonly ServiceProblem[]> {
  const { customers, signIn } = asking;
  const { consent, subject } = customer;
  const renewed = await signIn.renew(customer.access);
  if (!renewed.ok) {
    const { kind, title } = renewed.problem;
    return consent.services.map(({ id }) => ({
      service: id,
      status: 0,
      code: `sign-in.${kind}`,
      title: title ?? '',
    }));
  }
  const ask = asker(asking, { customer: { ...customer, access: renewed.access }, language });
  const answers = await Promise.all(
    consent.services.map(async (service) => ({ service: service.id, answer: await ask(service) })),
  );
  const given = answers.flatMap(({ service, answer }) =>
    answer.ok ? [{ service, data: answer.value }] : [],
  );
  await Promise.all(given.map(({ data }) => customers.keepReceipt(data.act, data.receipt)));
  const data = Object.fromEntries(given.map(({ service, data }) => [service, withoutReceipt(data)]));
  await customers.keep(subject, { consentId: consent.id, access: renewed.access, data });
  return answers.flatMap(({ service, answer }) =>
    answer.ok
      ? []
      : [{ service, status: answer.problem.status, code: answer.problem.code, title: answer.problem.title }],
  );
}

function asker(asking: Asking, about: { readonly customer: Customer; readonly language: string }) {
  const { issuer, clientId, anchor } = asking.config;
  const { consent, access } = about.customer;
  const fetch = asking.fetchData ?? fetchData;
  const sending = asking.signIn.send(access);
  // each question hears of a failure itself
  sending.catch(() => undefined);
  return (service: GrantedService) =>
    fetch({
      issuer,
      anchor,
      clientId,
      signingKey: asking.keys.signing,
      encryptionKey: asking.keys.encryption,
      consentId: consent.id,
      service: service.id,
      expectedFields: service.fields,
      language: about.language,
      send: async (url, init) => (await sending)(url, init),
    });
}

function withoutReceipt({ values, asOf, act, provider }: CheckedData) {
  return { values, asOf, act, provider };
}
