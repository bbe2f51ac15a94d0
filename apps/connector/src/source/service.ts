import { digest } from '@praya/kernel/canonical';
import type { LocalisedText } from '@praya/kernel/language';
import Schema from 'typebox/schema';
import type { ServiceConfig, ServiceSource } from '../config.ts';

type Field = {
  readonly name: string;
  readonly column: string;
  readonly title: LocalisedText;
  readonly schema: Readonly<Record<string, unknown>>;
  fits(value: unknown): boolean;
};

/** A data service ready to answer: its schemas compiled, its schema's digest known. */
export type DeclaredService = {
  readonly id: string;
  readonly title: LocalisedText;
  readonly description: LocalisedText;
  readonly source: ServiceSource;
  readonly fields: ReadonlyMap<string, Field>;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly schemaDigest: string;
};

/**
 * A service of the configuration, ready to answer.
 *
 * Shape   its schema is JSON Schema 2020-12 of an object with exactly the declared fields
 * Errors  throws where a field's schema is not one
 */
export function declareService(service: ServiceConfig): DeclaredService {
  const { id, title, description, source } = service;
  const fields = new Map(service.fields.map((field) => [field.name, compile(field)]));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(service.fields.map((field) => [field.name, field.schema])),
  };
  return { id, title, description, source, fields, schema, schemaDigest: digest(schema) };
}

function compile(field: ServiceConfig['fields'][number]): Field {
  const validator = Schema.Compile(field.schema);
  return { ...field, fits: (value) => validator.Check(value) };
}
