import type { Command } from './command.ts';

export const demo: Command = { usage: 'praya demo', options: {}, run: async () => 1 };
