import type { Answer, Call, City } from './city.ts';

/** What the pretended server does for a route; `parts` are the path's parts under the stars of its pattern. */
export type Handler = (
  city: City,
  call: Call & { readonly parts: readonly string[] },
) => Answer | Promise<Answer>;

export const good = (json: unknown): Answer => ({ status: 200, json });

export const page = (items: readonly unknown[]): Answer => good({ items, next: null });
