/**
 * Draws the kit and every scene of the window into `target/gallery`, so that one can look at them side by side:
 * `npm run look`, or `npm run look -- people` for those whose name has that word. Needs a Chromium (`CHROMIUM=path`).
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { createServer } from 'vite';

const OUT = fileURLToPath(new URL('../../target/gallery/', import.meta.url));
const WINDOW = { width: 1280, height: 800 };
const SMALLEST = { width: 900, height: 600 };
const FIRST_PERSON = '[data-testid=people-row] >> nth=3';

const goto = (letter) => (page) => page.keyboard.press('g').then(() => page.keyboard.press(letter));
const click = (selector) => (page) => page.click(selector);
const type = (selector, text) => (page) => page.fill(selector, text);

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
  { name: 'overview-loading', query: 'scene=loading' },
  { name: 'people', query: 'scene=live', steps: [goto('p'), click(FIRST_PERSON)] },
  { name: 'people-stale', query: 'scene=waiting', steps: [goto('p')] },
  { name: 'people-small', query: 'scene=live', size: SMALLEST, steps: [goto('p'), click(FIRST_PERSON)] },
  {
    name: 'people-disconnect',
    query: 'scene=live',
    steps: [goto('p'), click(FIRST_PERSON), click('[data-testid=disconnect]')],
  },
  { name: 'limits', query: 'scene=live', steps: [goto('l')] },
  { name: 'notify', query: 'scene=live', steps: [goto('n')] },
  { name: 'palette', query: 'scene=live', steps: [(page) => page.keyboard.press('Control+k')] },
  { name: 'help', query: 'scene=live', steps: [(page) => page.keyboard.press('?')] },
  { name: 'preferences', query: 'scene=live', steps: [click('[data-testid=preferences]')] },
  { name: 'overview-zh', query: 'scene=live&language=zh-CN' },
  { name: 'people-zh', query: 'scene=live&language=zh-CN', steps: [goto('p'), click(FIRST_PERSON)] },
];

const wanted = process.argv[2] ?? '';
mkdirSync(OUT, { recursive: true });
const server = await createServer({ server: { port: 0, strictPort: false }, logLevel: 'warn' });
await server.listen();
const base = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
});
let broken = false;
try {
  for (const scene of scenes.filter(({ name }) => name.includes(wanted))) {
    for (const theme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport: scene.size ?? WINDOW });
      page.on('pageerror', (error) => {
        broken = true;
        process.stderr.write(`${scene.name} ${theme}: ${error.message}\n`);
      });
      await page.goto(`${base}gallery.html?${scene.query}&theme=${theme}`, { waitUntil: 'networkidle' });
      await page.waitForTimeout(300);
      for (const step of scene.steps ?? []) {
        await step(page);
        await page.waitForTimeout(400);
      }
      await page.waitForTimeout(300);
      await page.screenshot({ path: `${OUT}${scene.name}-${theme}.png` });
      await page.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
process.stdout.write(`${OUT}\n`);
if (broken) process.exitCode = 1;
