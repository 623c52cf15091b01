/**
 * How quick the real console is with very many users and entries, in its real window: `cargo xtask bench console`.
 *
 * Told by the environment: SIGNALBOX_TORRENT, the feed's program; SIGNALBOX_SPEED, the folder for the logs and the figures;
 * SIGNALBOX_SPEED_USERS, SIGNALBOX_SPEED_RATE and SIGNALBOX_SPEED_SECONDS, how many users, entries a second, and for how
 * long. What is measured in the page is measured by the page's own clock. Nothing is judged: on a machine without a GPU
 * the page is drawn by software.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Console } from './desk/console.mjs';
import { Desktop } from './desk/desktop.mjs';
import { connect } from './desk/paths.mjs';
import { ageOf, descendants, memoryOf, ticksOf } from './desk/proc.mjs';
import { until } from './desk/wait.mjs';

const {
  SIGNALBOX_TORRENT: torrent,
  SIGNALBOX_SPEED: folder,
  SIGNALBOX_SPEED_USERS: users = '100000',
  SIGNALBOX_SPEED_RATE: rate = '10000',
  SIGNALBOX_SPEED_SECONDS: seconds = '60',
} = process.env;
if (!torrent || !folder) throw new Error('run `cargo xtask bench console`, which says where the feed and the figures are');

const PATIENCE_MS = 180_000;
const SETTLING_MS = 20_000;
const FILTERS = ['chen-12', 'team-7', 'kofi-9', '10.1.', 'greta', 'firefox', 'ines-33', 'hiro-4', 'lobby', 'bo-1'];
/** What the measurements do in the page. */
const PAGE = `
  const done = arguments[arguments.length - 1];
  const grid = () => document.querySelector('[role=grid]');
  const rows = () => [...document.querySelectorAll('[data-testid=people-row]')];
  const drawn = (then) => requestAnimationFrame(() => setTimeout(then));
  function timed(act, is) {
    const start = performance.now();
    const watcher = new MutationObserver(check);
    function check() {
      if (!is()) return;
      watcher.disconnect();
      drawn(() => done(performance.now() - start));
    }
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    act();
    check();
  }
  function frames(ms, each) {
    const lengths = [];
    let start, last;
    requestAnimationFrame(function step(now) {
      start ??= now;
      if (last !== undefined) lengths.push(now - last);
      last = now;
      each();
      if (now - start < ms) requestAnimationFrame(step);
      else done(lengths);
    });
  }
`;

await mkdir(folder, { recursive: true });
/** @type {[string, string, string][]} What, how much, and what it should be. */
const figures = [];
const report = (what, much, mark) => {
  figures.push([what, much, mark]);
  process.stdout.write(`${what}: ${much} (${mark})\n`);
};

const desktop = await Desktop.start({ logs: join(folder, 'logs'), width: 1400, height: 920 });
try {
  const feed = desktop.run('torrent', torrent, ['--users', users]);
  const gateway = await feed.line((line) => JSON.parse(line).event === 'ready' && JSON.parse(line));
  const console = await Console.open(desktop);
  // A script may watch for as long as entries flow.
  console.session.manage().setTimeouts({ script: PATIENCE_MS + 1000 * Number(seconds) });
  await console.see('welcome');
  const processes = await descendants(console.program.pid);
  const app = processes.find(({ name }) => name === 'signalbox');
  const page = processes.find(({ name }) => name.startsWith('WebKitWebProces'));
  if (!app || !page) throw new Error(`no console among ${processes.map(({ name }) => name).join(', ')}`);
  // What the driver needs to see it is in this.
  report('from the launch to the first page', ms(await ageOf(app.pid)), '1.5 s');
  await connect(console, gateway.url);
  await console.fill('sign-in-name', gateway.name);
  await console.fill('sign-in-password', gateway.password);
  const [first, whole] = await inPage(console, `
    const start = performance.now();
    let first;
    document.querySelector('[data-testid=sign-in]').click();
    new MutationObserver((_, watcher) => {
      const people = document.querySelector('[data-testid=nav-people]');
      if (people && people.ariaCurrent !== 'page') people.click();
      if (first === undefined && rows().length > 0) drawn(() => (first ??= performance.now() - start));
      if (first === undefined || !document.querySelector('[data-testid=status-link][data-state=live]')) return;
      watcher.disconnect();
      drawn(() => done([first, performance.now() - start]));
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });`);
  report('first rows after the sign-in', ms(first), '1 s');
  report(`all of ${users} after the sign-in`, ms(whole), '');

  const memory = async (when) => {
    for (const [what, pid, mark] of [['core', app.pid, '150 MiB'], ['page', page.pid, '300 MiB']]) {
      const { own, mapped } = await memoryOf(pid);
      report(`memory of the ${what}, ${when}; libraries beside it`, `${mib(own)}; ${mib(mapped)}`, mark);
    }
  };
  await memory('at rest');

  const idle = async (when) => {
    const ticks = () => Promise.all([app, page].map(({ pid }) => ticksOf(pid)));
    const [before, from] = [await ticks(), Date.now()];
    await sleep(10_000);
    const after = await ticks();
    const shares = after.map((now, index) => `${(((now - before[index]) * 1000) / (Date.now() - from)).toFixed(1)} %`);
    report(`of a processor, core and page, in ten seconds ${when}`, shares.join(', '), 'below 1 % together');
  };
  // Until the page has put away what it needed to begin with.
  await sleep(SETTLING_MS);
  await idle('while nothing happens');
  await interactions(console, 'at rest');
  const lengths = await inPage(console, `let down = 1; frames(5000, () => {
    const one = grid();
    if (one.scrollTop + one.clientHeight >= one.scrollHeight - 1) down = -1;
    one.scrollTop += down * 330;
  });`);
  reportFrames('while scrolling', lengths);

  const before = await console.session.executeScript('return document.querySelector("[data-testid=status-feed] b").textContent');
  tell(feed, `rate ${rate}`);
  const flow = `at ${rate}/s`;
  const half = Math.max(5, Number(seconds) / 2) * 1000;
  reportFrames(flow, await inPage(console, `frames(${half}, () => undefined);`));
  await interactions(console, flow);
  await console.click('nav-limits');
  reportFrames(`${flow}, looking at the limits`, await inPage(console, `frames(${half}, () => undefined);`));
  await memory(`after ${seconds} s ${flow}`);

  tell(feed, 'rate 0');
  tell(feed, 'sum');
  const sum = await feed.line((line) => JSON.parse(line).event === 'sum' && JSON.parse(line));
  const said = async (id) => {
    const text = await console.session.executeScript(`return document.querySelector('[data-testid=${id}] b').textContent`);
    return Number(text.replaceAll(/\D/g, ''));
  };
  const all = sum.sent + sum.leftOut;
  const reached = await until('the console has read all of it', PATIENCE_MS, async () => (await said('status-feed')) >= all && (await said('status-feed'))).catch(() => said('status-feed'));
  report('entries sent, and left out by the feed', `${all}, ${sum.leftOut}`, '');
  report('position that the console has reached, and what it says it lost', `${reached} (from ${before}), ${await said('status-dropped')}`, 'the same');

  await console.click('nav-people');
  await idle('right after the flow');
  await sleep(SETTLING_MS);
  await idle('while nothing happens, after the flow');
  await console.close();
} finally {
  await desktop.stop();
}
const table = ['| what | here | to reach |', '|---|---|---|', ...figures.map((line) => `| ${line.join(' | ')} |`), ''].join('\n');
await writeFile(join(folder, 'figures.md'), table);
process.stdout.write(`\n${table}`);

/** Filters, sorts and changes pages, as a person would feel it. @param {Console} console @param {string} when */
async function interactions(console, when) {
  const filters = [];
  for (const filter of FILTERS) filters.push(await filtered(console, filter));
  report(`filter, ${when}`, spread(filters), '50 ms');
  await filtered(console, '');
  const sorts = [];
  // Everybody has as many limit hits as the next while nothing flows: the first row stays who it was.
  for (const column of ['name', 'address', 'online', 'idle']) {
    // The first click sorts by this column, the second turns the order around: then it is another row that is first.
    sorts.push(
      await inPage(console, `
        const header = grid().querySelector('[role=columnheader][data-column=${column}] button');
        header.click();
        setTimeout(() => {
          const first = rows()[0]?.dataset.key;
          timed(() => header.click(), () => rows()[0]?.dataset.key !== first);
        }, 2000);`),
    );
  }
  report(`sort, ${when}`, spread(sorts), '50 ms');
  const changes = [];
  for (const to of ['overview', 'limits', 'people', 'notify', 'people']) {
    changes.push(
      await inPage(console, `
        const before = document.querySelector('main h1')?.textContent;
        timed(() => document.querySelector('[data-testid=nav-${to}]').click(),
          () => document.querySelector('main h1')?.textContent !== before);`),
    );
  }
  report(`page change, ${when}`, spread(changes), '100 ms');
}

/** How long a filter takes from the key to the rows. @param {Console} console @param {string} filter */
function filtered(console, filter) {
  return inPage(console, `
    const filter = ${JSON.stringify(filter)};
    const before = grid().getAttribute('aria-rowcount');
    const input = document.querySelector('[data-testid=people-filter]');
    timed(() => {
      input.value = filter;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, () => rows().length > 0 && grid().getAttribute('aria-rowcount') !== before);`);
}

/** @param {Console} console @param {string} script */
function inPage(console, script) {
  return console.session.executeAsyncScript(`${PAGE}${script}`);
}

/** @param {string} when @param {number[]} lengths in milliseconds */
function reportFrames(when, lengths) {
  const long = lengths.filter((length) => length > 50).length;
  report(`frames, ${when}`, `${spread(lengths)}; ${long} of ${lengths.length} over 50 ms`, 'none over 50 ms');
}

/** @param {import('./desk/process.mjs').Program} program @param {string} line */
function tell(program, line) {
  program.write(`${line}\n`);
}

/** @param {number[]} times */
function spread(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return `median ${ms(at(0.5))}, p95 ${ms(at(0.95))}, longest ${ms(at(1))}`;
}

function ms(time) {
  return time < 10 ? `${time.toFixed(1)} ms` : `${Math.round(time)} ms`;
}

function mib(bytes) {
  return `${Math.round(bytes / 1024 / 1024)} MiB`;
}
