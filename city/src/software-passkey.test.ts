import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { derSignature, SOFTWARE_AAGUID } from './passkey-data.ts';
import { createSoftwarePasskey, importSoftwarePasskey } from './software-passkey.ts';

const site = { rpId: 'localhost', origin: 'http://localhost:8080' };
const expected = { expectedOrigin: site.origin, expectedRPID: site.rpId, requireUserVerification: true };

async function registered() {
  const passkey = await createSoftwarePasskey(site);
  const options = await generateRegistrationOptions({
    rpName: 'Praya',
    rpID: site.rpId,
    userName: 'resident-1',
    supportedAlgorithmIDs: [-7],
  });
  const response: RegistrationResponseJSON = await passkey.register(options);
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: options.challenge,
    ...expected,
  });
  return { passkey, options, response, verified };
}

test('a registration is verified by an independent server, as a backed-up passkey of our AAGUID', async () => {
  const { passkey, verified } = await registered();
  expect(verified.verified).toBe(true);
  expect(verified.registrationInfo).toMatchObject({
    fmt: 'none',
    aaguid: SOFTWARE_AAGUID,
    userVerified: true,
    credentialDeviceType: 'multiDevice',
    credentialBackedUp: true,
    credential: { id: passkey.credentialId, counter: 0 },
  });
});

test('a registration carries the public key in the form of getPublicKey()', async () => {
  const { passkey, response } = await registered();
  const spki = fromBase64Url(response.response.publicKey ?? '');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const key = await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
  expect(await crypto.subtle.exportKey('jwk', key)).toMatchObject(passkey.publicKey);
});

test('an assertion is verified by an independent server', async () => {
  const { passkey, options, verified } = await registered();
  const credential = verified.registrationInfo?.credential;
  const request = await generateAuthenticationOptions({ rpID: site.rpId });
  const response: AuthenticationResponseJSON = await passkey.authenticate(request);
  expect(response.response.userHandle).toBe(options.user.id);
  if (credential === undefined) throw new Error('The registration was not verified');
  const answer = await verifyAuthenticationResponse({
    response,
    credential,
    expectedChallenge: request.challenge,
    ...expected,
  });
  expect(answer.verified).toBe(true);
  expect(answer.authenticationInfo).toMatchObject({ userVerified: true, newCounter: 0 });
});

test('an assertion over a digest carries the digest as its challenge', async () => {
  const { passkey, verified } = await registered();
  const digest = crypto.getRandomValues(new Uint8Array(32));
  const response = await passkey.assertOver(digest);
  const credential = verified.registrationInfo?.credential;
  if (credential === undefined) throw new Error('The registration was not verified');
  const expectedChallenge = toBase64Url(digest);
  const answer = await verifyAuthenticationResponse({ response, credential, expectedChallenge, ...expected });
  expect(answer.verified).toBe(true);
});

test('an assertion over one digest does not verify for another', async () => {
  const { passkey, verified } = await registered();
  const response = await passkey.assertOver(new Uint8Array(32));
  const credential = verified.registrationInfo?.credential;
  if (credential === undefined) throw new Error('The registration was not verified');
  const expectedChallenge = toBase64Url(new Uint8Array(32).fill(1));
  await expect(
    verifyAuthenticationResponse({ response, credential, expectedChallenge, ...expected }),
  ).rejects.toThrow(/challenge/i);
});

test('a passkey that was exported as JSON and imported signs as the same credential', async () => {
  const { passkey, options, verified } = await registered();
  const copy = await importSoftwarePasskey(JSON.parse(JSON.stringify(passkey.export())), site);
  const response = await copy.authenticate({ challenge: options.challenge });
  const credential = verified.registrationInfo?.credential;
  if (credential === undefined) throw new Error('The registration was not verified');
  const answer = await verifyAuthenticationResponse({
    response,
    credential,
    expectedChallenge: options.challenge,
    ...expected,
  });
  expect(answer.verified).toBe(true);
  expect(copy.export()).toEqual(passkey.export());
});

test('a passkey is not imported under the id of another', async () => {
  const [one, other] = [await createSoftwarePasskey(site), await createSoftwarePasskey(site)];
  const mixed = { ...one.export(), credentialId: other.credentialId };
  await expect(importSoftwarePasskey(mixed, site)).rejects.toThrow(TypeError);
});

const creation = {
  challenge: 'AA',
  rp: { id: 'localhost' },
  user: { id: 'AA' },
  pubKeyCredParams: [{ alg: -7 }],
};

test('a passkey is not registered twice', async () => {
  const passkey = await createSoftwarePasskey(site);
  const excludeCredentials = [{ id: passkey.credentialId }];
  await expect(passkey.register({ ...creation, excludeCredentials })).rejects.toMatchObject({
    name: 'InvalidStateError',
  });
});

test('a passkey is not registered where ES256 is not wanted', async () => {
  const passkey = await createSoftwarePasskey(site);
  await expect(passkey.register({ ...creation, pubKeyCredParams: [{ alg: -257 }] })).rejects.toMatchObject({
    name: 'NotSupportedError',
  });
});

test('a passkey answers no site but its own', async () => {
  const passkey = await createSoftwarePasskey(site);
  const foreign = { challenge: 'AA', rpId: 'elsewhere.example' };
  await expect(passkey.authenticate(foreign)).rejects.toMatchObject({ name: 'SecurityError' });
  await expect(passkey.register({ ...creation, rp: { id: 'elsewhere.example' } })).rejects.toMatchObject({
    name: 'SecurityError',
  });
});

test('a passkey that is not among those allowed does not answer', async () => {
  const passkey = await createSoftwarePasskey(site);
  await expect(
    passkey.authenticate({ challenge: 'AA', allowCredentials: [{ id: 'AA' }] }),
  ).rejects.toMatchObject({ name: 'NotAllowedError' });
});

test('a signature in DER holds two positive integers in the fewest bytes', () => {
  const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(half, half, fc.nat(31), (r, s, zeros) => {
      const raw = Uint8Array.from([...r.fill(0, 0, zeros), ...s]);
      const der = derSignature(raw);
      expect([der[0], der[1]]).toEqual([0x30, der.length - 2]);
      const length = der[3] ?? 0;
      const integers = [der.subarray(4, 4 + length), der.subarray(6 + length)];
      const value = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
      expect(integers.map(value)).toEqual([value(raw.subarray(0, 32)), value(raw.subarray(32))]);
      for (const [first = 0, second = 0x80] of integers) {
        expect(first < 0x80 && (first > 0 || second >= 0x80)).toBe(true);
      }
    }),
  );
});
