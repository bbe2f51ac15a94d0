import {
  ClientRegistration,
  ConnectorRegistration,
  OrganisationKind,
  PurposeTemplate,
} from '@praya/directory/contract';
import { ConfigError } from '@praya/kernel/config';
import { LocalisedText } from '@praya/kernel/language';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const closed = { additionalProperties: false };
const Slug = Type.String({ pattern: '^[a-z][a-z0-9-]{1,60}$' });
const Coordinate = Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' });

/** A public key as `praya keys new` prints it. */
const PublicKey = Type.Object(
  {
    kty: Type.Literal('EC'),
    crv: Type.Literal('P-256'),
    x: Coordinate,
    y: Coordinate,
    kid: Type.String({ minLength: 1, maxLength: 100 }),
    use: Type.Union([Type.Literal('sig'), Type.Literal('enc')]),
  },
  closed,
);

const FoundingOrganisation = Type.Object(
  {
    slug: Slug,
    kind: OrganisationKind,
    name: LocalisedText,
    keys: Type.Array(PublicKey, { minItems: 1, maxItems: 4 }),
    connector: Type.Optional(ConnectorRegistration),
    clients: Type.Optional(Type.Array(ClientRegistration, { maxItems: 10 })),
    permits: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z][a-z-]{1,60}$' }), { maxItems: 20, uniqueItems: true }),
    ),
  },
  closed,
);

const FoundingDocument = Type.Object(
  {
    operator: Type.Object({ slug: Slug, name: LocalisedText }, closed),
    purposes: Type.Array(PurposeTemplate, { minItems: 1, maxItems: 100 }),
    organisations: Type.Array(FoundingOrganisation, { minItems: 1, maxItems: 200 }),
  },
  closed,
);

/** What a city begins with: its operator, its purposes, and the organisations of the first day. */
export type FoundingDocument = Omit<Static<typeof FoundingDocument>, 'organisations'> & {
  readonly organisations: readonly FoundingOrganisation[];
};
export type FoundingOrganisation = Omit<Static<typeof FoundingOrganisation>, 'kind'> & {
  readonly kind: OrganisationKind;
};

const MOST_FAULTS = 10;

/**
 * Reads a founding document.
 *
 * Errors  ConfigError that names each field and the rule it breaks, and quotes no value
 */
export function readFoundingDocument(text: string): FoundingDocument {
  const candidate = parsed(text);
  if (!Value.Check(FoundingDocument, candidate)) throw wrong(schemaFaults(candidate));
  const document: FoundingDocument = candidate as FoundingDocument;
  const faults = documentFaults(document);
  if (faults.length > 0) throw wrong(faults);
  return document;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError('The founding document is not JSON. Nothing was changed.');
  }
}

function schemaFaults(candidate: unknown): string[] {
  return Value.Errors(FoundingDocument, candidate).map((fault) => {
    const { keyword, instancePath, message } = fault;
    const [member = ''] =
      keyword === 'additionalProperties'
        ? fault.params.additionalProperties
        : keyword === 'required'
          ? fault.params.requiredProperties
          : [];
    const field = `${instancePath}${member === '' ? '' : `/${member}`}`.slice(1) || '(document)';
    if (keyword === 'additionalProperties')
      return member === 'd'
        ? `${field}: a private key has no place here; register its public half`
        : `${field}: is not known here`;
    return keyword === 'required' ? `${field}: is missing` : `${field}: ${message}`;
  });
}

function documentFaults({ organisations, operator }: FoundingDocument): string[] {
  const registrars = organisations.filter(({ connector }) => connector?.registrar === true);
  const faults = organisations.flatMap((one, position) => {
    const at = `organisations/${position}`;
    const examples = one.keys.flatMap(({ x, kid }, place) =>
      x.startsWith('EXAMPLE') || kid.startsWith('EXAMPLE')
        ? [`${at}/keys/${place}: is the key of the example; put the organisation's own there`]
        : [],
    );
    const uses = one.keys.map(({ use }) => use);
    const isDeaf = one.connector !== undefined && !uses.includes('enc');
    return [
      ...(one.kind === 'operator' ? [`${at}/kind: there is one operator, and it stands above`] : []),
      ...(one.slug === operator.slug ? [`${at}/slug: is the operator's`] : []),
      ...(uses.includes('sig') ? [] : [`${at}/keys: one of use sig is missing`]),
      ...(isDeaf ? [`${at}/keys: a connector needs one of use enc`] : []),
      ...examples,
    ];
  });
  return registrars.length === 1
    ? faults
    : [...faults, `organisations: exactly one connector is the registrar, not ${registrars.length}`];
}

function wrong(faults: readonly string[]): ConfigError {
  const more = faults.length > MOST_FAULTS ? [`… and ${faults.length - MOST_FAULTS} more`] : [];
  const lines = [...faults.slice(0, MOST_FAULTS), ...more].map((fault) => `\n  ${fault}`);
  return new ConfigError(`The founding document cannot be used. Nothing was changed.${lines.join('')}`);
}
