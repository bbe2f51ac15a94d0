import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  files,
  type Import,
  importsIn,
  importsOf,
  installedManifests,
  packageOf,
  packages,
  reachableFrom,
  resolveImport,
  root,
  textOf,
} from './support/source-tree.ts';

const ROOMS = packages.filter(({ folder }) => folder.startsWith('services/'));
const ROOM_NAMES = ROOMS.map(({ name }) => name.replace('@praya/', ''));
const APPS = packages.filter(({ folder }) => folder.startsWith('apps/')).map(({ name }) => name);
const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'];
const README_HEADINGS = ['Purpose', 'Words', 'Door', 'Events', 'Tables', 'Sources', 'Not here'];

const code = files.filter((file) => /\.(ts|tsx|js)$/.test(file));
const sources = code.filter((file) => !isTest(file));
const imports = code.flatMap(importsOf);

describe('walls', () => {
  // A wall that reads nothing stands for nothing.
  test('every form of import is read', () => {
    const forms = [
      "import 'a';",
      "import type { B } from 'b';",
      "import { type C, c } from 'c';",
      "import {\n  d,\n} from 'd';",
      "export { e } from 'e';",
      "export const f = () => import('f');",
      "import g, * as h from 'g';",
    ];
    const read = importsIn(forms.join('\n'), 'x.ts').map(({ to, erased }) => (erased ? `${to} erased` : to));
    expect(read.sort()).toEqual(['a', 'b erased', 'c', 'd', 'e', 'f', 'g']);
    expect(imports.some(({ to }) => to === '@praya/kernel/result')).toBe(true);
  });

  test('the kernel and the standards lean on nothing of ours', () => {
    const floors = imports.filter(({ from }) => /^(kernel|standards)\//.test(from) && !isTest(from));
    expect(written(floors.filter((one) => leavesPackage(one)))).toEqual([]);
  });

  test('a room leans on the kernel, the standards and the contracts of others; its tests also on fakes', () => {
    const fromRooms = imports.filter(
      ({ from, to }) => from.startsWith('services/') && to.startsWith('@praya/'),
    );
    expect(written(fromRooms.filter((one) => !mayLean(one)))).toEqual([]);
  });

  test('only the platform and tests open the doors /service and /http of a room', () => {
    const opening = imports.filter(({ to }) => isRoomDoor(to, 'service') || isRoomDoor(to, 'http'));
    const strangers = opening.filter(({ from }) => !from.startsWith('apps/platform/') && !isTest(from));
    expect(written(strangers)).toEqual([]);
  });

  test('a package is entered by its doors, not by a path that climbs into it', () => {
    const climbing = imports.filter(
      ({ from, to }) => to.startsWith('.') && leavesPackage({ from, to, erased: false }),
    );
    expect(written(climbing.filter(({ from }) => !isTest(from)))).toEqual([]);
  });

  test('every door that is used is there', () => {
    const ours = imports.filter(({ to }) => to.startsWith('@praya/'));
    const closed = ours.filter((one) => {
      const target = resolveImport(one);
      return target === undefined || !existsSync(join(root, target));
    });
    expect(written(closed)).toEqual([]);
  });

  test('nobody leans on an app', () => {
    const toApps = imports.filter(({ to }) => APPS.some((app) => to === app || to.startsWith(`${app}/`)));
    expect(written(toApps.filter(({ from }) => !isTest(from)))).toEqual([]);
  });

  test('the portal opens no door of a room but /contract', () => {
    const doors = imports.filter(
      ({ from, to }) => from.startsWith('apps/portal/') && roomOf(to) !== undefined,
    );
    expect(written(doors.filter(({ to }) => !to.endsWith('/contract')))).toEqual([]);
  });

  test('nothing that the portal or the verifier runs with needs Node', () => {
    const inBrowser = sources.filter((file) => /^(apps\/portal|clients\/verifier)\/src\//.test(file));
    const { foreign } = reachableFrom(inBrowser);
    expect(written(foreign.filter(({ to }) => to.startsWith('node:')))).toEqual([]);
  });

  test('the verifier has no dependencies', () => {
    const verifier = packages.find(({ name }) => name === '@praya/verifier');
    expect(verifier?.dependencies).toEqual({});
  });

  test('no package leans on itself by way of others', () => {
    const leaning = new Map(packages.map(({ name, dependencies }) => [name, ours(dependencies)]));
    expect(
      packages.map(({ name }) => circleThrough(name, leaning)).filter((circle) => circle.length > 0),
    ).toEqual([]);
  });
});

describe('rooms', () => {
  test.each(ROOMS.map(({ folder }) => folder))(
    '%s has its page, with the fixed headings in order',
    (folder) => {
      const page = `${folder}/README.md`;
      const headings = existsSync(join(root, page))
        ? Array.from(textOf(page).matchAll(/^## (.+)$/gm), ([, heading = '']) => heading.trim())
        : [];
      expect(headings).toEqual(README_HEADINGS);
    },
  );

  test.each(ROOMS.map(({ folder }) => folder))('%s has its four doors and its messages', (folder) => {
    const { exports } = packageOf(`${folder}/package.json`);
    expect(Object.keys(exports).sort()).toEqual(
      expect.arrayContaining(['./contract', './fake', './http', './service']),
    );
    expect(files.filter((file) => file.startsWith(`${folder}/src/messages/`)).length).toBe(LANGUAGES.length);
  });

  test.each(ROOM_NAMES)(
    'every refusal of %s has a sentence, and begins with the name of the room',
    async (room) => {
      const { REFUSALS }: { REFUSALS: Record<string, number> } = await import(
        join(root, 'services', room, 'src', 'contract.ts')
      );
      const codes = Object.keys(REFUSALS);
      const sentences = messages(`services/${room}/src/messages/en.json`);
      expect(codes.filter((refusal) => !refusal.startsWith(`${room}.`))).toEqual([]);
      expect(codes.filter((refusal) => sentences[refusal] === undefined)).toEqual([]);
    },
  );

  test('migrations are numbered from 0001 without a gap', () => {
    const byFolder = Map.groupBy(
      files.filter((file) => /\/migrations\/[^/]+$/.test(file)),
      (file) => file.slice(0, file.lastIndexOf('/')),
    );
    for (const [folder, members] of byFolder) {
      const names = members.map((file) => file.slice(folder.length + 1));
      expect(names.filter((name) => !/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.sql$/.test(name))).toEqual([]);
      expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(
        names.map((_name, position) => position + 1),
      );
    }
  });
});

describe('words', () => {
  const folders = [...new Set(files.filter(isMessages).map((file) => file.slice(0, file.lastIndexOf('/'))))];

  test.each(folders)('%s says the same things in every language', (folder) => {
    const keys = LANGUAGES.map((language) => Object.keys(messages(`${folder}/${language}.json`)).sort());
    expect(keys[1]).toEqual(keys[0]);
    expect(keys[2]).toEqual(keys[0]);
  });

  test('no sentence is empty', () => {
    const empty = folders.flatMap((folder) =>
      LANGUAGES.flatMap((language) =>
        Object.entries(messages(`${folder}/${language}.json`))
          .filter(([, text]) => text.trim() === '')
          .map(([key]) => `${folder} ${language} ${key}`),
      ),
    );
    expect(empty).toEqual([]);
  });

  // "1 consent" may leave out the number that other languages write.
  test('a sentence has the same blanks in every language, except where it speaks of one', () => {
    const odd = folders.flatMap((folder) => {
      const [first = {}, ...others] = LANGUAGES.map((language) => messages(`${folder}/${language}.json`));
      return Object.entries(first)
        .filter(
          ([key, text]) =>
            !key.endsWith('.one') && others.some((other) => blanks(other[key]) !== blanks(text)),
        )
        .map(([key]) => `${folder} ${key}`);
    });
    expect(odd).toEqual([]);
  });

  test('every refusal of the HTTP floor has a sentence', async () => {
    const { HTTP_REFUSALS } = await import('@praya/kernel/http/problem');
    const said = folders.flatMap((folder) => Object.keys(messages(`${folder}/en.json`)));
    expect(Object.keys(HTTP_REFUSALS).filter((refusal) => !said.includes(refusal))).toEqual([]);
  });
});

describe('files', () => {
  test('there is no index, and no folder or file for leftovers', () => {
    const leftovers =
      /(^|\/)(index\.(ts|tsx|js)|(utils?|helpers?|common|misc|shared|managers?|impl)(\/|\.(ts|tsx|js)$))/;
    expect(code.filter((file) => leftovers.test(file))).toEqual([]);
  });

  test('no source file is longer than 300 lines', () => {
    const long = files.filter((file) => /\.(ts|tsx|js|sql|css)$/.test(file) && !isTest(file));
    expect(long.filter((file) => textOf(file).split('\n').length > 301)).toEqual([]);
  });

  test('names are in kebab-case', () => {
    const named = code.map((file) => file.slice(file.lastIndexOf('/') + 1));
    expect(named.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)+$/.test(name))).toEqual([]);
  });

  test('no path of one machine is written down', () => {
    const machinePath = /(?<![\w.}/-])\/(home|root|Users|work|workspace)\/[\w.-]/;
    const written = files.filter((file) => /\.(ts|tsx|js|sql|css|html|md|json|sh)$/.test(file));
    expect(written.filter((file) => file !== 'package-lock.json' && machinePath.test(textOf(file)))).toEqual(
      [],
    );
  });

  test('what is unfinished is an issue, not a remark', () => {
    const remark = new RegExp(`\\b(${['TO' + 'DO(?!\\(#\\d)', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b`);
    expect(code.filter((file) => remark.test(textOf(file)))).toEqual([]);
  });

  test('every link from one page to a file leads somewhere', () => {
    const pages = files.filter((file) => file.endsWith('.md'));
    expect(pages.flatMap(deadLinks)).toEqual([]);
  });

  test('a test file that SECURITY.md names is there', () => {
    const named = textOf('SECURITY.md').match(/`[\w./-]+\.test\.tsx?`/g) ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !existsSync(join(root, name.slice(1, -1))))).toEqual([]);
  });
});

describe('dependencies', () => {
  const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
  const FREE = ['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MPL-2.0', '0BSD'];
  // Each with its reason; docs/adr has the longer one where we chose it ourselves.
  const EXCEPTIONS: Readonly<Record<string, string>> = {
    'postgres Unlicense': 'dedicated to the public domain; ADR 0003',
    'isbot Unlicense': 'dedicated to the public domain; comes with @tanstack/react-router',
    'argparse Python-2.0': 'permissive; comes with js-yaml for knip, at build time only',
    'glob BlueOak-1.0.0': 'permissive; comes with @fastify/static',
    '@isaacs/nonrecursive-glob-match BlueOak-1.0.0': 'permissive; comes with glob',
    'path-scurry BlueOak-1.0.0': 'permissive; comes with glob',
    'minimatch BlueOak-1.0.0': 'permissive; comes with glob',
    'lru-cache BlueOak-1.0.0': 'permissive; comes with glob',
    'minipass BlueOak-1.0.0': 'permissive; comes with glob',
    '@fontsource-variable/noto-sans-hk OFL-1.1': 'a font, embedded in certificates; ADR 0019',
    '@fontsource-variable/noto-sans-sc OFL-1.1': 'a font, embedded in certificates; ADR 0019',
    'pako MIT AND Zlib': 'permissive, both; comes with subset-font',
    'png-js none': 'MIT by its LICENSE file; comes with pdfkit',
  };

  test('every version is pinned exactly', () => {
    const loose = packages.flatMap(({ name, dependencies, devDependencies, optionalDependencies }) =>
      Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, version]) => !EXACT.test(version))
        .map(([dependency, version]) => `${name}: ${dependency} ${version}`),
    );
    expect(loose).toEqual([]);
  });

  test('a library that two packages use has one version', () => {
    const used = packages.flatMap((one) => Object.entries({ ...one.dependencies, ...one.devDependencies }));
    const versions = Map.groupBy(used, ([name]) => name);
    const split = [...versions].filter(([, uses]) => new Set(uses.map(([, version]) => version)).size > 1);
    expect(split.map(([name]) => name)).toEqual([]);
  });

  test('every package of ours is Apache-2.0', () => {
    const licences = packages.map(({ folder }) => JSON.parse(textOf(join(folder, 'package.json'))).license);
    expect(new Set(licences)).toEqual(new Set(['Apache-2.0']));
  });

  test('every installed package is free to use, or is listed here with a reason', () => {
    const strange = installedManifests()
      .map(({ folder, manifest }) => ({
        folder,
        name: String(manifest['name']),
        licence: licenceOf(manifest),
      }))
      .filter(({ licence }) => !licence.split(' OR ').some((one) => FREE.includes(one.trim())))
      .filter(({ name, licence }) => EXCEPTIONS[`${name} ${licence}`] === undefined);
    expect(strange).toEqual([]);
  });
});

// Tests, and what exists for them alone: a folder `testing`, `test-….ts`, `….suite.ts`, the process that a test starts.
function isTest(file: string): boolean {
  return /\.test\.tsx?$|^(tests|bench)\/|\/testing\/|\/(test-[a-z-]+|[a-z-]+-suite|[a-z-]+-worker)\.tsx?$/.test(
    file,
  );
}

function leavesPackage(one: Import): boolean {
  const target = resolveImport(one);
  return target !== undefined && packageOf(target) !== packageOf(one.from);
}

function roomOf(to: string): string | undefined {
  return ROOM_NAMES.find((room) => to.startsWith(`@praya/${room}/`));
}

function isRoomDoor(to: string, door: string): boolean {
  return roomOf(to) !== undefined && to.endsWith(`/${door}`);
}

function mayLean({ from, to }: Import): boolean {
  if (/^@praya\/(kernel|tlog|scitt)\//.test(to) || isRoomDoor(to, 'contract')) return true;
  return isTest(from) && (isRoomDoor(to, 'fake') || /^@praya\/(city|verifier|relying-party)\//.test(to));
}

function ours(dependencies: Readonly<Record<string, string>>): string[] {
  return Object.keys(dependencies).filter((name) => name.startsWith('@praya/'));
}

function circleThrough(start: string, leaning: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set(leaning.get(start));
  for (const name of seen) for (const next of leaning.get(name) ?? []) seen.add(next);
  return seen.has(start) ? [start, ...seen] : [];
}

function isMessages(file: string): boolean {
  return /\/messages\/[^/]+\.json$/.test(file);
}

function messages(file: string): Readonly<Record<string, string>> {
  return existsSync(join(root, file)) ? JSON.parse(textOf(file)) : {};
}

function blanks(text = ''): string {
  return [...new Set(text.match(/\{\w+\}/g))].sort().join(' ');
}

function deadLinks(page: string): string[] {
  const prose = textOf(page).replaceAll(/```[\s\S]*?```/g, '');
  const targets = Array.from(
    prose.matchAll(/\]\(([^)\s]+)\)/g),
    ([, target = '']) => target.split('#')[0] ?? '',
  );
  return targets
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .filter((target) => !existsSync(join(root, page, '..', target)))
    .map((target) => `${page} → ${target}`);
}

function licenceOf(manifest: Record<string, unknown>): string {
  const { license, licenses } = manifest as { license?: unknown; licenses?: { type: string }[] };
  if (typeof license === 'string') return license.replaceAll(/[()]/g, '');
  if (typeof license === 'object' && license !== null && 'type' in license) return String(license.type);
  return (licenses ?? []).map(({ type }) => type).join(' OR ') || 'none';
}

function written(found: readonly Import[]): string[] {
  return found.map(({ from, to }) => `${from} → ${to}`);
}
