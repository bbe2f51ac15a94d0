import { type Command, type Invocation, textOf } from './command.ts';
import { demoLedger } from './demo/ledger.ts';
import { demoMainJob } from './demo/main-job.ts';

const PLAYS: Readonly<Record<string, (invocation: Invocation) => Promise<number>>> = {
  '': demoMainJob,
  ledger: demoLedger,
};

/** Plays over the protocols in a city of its own, and checks every proof. */
export const demo: Command = {
  usage: `praya demo [ledger] [--json]

Starts a small city of its own and plays in it over the protocols, with a software passkey. Nothing of it is left
afterwards.

  praya demo          the main job: a bank asks, she agrees, the data comes; every signature and proof is
                      verified, and then the delivered values are looked for in everything that the gateway held
  praya demo ledger   an officer notarises a document, a stranger verifies it offline, she revokes, it is seen;
                      then document, receipt, database, tiles and the log itself are tampered with, and each
                      attempt is caught and named

  --json   ends with one line of JSON`,
  options: {},
  async run(invocation) {
    const [name, ...others] = invocation.positionals;
    const play = PLAYS[textOf(name, '')];
    if (play !== undefined && others.length === 0) return play(invocation);
    console.error(this.usage);
    return 2;
  },
};
