import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeClock } from '../../testing/fake-clock.js';
import { openFilesIn } from '../../testing/spool.js';
import { temporaryDirectory } from '../../testing/temporary-directory.js';
import { SpoolDirectory } from '../directory/directory.js';
import { formatName, newOrigin, thisHolder } from '../directory/owner.js';
import type { SpoolFiles } from '../segment/segment-writer.js';
import { Journal, type RecordPosition } from './journal.js';
import { leftIn } from './recovery.js';

const holder = thisHolder();

/** A journal whose segments are full after a few batches. */
function newJournal(files?: SpoolFiles): {
  journal: Journal;
  directory: SpoolDirectory;
  path: string;
  reopen(): Journal;
} {
  const directory = new SpoolDirectory(temporaryDirectory());
  const origin = newOrigin(1);
  const created = directory.create({ origin, holder });
  const open = (): Journal =>
    new Journal({ directory, origin, path: created, clock: new FakeClock(), maxSegmentBytes: 400, files });
  return { journal: open(), directory, path: created, reopen: open };
}

async function left(journal: Journal): Promise<{ bodies: string[]; places: RecordPosition[]; damaged: number }> {
  const bodies: string[] = [];
  const places: RecordPosition[] = [];
  let damaged = 0;
  const onDamage = (): void => {
    damaged += 1;
  };
  for await (const place of leftIn(journal, onDamage, onDamage)) {
    bodies.push(String(await journal.read(place)));
    places.push(place);
  }
  return { bodies, places, damaged };
}

/** What the journal is held against: bodies in order, and which are done. */
interface Model {
  readonly appended: Map<string, boolean>;
}

class Real {
  readonly #made = newJournal();
  journal = this.#made.journal;
  places = new Map<string, RecordPosition>();

  /** The process is gone, and what it had in memory; another takes over. `torn` bytes of a batch were still written. */
  async crash(torn: number): Promise<{ bodies: string[]; damaged: number }> {
    const [last] = fs.readdirSync(this.#made.path).sort().reverse();
    if (last && torn > 0) fs.appendFileSync(path.join(this.#made.path, last), Buffer.alloc(torn, 0xf5));
    this.journal = this.#made.reopen();
    const { bodies, damaged, places } = await left(this.journal);
    this.places = new Map(places.map((place, index) => [bodies[index] ?? '', place]));
    return { bodies, damaged };
  }
}

type Command = fc.AsyncCommand<Model, Real>;

const outstanding = (model: Model): string[] => [...model.appended].filter(([, done]) => !done).map(([body]) => body);

class Append implements Command {
  readonly #size: number;
  constructor(size: number) {
    this.#size = size;
  }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const body = `${model.appended.size}:${'x'.repeat(this.#size)}`;
    model.appended.set(body, false);
    real.places.set(body, real.journal.append(Buffer.from(body), 1));
  }
  toString = (): string => `append ${this.#size}`;
}

class Ack implements Command {
  readonly #which: number;
  constructor(which: number) {
    this.#which = which;
  }
  check = (model: Readonly<Model>): boolean => outstanding(model).length > 0;
  async run(model: Model, real: Real): Promise<void> {
    const open = outstanding(model);
    const body = open[this.#which % open.length] ?? '';
    model.appended.set(body, true);
    const place = real.places.get(body);
    expect(place).toBeDefined();
    if (place) real.journal.acknowledge(place);
  }
  toString = (): string => `ack ${this.#which}`;
}

class Rotate implements Command {
  check = (): boolean => true;
  async run(_model: Model, real: Real): Promise<void> {
    real.journal.closeSegment();
  }
  toString = (): string => 'rotate';
}

class Crash implements Command {
  readonly #torn: number;
  constructor(torn: number) {
    this.#torn = torn;
  }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    expect((await real.crash(this.#torn)).bodies).toEqual(outstanding(model));
    // A reopened journal takes acknowledgements only: another owner appends to a journal of its own.
    for (const [body, done] of [...model.appended]) if (done) model.appended.delete(body);
  }
  toString = (): string => `crash, ${this.#torn} bytes torn`;
}

describe('a journal', () => {
  it('after any run of appends, acknowledgements, rotations and a crash has the unacknowledged batches', async () => {
    const commands = fc.commands(
      [
        fc.nat({ max: 150 }).map((size) => new Append(size)),
        fc.nat({ max: 150 }).map((size) => new Append(size)),
        fc.nat().map((which) => new Ack(which)),
        fc.nat().map((which) => new Ack(which)),
        fc.constant(new Rotate()),
      ],
      { maxCommands: 60 },
    );
    const afterwards = fc.commands(
      [fc.nat().map((which) => new Ack(which)), fc.nat({ max: 40 }).map((torn) => new Crash(torn))],
      { maxCommands: 20 },
    );
    await fc.assert(
      fc.asyncProperty(commands, fc.nat({ max: 40 }), afterwards, async (before, torn, after) => {
        const model: Model = { appended: new Map() };
        const real = new Real();
        const setup = async () => ({ model, real });
        await fc.asyncModelRun(setup, before);
        await new Crash(torn).run(model, real);
        await fc.asyncModelRun(setup, after);
        expect((await real.crash(0)).bodies).toEqual(outstanding(model));
      }),
      { numRuns: 60 },
    );
  });

  it('leaves nothing on disk when every batch is acknowledged', () => {
    const { directory, journal } = newJournal();
    const places = Array.from({ length: 20 }, (_, index) => journal.append(Buffer.alloc(100, index), 1));
    for (const place of places.toReversed()) journal.acknowledge(place);
    journal.release();
    expect(fs.readdirSync(directory.path)).toEqual([]);
  });

  it('counts the same bytes as the disk while segments come and go', () => {
    const { journal, path: folder } = newJournal();
    const onDisk = (): number =>
      fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
    const places: RecordPosition[] = [];
    for (let round = 0; round < 30; round++) {
      places.push(journal.append(Buffer.alloc(90), 1));
      const place = round % 3 === 2 ? places.shift() : undefined;
      if (place) journal.acknowledge(place);
      expect(journal.bytes).toBe(onDisk());
    }
    expect(fs.readdirSync(folder).length).toBeGreaterThan(3);
  });

  it('detects a damaged batch when it reads it', async () => {
    const { journal } = newJournal();
    const place = journal.append(Buffer.from('a batch'), 1);
    const file = fs.openSync(place.segment.path, 'r+');
    fs.writeSync(file, 'X', place.offset + 2);
    fs.closeSync(file);
    expect(await journal.read(place)).toBeUndefined();
  });

  it('has files that only the owner can read', () => {
    const { journal, path: folder } = newJournal();
    const { segment } = journal.append(Buffer.from('a batch'), 1);
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700);
    expect(fs.statSync(segment.path).mode & 0o777).toBe(0o600);
  });

  it('never writes to an existing file or through a link', () => {
    const { journal, path: folder } = newJournal();
    const elsewhere = path.join(temporaryDirectory(), 'elsewhere');
    fs.symlinkSync(elsewhere, path.join(folder, '000001.seg'));
    expect(() => journal.append(Buffer.from('a batch'), 1)).toThrow('EEXIST');
    expect(fs.existsSync(elsewhere)).toBe(false);
  });

  it('stops writing to a segment that failed, and keeps the batches in it', async () => {
    let fails = false;
    const files: SpoolFiles = {
      ...fs,
      writevSync: (descriptor, parts) => {
        if (!fails) return fs.writevSync(descriptor, parts);
        // As of a full disk: a part is written, then nothing.
        fs.writevSync(descriptor, [Buffer.from('torn')]);
        throw new Error('ENOSPC');
      },
    };
    const { journal, reopen } = newJournal(files);
    const first = journal.append(Buffer.from('first'), 1);
    fails = true;
    expect(() => journal.append(Buffer.from('second'), 1)).toThrow('ENOSPC');
    fails = false;
    expect(journal.append(Buffer.from('third'), 1).segment).not.toBe(first.segment);
    expect(await left(reopen())).toMatchObject({ bodies: ['first', 'third'], damaged: 0 });
  });

  it('leaves no file open that it could not read', async () => {
    const { directory, journal } = newJournal();
    const place = journal.append(Buffer.from('a batch'), 1);
    const before = openFilesIn(directory.path);
    const { open } = fs.promises;
    const failing = vi.spyOn(fs.promises, 'open').mockImplementation(async (...args) => {
      const file = await open(...args);
      vi.spyOn(file, 'stat').mockRejectedValue(new Error('EIO: i/o error'));
      return file;
    });
    onTestFinished(() => failing.mockRestore());
    await expect(journal.read(place)).rejects.toThrow('EIO');
    expect(openFilesIn(directory.path)).toEqual(before);
  });

  it('leaves no file that it could not initialise, on disk or open', () => {
    let fails = true;
    const files: SpoolFiles = {
      ...fs,
      writevSync: (descriptor, parts) => {
        if (fails) throw new Error('ENOSPC: no space left on device');
        return fs.writevSync(descriptor, parts);
      },
    };
    const { directory, journal, path: folder } = newJournal(files);
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(() => journal.append(Buffer.from('a batch'), 1)).toThrow('ENOSPC');
    }
    expect(fs.readdirSync(folder)).toEqual([]);
    expect(openFilesIn(directory.path)).toEqual([]);
    fails = false;
    expect(journal.append(Buffer.from('a batch'), 1).sequence).toBe(1);
  });

  it('has a name with its holder', () => {
    const { path: folder, journal } = newJournal();
    expect(path.basename(folder)).toBe(formatName({ origin: journal.origin, holder }));
  });
});
