import { startHouse } from './test-house.ts';

/** One worker process of the replay test: the same room, issuer and database, on a port of its own. */
const settings = JSON.parse(process.env.PRAYA_REPLAY_WORKER ?? '{}');
const house = await startHouse({
  ...settings,
  masterKey: new Uint8Array(Buffer.from(settings.masterKey, 'base64url')),
});
process.on('disconnect', () => process.exit(0));
process.send?.(`ready ${house.issuer}`);
