import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('./', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

describe('the verifier', () => {
  it.each(sources)('%s imports nothing from outside its folder and nothing of Node', (file) => {
    const code = readFileSync(new URL(file, folder), 'utf8');
    const imported = [...code.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
      ([, from]) => from ?? '',
    );
    const resolved = imported.map((from) => new URL(from, new URL(file, folder)).href);
    expect(imported.filter((from) => !from.startsWith('./') && !from.startsWith('../'))).toEqual([]);
    expect(resolved.filter((href) => !href.startsWith(folder.href))).toEqual([]);
    expect(code).not.toMatch(/\bnode:|\bBuffer\b|\bprocess\.|\brequire\(/);
  });

  it('depends on no package at all', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', folder), 'utf8'));
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
      expect(manifest[kind] ?? {}).toEqual({});
    }
  });

  it('names the codes of its closed list and no others', () => {
    const code = sources.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
    const listed = [...code.matchAll(/^ {2}'([a-z]+\.[a-z-]+)',$/gm)].map(([, name]) => name);
    const used = new Set(
      [...code.matchAll(/unproven\('([^']+)'\)|detail: '([^']+\.[^']+)'/g)].map((m) => m[1] ?? m[2]),
    );
    expect(listed.filter((name) => !used.has(name))).toEqual([]);
  });
});
