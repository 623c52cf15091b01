/** What goes wrong at the desk of somebody who tries the console for the first time. */
import { KEYCHAIN } from '../desk/desktop.mjs';
import { OPERATOR } from '../desk/gateway.mjs';
import { connect, enter, signIn } from '../desk/paths.mjs';
import { freePort } from '../desk/places.mjs';
import { story } from '../desk/story.mjs';

story('a wrong address and a wrong password are told in words that help', {}, async (scene) => {
  const { console } = scene;
  const gateway = await scene.gateway();

  await connect(console, `http://127.0.0.1:${await freePort()}`);
  await console.see('failure', '[data-code="unreachable"]');

  await connect(console, 'ftp://rt.example.com');
  await console.see('failure', '[data-code="invalidUrl"]');

  await connect(console, gateway.url);
  await enter(console, { ...OPERATOR, password: 'wrong' });
  await console.see('failure', '[data-code="refused"]');

  await enter(console, OPERATOR);
  await console.see('status-link', '[data-state="live"]');
});

story('without a keychain the console says that it remembers for this session only', { keychain: KEYCHAIN.none }, async (scene) => {
  const { console } = scene;
  const gateway = await scene.gateway();
  await console.says('welcome', /keychain/i);
  await signIn(console, gateway.url, OPERATOR);
});

const DAMAGED = { preferences: { theme: 'dark', colour: 'mauve' } };

story('a damaged file is told in the window, with its name and line', DAMAGED, async ({ console }) => {
  await console.says('place-broken', /preferences\.json, line 1: .*colour/);
});
