/** What the kernel tells of processes: who descends from whom, how much memory they hold, how much time they took. */
import { readdir, readFile } from 'node:fs/promises';

/** The processes that a process has started, and those that they have. @param {number} root */
export async function descendants(root) {
  const all = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await statOf(Number(pid));
    if (stat) all.push({ pid: Number(pid), ...stat });
  }
  const found = [{ pid: root }];
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found.slice(1);
}

/**
 * Memory in bytes: its own, and what it has mapped of files, which are its program and its libraries. What several share is
 * shared out between them. @param {number} pid
 */
export async function memoryOf(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? NaN) * 1024;
  return { own: bytes('Pss_Anon') + bytes('Pss_Shmem'), mapped: bytes('Pss_File') };
}

/** What a process has spent of a processor so far, in hundredths of a second. @param {number} pid */
export async function ticksOf(pid) {
  return (await statOf(pid))?.ticks ?? 0;
}

/** How long ago a process was started, in milliseconds. @param {number} pid */
export async function ageOf(pid) {
  const [stat, uptime] = [await statOf(pid), await readFile('/proc/uptime', 'utf8')];
  return 1000 * Number(uptime.split(' ')[0]) - 10 * (stat?.started ?? NaN);
}

/** @param {number} pid */
async function statOf(pid) {
  // A process that has just ended has no file any more.
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const parts = /^\d+ \((.*)\) (.*)$/s.exec(text);
  if (!parts) return undefined;
  // The fields after the name, of which the first is the third of all.
  const fields = parts[2].split(' ');
  const [parent, user, system, started] = [1, 11, 12, 19].map((field) => Number(fields[field]));
  return { name: parts[1], parent, ticks: user + system, started };
}
