import type { FastifyRequest } from 'fastify';

/** An office that a person holds: in which organisation, with which roles. */
export type Office = { readonly organisationId: string; readonly roles: readonly string[] };

/** Who is calling. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'person';
      readonly personId: string;
      readonly sessionId: string;
      readonly offices: readonly Office[];
    }
  | {
      readonly kind: 'client';
      readonly clientId: string;
      readonly organisationId: string;
      /** what a program's own token is for; a token that a resident's consent gave has none */
      readonly scope?: string;
    };

/** Who may call a route. Each route names one, and a test walks every route as every kind of caller. */
export type Policy = { readonly name: string; allows(principal: Principal): boolean };

export const everyone: Policy = { name: 'everyone', allows: () => true };

export const person: Policy = { name: 'person', allows: (principal) => principal.kind === 'person' };

export const client: Policy = {
  name: 'client',
  allows: (principal) => principal.kind === 'client' && principal.scope === undefined,
};

/** A program of an organisation, with a token of its own for this scope alone. */
export function program(scope: string): Policy {
  return {
    name: `program(${scope})`,
    allows: (principal) => principal.kind === 'client' && principal.scope === scope,
  };
}

/** Whoever one of the policies lets in. */
export function anyOf(...policies: readonly Policy[]): Policy {
  return {
    name: policies.map(({ name }) => name).join(' or '),
    allows: (principal) => policies.some((policy) => policy.allows(principal)),
  };
}

/** A person who holds the role in some organisation; the room checks in which. */
export function officer(...roles: readonly string[]): Policy {
  return {
    name: `officer(${roles.join('|')})`,
    allows: (principal) =>
      principal.kind === 'person' &&
      principal.offices.some((office) => roles.some((role) => office.roles.includes(role))),
  };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call this route. A route without one does not register. */
    policy?: Policy;
    /** Left out of the OpenAPI document and of request validation: the route is another library's. */
    foreign?: boolean;
  }
  interface FastifyRequest {
    principal: Principal;
  }
}

/** The person behind a request whose policy already let only persons in. */
export function personOf(request: FastifyRequest): Extract<Principal, { kind: 'person' }> {
  if (request.principal.kind !== 'person') throw new Error('This route is not for persons alone');
  return request.principal;
}

/** The client behind a request whose policy already let only clients in. */
export function clientOf(request: FastifyRequest): Extract<Principal, { kind: 'client' }> {
  if (request.principal.kind !== 'client') throw new Error('This route is not for clients alone');
  return request.principal;
}
