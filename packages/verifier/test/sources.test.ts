// SPDX-License-Identifier: Apache-2.0
// Copyright The Stepseal Authors

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import {
  SeededRandom,
  type StreamBuilder,
  segmentBytes,
  setAttributes,
  splitSegment,
  TestWriter,
  writeOne,
} from '@stepseal/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { VerifierError } from '../src/errors.ts';
import { readRecords } from '../src/records.ts';
import type { Report } from '../src/report.ts';
import { directorySource, segmentSource } from '../src/sources/file-source.ts';
import { memorySource } from '../src/sources/memory-source.ts';
import { ndjsonSource } from '../src/sources/ndjson-source.ts';
import type { Source } from '../src/sources/source.ts';
import { adoptedWriter, closedWriter, type Files, said, verifySources } from './support.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function put(files: Files, below = directory): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(below, path)), { recursive: true });
    writeFileSync(join(below, path), bytes);
  }
}

const SOURCE_UNREADABLE: unknown = expect.objectContaining({ code: 'SOURCE_UNREADABLE' });

describe('a directory', () => {
  test('is searched down to six levels; what lies deeper is said to be unread', async () => {
    const writer = closedWriter('source/depth');
    put(writer.files(), join(directory, 'a/b/c/d'));
    expect(said(await verifySources([directorySource(directory)], writer))).toEqual([]);
    mkdirSync(join(directory, 'a/b/c/d/e/f/g/h'), { recursive: true });
    const report = await verifySources([directorySource(directory)], writer);
    expect(said(report)).toEqual(['incomplete UNREADABLE']);
    expect(report.findings[0]?.source).toBe(join(directory, 'a/b/c/d/e/f/g'));
  });

  test.skipIf(process.getuid?.() === 0)('of which a part is denied is incomplete', async () => {
    const writer = closedWriter('source/denied');
    put(writer.files());
    const locked = join(directory, 'locked');
    mkdirSync(locked, { mode: 0o000 });
    try {
      expect(said(await verifySources([directorySource(directory)], writer))).toEqual(['incomplete UNREADABLE']);
    } finally {
      chmodSync(locked, 0o700);
    }
  });

  test('whose segment cannot be opened is incomplete, and the others are verified', async () => {
    const writer = closedWriter('source/dangling');
    put(writer.files());
    symlinkSync(join(directory, 'nowhere'), join(directory, 'x.ndjson'));
    mkdirSync(join(directory, 'y.ndjson'));
    execFileSync('mkfifo', [join(directory, 'z.ndjson')]);
    const report = await verifySources([directorySource(directory)], writer);
    expect(said(report)).toEqual(['incomplete UNREADABLE', 'incomplete UNREADABLE']);
    expect(report.findings.map(({ source }) => source).sort()).toEqual(
      ['x.ndjson', 'z.ndjson'].map((name) => join(directory, name)),
    );
    expect(report.records).toBe(writer.streams[0]?.stream.number);
  });

  test('may hold links, also such as lead in a circle', async () => {
    const writer = closedWriter('source/links');
    const elsewhere = mkdtempSync(join(tmpdir(), 'stepseal-test-'));
    try {
      put(writer.files(), elsewhere);
      symlinkSync(elsewhere, join(directory, 'archive'));
      symlinkSync(directory, join(elsewhere, 'back'));
      const report = await verifySources([directorySource(directory)], writer);
      expect(said(report)).toEqual([]);
      expect(report.records).toBeGreaterThan(0);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  test('that is none, or is not there, is an error of the caller', () => {
    expect(() => directorySource(join(directory, 'none'))).toThrow(VerifierError);
    writeFileSync(join(directory, 'file'), '');
    expect(() => directorySource(join(directory, 'file'))).toThrow(/not a directory/);
  });

  test('whose file is gone when it is opened has no such file', async () => {
    const writer = closedWriter('source/gone');
    put(writer.files());
    const gone = join(directory, 'gone.ndjson');
    writeFileSync(gone, 'x\n');
    const { segments, ...rest } = directorySource(directory);
    const racing: Source = {
      ...rest,
      async segments() {
        const found = await segments();
        rmSync(gone, { force: true });
        return found;
      },
    };
    expect(said(await verifySources([racing], writer))).toEqual([]);
  });

  test('whose file is denied behind its first bytes is incomplete', async () => {
    const writer = closedWriter('source/denied later');
    put(writer.files());
    writeFileSync(join(directory, 'x.ndjson'), closedWriter('source/other').streams[0]?.bytes ?? '');
    const { segments, ...rest } = directorySource(directory);
    let opened = 0;
    const failing: Source = {
      ...rest,
      segments: async () =>
        (await segments()).map((segment) => ({
          ...segment,
          open() {
            if (segment.name.endsWith('x.ndjson') && opened++ % 2 === 1)
              throw new VerifierError('SOURCE_UNREADABLE', 'denied');
            return segment.open();
          },
        })),
    };
    expect(said(await verifySources([failing], writer))).toEqual(['incomplete UNREADABLE']);
  });

  test('with file names that a shell would take for something else gives commands that only read', async () => {
    const writer = closedWriter('source/names');
    const [first] = writer.streams;
    const tampered = setAttributes(first?.stream.lines ?? [], 3, { 'step_up.method': 'totp' });
    const name = "x'; touch pwned; echo '$(touch pwned) `touch pwned`.ndjson";
    writeFileSync(join(directory, name), segmentBytes(tampered));
    const report = await verifySources([directorySource(directory)], writer);
    const [finding] = report.findings;
    expect(finding?.code).toBe('MODIFIED');
    const output = execFileSync('sh', ['-c', finding?.reproduce ?? 'false'], { cwd: directory });
    expect(output.toString()).toContain('audit.sequence.number');
    expect(readdirSync(directory)).toEqual([name]);
  });
});

describe('one segment', () => {
  test('that is not there is an error of the caller', async () => {
    const source = segmentSource(join(directory, 'none.ndjson'));
    await expect(verifySources([source], closedWriter('source/none'))).rejects.toEqual(SOURCE_UNREADABLE);
  });

  test('that is a directory or a pipe is an error of the caller, and nobody waits for it', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    for (const path of [directory, join(directory, 'pipe')])
      await expect(verifySources([segmentSource(path)], closedWriter('source/kind'))).rejects.toEqual(
        SOURCE_UNREADABLE,
      );
  });

  test('makes no claim that its neighbours are there, even beside a directory that does', async () => {
    const writer = closedWriter('source/neighbours');
    writer.clock.advance(5_000);
    writeOne(writer.start(), '9');
    writer.close();
    const other = closedWriter('source/whole');
    put(other.files());
    const path = join(mkdtempSync(join(tmpdir(), 'stepseal-test-')), 'x.ndjson');
    writeFileSync(path, writer.streams[1]?.bytes ?? '');
    try {
      const report = await verifySources([directorySource(directory), segmentSource(path)], writer);
      expect(said(report)).toEqual(['incomplete STREAM_MISSING']);
    } finally {
      rmSync(dirname(path), { recursive: true });
    }
  });
});

describe('an export', () => {
  async function exported(writer: TestWriter, bytes: Uint8Array | string): Promise<Report> {
    const source = ndjsonSource(Readable.from([Buffer.from(bytes)]));
    try {
      return await verifySources([source], writer);
    } finally {
      await source.dispose?.();
    }
  }

  const text = (writer: TestWriter): string =>
    [...writer.files().values()].map((bytes) => Buffer.from(bytes).toString()).join('');
  const lines = (writer: TestWriter): string[] => text(writer).trimEnd().split('\n');

  test('in any order, each line once or more often, is whole', async () => {
    const writer = adoptedWriter('export/order');
    const random = new SeededRandom('export/order');
    const all = [...lines(writer), ...lines(writer)];
    for (let index = all.length - 1; index > 0; index--) {
      const other = random.below(index + 1);
      [all[index], all[other]] = [all[other] ?? '', all[index] ?? ''];
    }
    expect(said(await exported(writer, `${all.join('\n')}\n`))).toEqual(['info ADOPTED']);
  });

  test('with line ends of another system, empty lines and none at its end is whole', async () => {
    const writer = adoptedWriter('export/crlf');
    expect(said(await exported(writer, `\r\n${lines(writer).join('\r\n\n')}`))).toEqual(['info ADOPTED']);
  });

  test('in chunks of one byte is the same', async () => {
    const writer = closedWriter('export/chunks');
    const bytes = Buffer.from(text(writer));
    const source = ndjsonSource(Readable.from(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))));
    expect(said(await verifySources([source], writer))).toEqual([]);
    await source.dispose?.();
  });

  test('of a record that holds chain attributes in a map of its own is no alarm', async () => {
    const writer = new TestWriter({ label: 'export/nested' });
    const stream = writeOne(writer.start(), '1');
    for (const number of [1n, 3n, 999n])
      stream.record('shop.order', {
        aaa: {
          type: 'map',
          value: new Map([
            ['audit.sequence.number', { type: 'int', value: number }],
            ['audit.sequence.previous_hash', { type: 'string', value: '0'.repeat(64) }],
            ['audit.sequence.stream_id', { type: 'string', value: '01a19b7c-a680-7cdc-97d0-a685476c2feb' }],
          ]),
        },
      });
    writeOne(stream, '2').seal();
    writer.close();
    expect(said(await exported(writer, text(writer)))).toEqual([]);
    expect(said(await verifySources([memorySource(writer.files())], writer))).toEqual([]);
  });

  test.each([
    ['of a record', '{"attributes":{"audit.action":{"string'],
    ['of a note', '{"note":"demo.bank/str'],
    ['that names its stream', undefined],
    ['of nothing but zeros', '\0'.repeat(100)],
  ])('made by cat of a torn file %s and the one that adopted it is whole', async (_, torn) => {
    const label = `export/torn ${_}`;
    const next = lines(adoptedWriter(label)).find((line) => line.includes('"audit.sequence.number":{"intValue":"8"}'));
    const writer = adoptedWriter(label, Buffer.from(torn ?? (next ?? '').slice(0, -30)));
    expect(said(await verifySources([memorySource(writer.files())], writer))).toEqual(['info ADOPTED']);
    expect(said(await exported(writer, text(writer)))).toEqual(['info ADOPTED']);
    const joined = [...writer.files().values()].map((bytes) => `${Buffer.from(bytes).toString().trimEnd()}\n`);
    expect(said(await exported(writer, joined.join('')))).toEqual(['info ADOPTED']);
  });

  test.each(['', '{"attributes":{"audit.action":{"string'])(
    'of a stream that crashed before %j holds a line behind its end that its successor did not find',
    async (torn) => {
      const writer = adoptedWriter(`export/behind ${torn}`, Buffer.from(torn));
      const end = writer.streams[0]?.stream.number ?? 0;
      const last = lines(writer).find((line) => line.includes(`"audit.sequence.number":{"intValue":"${end}"}`)) ?? '';
      for (const number of [end + 1, 9_999]) {
        const stray = last
          .replace(`"audit.sequence.number":{"intValue":"${end}"}`, `"audit.sequence.number":{"intValue":"${number}"}`)
          .replace(/("audit\.sequence\.previous_hash":\{"stringValue":")[0-9a-f]{64}/, `$1${'a'.repeat(64)}`);
        expect(stray).not.toBe(last);
        const report = await exported(writer, `${text(writer).trimEnd()}\n${stray}\n`);
        expect(said(report)).toEqual(['tampered TRAILING_DATA']);
        expect(report.findings[0]).toMatchObject({ from: end, to: end });
      }
    },
  );

  test('with lines of strangers among those of a trusted stream says what it could not place', async () => {
    const writer = closedWriter('export/mixed');
    const report = await exported(writer, `${text(writer)}{"message":"hello"}\nnot JSON\n`);
    expect(report.grade).toBe('CANNOT_VERIFY');
    expect(report.streams).toMatchObject([{ trusted: true, state: 'closed' }]);
  });

  test('with a record missing, changed or added is tampered with', async () => {
    const writer = closedWriter('export/tampered');
    const all = lines(writer);
    const changed = all.map((line) => line.replace('"step_up.challenged"', '"step_up.x"'));
    const added = [...all, all[4]?.replace('"passed"', '"failed"')];
    for (const some of [all.toSpliced(4, 1), changed, added])
      expect((await exported(writer, some.join('\n'))).grade).toBe('TAMPERED');
  });

  test('names the export itself in its findings, not the files that it was sorted into', async () => {
    const writer = closedWriter('export/named');
    const path = join(directory, "it's.ndjson");
    writeFileSync(path, lines(writer).toSpliced(4, 1).join('\n'));
    const source = ndjsonSource(path);
    const report = await verifySources([source], writer);
    await source.dispose?.();
    const [finding] = report.findings;
    expect(finding).toMatchObject({ code: 'RECORD_MISSING', source: path });
    expect(finding?.offset).toBeUndefined();
    expect(execFileSync('sh', ['-c', finding?.reproduce ?? 'false']).toString()).toContain('audit.sequence.number');
  });

  test('of an overlong line, a million streams or random bytes ends in a verdict', async () => {
    const writer = closedWriter('export/hostile');
    const random = new SeededRandom('export/hostile');
    const ids = Array.from(
      { length: 3_000 },
      (_, index) =>
        `{"attributes":{"audit.sequence.stream_id":{"stringValue":"01a19b7c-a680-7cdc-97d0-${String(index).padStart(12, '0')}"}}}`,
    );
    for (const bytes of [
      Buffer.alloc(9 << 20, 'x'),
      Buffer.from(ids.join('\n')),
      random.bytes(50_000),
      Buffer.from('"audit.sequence.stream_id":{"stringValue":"../../../../../../../../../etc/passwd0"}\n'),
    ])
      expect((await exported(writer, bytes)).exitCode).toBe(3);
  });

  test('that is not there is an error of the caller', async () => {
    const source = ndjsonSource(join(directory, 'none'));
    await expect(verifySources([source], closedWriter('export/none'))).rejects.toEqual(SOURCE_UNREADABLE);
    await source.dispose?.();
  });

  test('leaves nothing behind', async () => {
    const own = join(directory, 'tmp');
    mkdirSync(own);
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = own;
    try {
      await exported(closedWriter('export/rest'), text(closedWriter('export/rest')));
      expect(readdirSync(own)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });
});

describe('the records of a source', () => {
  test('are listed with hash and place, well-formed ones only', async () => {
    const writer = closedWriter('records/list');
    const { stream, path, bytes } = writer.streams[0] as { stream: StreamBuilder; path: string; bytes: Uint8Array };
    const files = new Map([[path, Buffer.concat([Buffer.from('junk\n'), bytes, Buffer.from('{"attributes":')])]]);
    const numbers: (number | undefined)[] = [];
    for await (const record of readRecords(memorySource(files))) {
      numbers.push(record.number);
      expect(record).toMatchObject({ streamId: stream.streamId, source: path });
    }
    expect(numbers).toEqual(splitSegment(bytes).flatMap((line) => (line.kind === 'record' ? [line.number] : [])));
  });

  test('without a line end do not pile up in memory', async () => {
    let longest = 0;
    const source: Source = {
      description: '',
      complete: false,
      segments: () =>
        Promise.resolve([
          {
            name: 'x',
            open: () => ({
              read(target, at, position) {
                longest = Math.max(longest, target.length);
                const count = Math.max(0, Math.min(target.length - at, (64 << 20) - position));
                target.fill(0x78, at, at + count);
                return count;
              },
              close() {},
            }),
          },
        ]),
    };
    let kept = 0;
    const concat = vi.spyOn(Buffer, 'concat').mockImplementation((parts) => {
      const size = parts.reduce((sum, part) => sum + part.length, 0);
      kept = Math.max(kept, size);
      return Buffer.alloc(size, 0x78);
    });
    try {
      for await (const record of readRecords(source)) expect(record).toBeUndefined();
    } finally {
      concat.mockRestore();
    }
    expect(kept).toBeLessThanOrEqual(4 << 20);
    expect(longest).toBeLessThanOrEqual(4 << 20);
  });

  test('of a file that is removed meanwhile are those that could be read', async () => {
    const writer = closedWriter('records/gone');
    put(writer.files());
    writeFileSync(join(directory, 'x.ndjson'), '');
    const source = directorySource(directory);
    const segments = await source.segments();
    unlinkSync(join(directory, 'x.ndjson'));
    const records: number[] = [];
    for await (const record of readRecords({ ...source, segments: () => Promise.resolve(segments) }))
      records.push(record.number ?? 0);
    expect(records.length).toBe(writer.streams[0]?.stream.number);
  });
});
