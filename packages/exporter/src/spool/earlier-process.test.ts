import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { append, openSpool, orphan, startOf } from '../testing/spool.js';
import { temporaryDirectory } from '../testing/temporary-directory.js';
import { formatName, newOrigin } from './directory/owner.js';

describe('the journal of an earlier process', () => {
  it('that closed is taken over at once, without acknowledged batches', async () => {
    const directory = temporaryDirectory();
    const first = openSpool(directory);
    const [, second] = append(first, 'one', 'two', 'three');
    second?.acknowledge();
    first.spool.close();
    expect(await openSpool(directory).drain(2)).toEqual(['one', 'three']);
  });

  it('that was killed is taken over, and removed when all its batches are acknowledged', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two');
    orphan(directory);
    const next = openSpool(directory);
    expect(await next.drain(2)).toEqual(['one', 'two']);
    await expect.poll(() => fs.readdirSync(directory)).toEqual([]);
    expect(next.stats.corrupt).toBe(0);
  });

  it('is taken over by only one of several processes that try at once', async () => {
    const directory = temporaryDirectory();
    const bodies = Array.from({ length: 20 }, (_, index) => `batch ${index}`);
    for (const body of bodies) {
      append(openSpool(directory), body);
      orphan(directory);
    }
    const takers = Array.from({ length: 8 }, () => openSpool(directory));
    const taken = await Promise.all(
      takers.map(({ drainUntil }) => drainUntil(() => fs.readdirSync(directory).length === 0)),
    );
    expect(taken.flat().toSorted()).toEqual(bodies.toSorted());
  });

  it('is taken over before newer ones', async () => {
    const directory = temporaryDirectory();
    for (const [body, created] of [
      ['new', 2],
      ['old', 1],
    ] as const) {
      append(openSpool(directory), body);
      orphan(directory);
      for (const name of fs.readdirSync(directory)) {
        if (name.startsWith('00000000')) continue;
        const aged = name.replace(/^\d+/, String(created).padStart(15, '0'));
        fs.renameSync(path.join(directory, name), path.join(directory, aged));
      }
    }
    expect(await openSpool(directory).drain(2)).toEqual(['old', 'new']);
  });

  it('that was half sent by another process that died is continued by the next', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two', 'three');
    orphan(directory);
    const second = openSpool(directory);
    await second.clock.settle();
    await expect.poll(() => second.spool.hasRecovered).toBe(true);
    second.spool.takeRecovered()?.acknowledge();
    orphan(directory);
    expect(await openSpool(directory).drain(2)).toEqual(['two', 'three']);
  });

  it('is not touched while that process runs', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'mine');
    // This very process, as seen by another.
    orphan(directory, { pid: process.ppid, start: startOf(process.ppid) });
    expect(await openSpool(directory).drain(0)).toEqual([]);
  });

  it('whose process id was reused is taken over', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'of pid 1, before the restart');
    orphan(directory, { pid: process.ppid, start: '1' });
    expect(await openSpool(directory).drain(1)).toEqual(['of pid 1, before the restart']);
  });

  it.each([
    ['on another host', { space: '0'.repeat(12) }],
    ['in a thread of this process', { thread: 7 }],
  ])('%s is taken over when its heartbeat has not changed for a minute', async (_where, change) => {
    const directory = temporaryDirectory();
    const owner = openSpool(directory);
    append(owner, 'elsewhere');
    orphan(directory, change);
    const [name = ''] = fs.readdirSync(directory);
    const now = new Date(owner.clock.wallNow());
    fs.utimesSync(path.join(directory, name), now, now);
    const next = openSpool(directory);
    for (let minute = 0; minute < 7; minute++) {
      // It lives: its heartbeat moves.
      const beat = new Date(next.clock.wallNow());
      fs.utimesSync(path.join(directory, name), beat, beat);
      await next.beat();
      expect(next.spool.hasRecovered).toBe(false);
    }
    for (let beat = 0; beat < 8; beat++) await next.beat();
    expect(await next.drain(1)).toEqual(['elsewhere']);
  });

  it('gets a new heartbeat at once, so that no third process takes it over', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'left long ago');
    orphan(directory);
    const [left = ''] = fs.readdirSync(directory);
    fs.utimesSync(path.join(directory, left), new Date(0), new Date(0));
    const next = openSpool(directory);
    await next.clock.settle();
    await expect.poll(() => next.spool.hasRecovered).toBe(true);
    const [taken = ''] = fs.readdirSync(directory);
    expect(fs.statSync(path.join(directory, taken)).mtimeMs).toBe(next.clock.wallNow());
  });

  it('with an incomplete end is sent up to there, and the damage is counted', async () => {
    const directory = temporaryDirectory();
    append(openSpool(directory), 'one', 'two');
    orphan(directory);
    const segment = path.join(directory, fs.readdirSync(directory)[0] ?? '', '000001.seg');
    fs.truncateSync(segment, fs.statSync(segment).size - 1);
    const next = openSpool(directory);
    expect(await next.drain(1)).toEqual(['one']);
    expect(next.stats.corrupt).toBe(1);
    expect(next.lines).toHaveLength(1);
    await expect.poll(() => fs.readdirSync(directory)).toEqual([]);
  });

  it('is not mistaken for files of other programs, which are ignored and logged once', async () => {
    const directory = temporaryDirectory();
    fs.writeFileSync(path.join(directory, 'notes.txt'), 'mine');
    fs.writeFileSync(path.join(directory, '001764000000123-1-abcd.spool'), 'PRSPOOL1');
    const { beat, drain, lines } = openSpool(directory);
    expect(await drain(0)).toEqual([]);
    for (let again = 0; again < 8; again++) await beat();
    expect(lines).toEqual([expect.stringContaining('2 files')]);
    expect(fs.readdirSync(directory)).toHaveLength(2);
  });

  it('behind a symbolic link is not read', async () => {
    const directory = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    append(openSpool(elsewhere), 'one');
    const [name = ''] = fs.readdirSync(elsewhere);
    const link = path.join(directory, formatName({ origin: newOrigin(1), holder: undefined }));
    fs.symlinkSync(path.join(elsewhere, name), link);
    expect(await openSpool(directory).drain(0)).toEqual([]);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
  });
});
