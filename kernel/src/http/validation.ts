import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import type { Server } from './server.ts';

// ajv-formats is CommonJS: its function is the default member of what Node imports.
const addFormats = addFormatsModule.default;

/** Bodies are taken as they are; path and query parts are text, so they are converted to their type. */
export function validateBySchema(app: Server): void {
  const strict = compilerOf(new Ajv({ strict: false, allErrors: false, useDefaults: true }));
  const converting = compilerOf(new Ajv({ strict: false, coerceTypes: 'array', useDefaults: true }));
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? strict : converting)(schema));
}

function compilerOf(ajv: Ajv): (schema: object) => ValidateFunction {
  addFormats(ajv);
  const compiled = new WeakMap<object, ValidateFunction>();
  return (schema) => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const validate = ajv.compile(schema);
    compiled.set(schema, validate);
    return validate;
  };
}

/** The field and the rule of each fault, in words of the schema. */
export function fieldErrors(
  faults: readonly Partial<ErrorObject>[],
): { field: string; rule: string; message: string }[] {
  return faults.slice(0, 20).map((fault) => ({
    field: fieldOf(fault),
    rule: String(fault.keyword ?? 'schema'),
    message: String(fault.message ?? 'does not fit the schema'),
  }));
}

function fieldOf(fault: Partial<ErrorObject>): string {
  const path = String(fault.instancePath ?? '').slice(1);
  const member: unknown = fault.params?.missingProperty ?? fault.params?.additionalProperty;
  return [path, typeof member === 'string' ? member : ''].filter((part) => part !== '').join('/') || '(body)';
}
