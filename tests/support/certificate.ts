import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = {
  commonName: '0603550403',
  ecdsaWithSha256: '06082a8648ce3d040302',
  basicConstraints: '0603551d13',
  subjectAltName: '0603551d11',
};
const TRUE = '0101ff';

/** A certificate for `localhost` that signs itself, for one day, as a test's proxy shows it. Source: RFC 5280 §4.1 */
export function localhostCertificate(): { readonly certificate: string; readonly privateKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, hex(OID.ecdsaWithSha256));
  const name = der(
    SEQUENCE,
    der(SET, der(SEQUENCE, hex(OID.commonName), der(0x0c, Buffer.from('localhost')))),
  );
  const now = Date.now();
  const validity = der(SEQUENCE, time(now - 60_000), time(now + 86_400_000));
  const extensions = der(
    SEQUENCE,
    der(SEQUENCE, hex(OID.basicConstraints), hex(TRUE), der(0x04, der(SEQUENCE, hex(TRUE)))),
    der(SEQUENCE, hex(OID.subjectAltName), der(0x04, der(SEQUENCE, der(0x82, Buffer.from('localhost'))))),
  );
  const content = der(
    SEQUENCE,
    der(0xa0, hex('020102')),
    der(0x02, Buffer.concat([hex('01'), randomBytes(8)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, extensions),
  );
  const signature = der(0x03, hex('00'), sign('sha256', content, privateKey));
  return {
    certificate: pem(der(SEQUENCE, content, algorithm, signature)),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
  };
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
