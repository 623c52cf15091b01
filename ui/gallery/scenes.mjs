/**
 * Every scene of the window in a Chromium, in both themes, for whoever wants to look at them. Needs a Chromium
 * (`CHROMIUM=path`).
 */
import process from 'node:process';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const WINDOW = { width: 1280, height: 800 };
const SMALLEST = { width: 900, height: 600 };
const FIRST_PERSON = '[data-testid=people-row] >> nth=3';

const FIRST_ROOM = '[data-testid=rooms-row] >> nth=0';

const goto = (letter) => (page) => page.keyboard.press('g').then(() => page.keyboard.press(letter));
// The button of a choice is hidden under its label.
const click = (selector) => (page) =>
  page.locator(selector).evaluate((element) => (element.closest('label') ?? element).click());
const type = (selector, text) => (page) => page.fill(selector, text);

/** @type {{ name: string, query: string, size?: { width: number, height: number }, steps?: ((page: import('playwright-core').Page) => Promise<void>)[] }[]} */
const scenes = [
  { name: 'kit', query: '', size: { width: 1180, height: 2700 } },
  { name: 'welcome-fresh', query: 'scene=fresh' },
  { name: 'welcome', query: 'scene=welcome' },
  {
    name: 'welcome-failed',
    query: 'scene=welcome&fails=unreachable',
    steps: [type('[data-testid=connect-url]', '10.0.0.7:3000'), click('[data-testid=connect]')],
  },
  { name: 'sign-in', query: 'scene=signedOut' },
  {
    name: 'sign-in-refused',
    query: 'scene=refused&fails=refused',
    steps: [
      type('[data-testid=sign-in-name]', 'ann'),
      type('[data-testid=sign-in-password]', 'secret'),
      click('[data-testid=sign-in]'),
    ],
  },
  { name: 'unreached', query: 'scene=unreached' },
  { name: 'overview', query: 'scene=live' },
  { name: 'overview-narrow', query: 'scene=live', size: { width: 1000, height: 700 } },
  { name: 'overview-small', query: 'scene=live', size: SMALLEST },
  { name: 'overview-loading', query: 'scene=loading' },
  { name: 'people', query: 'scene=live', steps: [goto('p'), click(FIRST_PERSON)] },
  {
    name: 'people-filter',
    query: 'scene=live',
    steps: [goto('p'), type('[data-testid=people-filter]', 'ro'), (page) => page.keyboard.press('ArrowDown')],
  },
  {
    name: 'people-filter-wrong',
    query: 'scene=live',
    steps: [goto('p'), type('[data-testid=people-filter]', 'usr:ali* idle>5m'), (page) => page.waitForTimeout(900)],
  },
  {
    name: 'people-filter-help',
    query: 'scene=live',
    steps: [goto('p'), click('[aria-label="The filter language"]')],
  },
  {
    name: 'people-menu',
    query: 'scene=live',
    steps: [goto('p'), (page) => page.click(FIRST_PERSON, { button: 'right' })],
  },
  {
    name: 'people-everything',
    query: 'scene=live',
    steps: [
      goto('p'),
      click(FIRST_PERSON),
      (page) => page.keyboard.press('Control+a'),
      click('[data-testid=selection-more]'),
      click('[data-testid=menu-ban]'),
      (page) => page.waitForSelector('[data-testid=ban-many-dialog]'),
    ],
  },
  { name: 'people-export', query: 'scene=live', steps: [goto('p'), click('[data-testid=export]')] },
  { name: 'people-stale', query: 'scene=waiting', steps: [goto('p')] },
  { name: 'session-ended', query: 'scene=ended' },
  { name: 'people-small', query: 'scene=live', size: SMALLEST, steps: [goto('p'), click(FIRST_PERSON)] },
  {
    name: 'people-disconnect',
    query: 'scene=live',
    steps: [goto('p'), click(FIRST_PERSON), click('[data-testid=disconnect]')],
  },
  { name: 'rooms', query: 'scene=live', steps: [goto('r'), click(FIRST_ROOM)] },
  { name: 'rooms-stale', query: 'scene=waiting', steps: [goto('r')] },
  { name: 'rooms-small', query: 'scene=live', size: SMALLEST, steps: [goto('r'), click(FIRST_ROOM)] },
  { name: 'rooms-zh', query: 'scene=live&language=zh-CN', steps: [goto('r'), click(FIRST_ROOM)] },
  {
    name: 'rooms-close',
    query: 'scene=live',
    steps: [goto('r'), click(FIRST_ROOM), click('[data-testid=room-close]')],
  },
  { name: 'limits', query: 'scene=live', steps: [goto('l')] },
  {
    name: 'limits-policy',
    query: 'scene=live',
    steps: [goto('l'), click('[data-testid=limits-policy]'), click('[data-testid=policy-row] >> nth=2')],
  },
  { name: 'trace', query: 'scene=live', steps: [goto('c'), click('[data-testid=trace-row] >> nth=4')] },
  { name: 'trace-small', query: 'scene=live', size: SMALLEST, steps: [goto('c')] },
  { name: 'trace-zh', query: 'scene=live&language=zh-CN', steps: [goto('c')] },
  { name: 'limits-small', query: 'scene=live', size: SMALLEST, steps: [goto('l')] },
  { name: 'notify', query: 'scene=live', steps: [goto('n')] },
  { name: 'notify-small', query: 'scene=live', size: SMALLEST, steps: [goto('n')] },
  { name: 'alerts', query: 'scene=live', steps: [goto('a'), click('[data-testid=alerts-row] >> nth=0')] },
  { name: 'alerts-small', query: 'scene=live', size: SMALLEST, steps: [goto('a'), click('[data-testid=alerts-all]')] },
  {
    name: 'alerts-zh',
    query: 'scene=live&language=zh-CN',
    steps: [goto('a'), click('[data-testid=alerts-row] >> nth=1')],
  },
  { name: 'audit', query: 'scene=live', steps: [goto('u'), click('[data-testid=audit-row] >> nth=4')] },
  { name: 'audit-small', query: 'scene=live', size: SMALLEST, steps: [goto('u')] },
  { name: 'audit-zh', query: 'scene=live&language=zh-CN', steps: [goto('u')] },
  { name: 'bans', query: 'scene=live', steps: [goto('b'), click('[data-testid=bans-row] >> nth=1')] },
  { name: 'bans-stale', query: 'scene=waiting', steps: [goto('b')] },
  { name: 'bans-failed', query: 'scene=live&fails=noAnswer', steps: [goto('b')] },
  { name: 'bans-small', query: 'scene=live', size: SMALLEST, steps: [goto('b')] },
  {
    name: 'bans-new',
    query: 'scene=live',
    steps: [goto('b'), click('[data-testid=new-ban]'), type('[data-testid=ban-whom]', '10314')],
  },
  { name: 'palette', query: 'scene=live', steps: [(page) => page.keyboard.press('Control+k')] },
  { name: 'help', query: 'scene=live', steps: [(page) => page.keyboard.press('?')] },
  {
    name: 'settings',
    query: 'scene=live',
    size: { width: 1280, height: 1100 },
    steps: [click('[data-testid=preferences]')],
  },
  { name: 'settings-small', query: 'scene=live', size: SMALLEST, steps: [click('[data-testid=preferences]')] },
  { name: 'settings-zh', query: 'scene=live&language=zh-CN', steps: [click('[data-testid=preferences]')] },
  {
    name: 'settings-profile',
    query: 'scene=live',
    steps: [click('[data-testid=preferences]'), click('[data-testid=edit-profile] >> nth=0')],
  },
  { name: 'local', query: 'scene=live', steps: [click('[data-testid=nav-local]')] },
  { name: 'local-small', query: 'scene=live', size: SMALLEST, steps: [click('[data-testid=nav-local]')] },
  { name: 'local-zh', query: 'scene=waiting&language=zh-CN', steps: [click('[data-testid=nav-local]')] },
  { name: 'overview-zh', query: 'scene=live&language=zh-CN' },
  { name: 'limits-zh', query: 'scene=live&language=zh-CN', steps: [goto('l')] },
  { name: 'notify-zh', query: 'scene=live&language=zh-CN', steps: [goto('n')] },
  { name: 'bans-zh', query: 'scene=live&language=zh-CN', steps: [goto('b'), click('[data-testid=bans-row] >> nth=1')] },
  { name: 'people-zh', query: 'scene=live&language=zh-CN', steps: [goto('p'), click(FIRST_PERSON)] },
];

/**
 * Visits each scene whose name has the word, and says whether none of them threw an error.
 *
 * @param {string} word
 * @param {(page: import('playwright-core').Page, name: string) => Promise<void>} visitor
 */
export async function visit(word, visitor) {
  const server = await createServer({ server: { port: 0, strictPort: false }, logLevel: 'warn' });
  await server.listen();
  const base = server.resolvedUrls.local[0];
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
  });
  let sound = true;
  try {
    for (const scene of scenes.filter(({ name }) => name.includes(word))) {
      for (const theme of ['light', 'dark']) {
        const page = await browser.newPage({ viewport: scene.size ?? WINDOW });
        page.on('pageerror', (error) => {
          sound = false;
          process.stderr.write(`${scene.name} ${theme}: ${error.message}\n`);
        });
        // The first page waits until everything that it is made of has been compiled.
        const address = `${base}gallery.html?${scene.query}&theme=${theme}`;
        await page.goto(address, { waitUntil: 'networkidle', timeout: 120_000 });
        await page.waitForTimeout(300);
        for (const step of scene.steps ?? []) {
          await step(page);
          await page.waitForTimeout(400);
        }
        await page.waitForTimeout(300);
        await visitor(page, `${scene.name}-${theme}`);
        await page.close();
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return sound;
}
