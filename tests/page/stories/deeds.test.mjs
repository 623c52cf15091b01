/** What an operator does on each page, to the end: whoever it is done to feels it, and nobody else. */
import assert from 'node:assert/strict';

import { story } from '../desk/story.mjs';

/** All whose name begins so, by a filter; bob is not one of them. */
async function chooseGuests(browser) {
  await browser.click('nav-people');
  await browser.fill('people-filter', 'user:guest*');
  await browser.gone('people-row', ' >> text=bob');
  await browser.click('people-row');
  await browser.press('Control+a');
}

story('a limit that is changed holds for the next event', { language: 'en' }, async ({ browser, gateway }) => {
  const bob = await gateway.user(7, 'bob');
  bob.flood(1, 'room:join', { roomId: 'lobby' });
  await bob.hears('room:joined');
  await browser.click('nav-limits');
  await browser.choose('limits-policy');
  await browser.fill('policy-filter', '/web room:message');
  await browser.click('policy-row');
  await browser.fill('policy-limit', '1');
  await browser.click('policy-change');
  await browser.click('dialog-confirm');
  await browser.gone('confirm-dialog');
  await browser.says('policy-row', /room:message\s+1\s/);

  bob.flood(2, 'room:message', { roomId: 'lobby', message: 'hello' });
  const { event, limit } = await bob.hears('rate:limit:exceeded');
  assert.deepEqual({ event, limit }, { event: 'room:message', limit: 1 });
});

story('an alert that is silenced is loud no more, until it is to be heard again', { language: 'en' }, async ({ browser, gateway }) => {
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'high' });
  await browser.says('nav-alerts', /1/);
  await browser.click('nav-alerts');
  await browser.click('alerts-row');
  await browser.click('silence-alert');
  await browser.says('nav-alerts', /^\D*$/);
  await browser.click('hear-alert');
  await browser.says('nav-alerts', /1/);
});

story('a member is taken out of a room, and then everybody is', { language: 'en' }, async ({ browser, gateway }) => {
  const [bob, eve] = [await gateway.user(7, 'bob'), await gateway.user(8, 'eve')];
  for (const client of [bob, eve]) {
    client.flood(1, 'room:join', { roomId: 'lobby' });
    await client.hears('room:joined');
  }
  await browser.click('nav-rooms');
  await browser.click('rooms-row', ' >> text=lobby');
  await browser.click('room-member', ':has-text("bob") [data-testid="room-remove"]');
  await browser.click('dialog-confirm');
  assert.equal((await bob.hears('room:left')).roomId, 'lobby');
  await browser.gone('room-member', ':has-text("bob")');
  assert.ok(!eve.has('room:left'), 'the other one stays');

  await browser.click('room-close');
  await browser.says('evict-dialog', /eve/);
  await browser.click('dialog-confirm');
  assert.equal((await eve.hears('room:left')).roomId, 'lobby');
  await browser.gone('rooms-row');
  assert.equal(eve.closed, undefined, 'who leaves a room stays connected');
});

story('a message is heard by the user that it is for, and by nobody else', { language: 'en' }, async ({ browser, gateway }) => {
  const [bob, eve] = [await gateway.user(7, 'bob'), await gateway.user(8, 'eve')];
  await browser.click('nav-people');
  await browser.click('people-row', ' >> text=bob');
  await browser.click('message');
  await browser.fill('message-text', 'Please slow down.');
  await browser.click('dialog-confirm');
  assert.equal((await bob.hears('private:message')).message, 'Please slow down.');
  await browser.gone('message-dialog');
  assert.ok(!eve.has('private:message'));
});

story('a network that is banned is out at once, and stays out', { language: 'en' }, async ({ browser, gateway }) => {
  const [inside, outside] = [await gateway.user(7, 'bob', '127.0.0.3'), await gateway.user(8, 'eve', '127.0.0.4')];
  await browser.click('nav-bans');
  await browser.click('new-ban');
  await browser.choose('ban-kind-address');
  await browser.fill('ban-whom', '127.0.0.2/31');
  await browser.says('ban-dialog', /bob/);
  await browser.fill('dialog-reason', 'a botnet');
  await browser.click('dialog-confirm');
  assert.equal((await inside.hears('kicked')).code, 'banned');
  await inside.isClosed();
  await browser.says('bans-row', /127\.0\.0\.2\/31.*a botnet/s);
  assert.equal(await (await gateway.knock(9, 'mallory', '127.0.0.2')).hears('refused'), 'banned');
  assert.equal(outside.closed, undefined, 'who is beside it stays');
});

story('what is done to all that match a filter is done to all of them, and to nobody else', { language: 'en' }, async ({ browser, gateway }) => {
  const guests = [await gateway.user(7, 'guest one'), await gateway.user(8, 'guest two')];
  const bob = await gateway.user(9, 'bob');
  await chooseGuests(browser);
  await browser.click('disconnect-selected');
  await browser.says('disconnect-dialog', /guest one.*guest two/s);
  await browser.fill('dialog-reason', 'maintenance');
  await browser.click('dialog-confirm');
  for (const guest of guests) assert.equal((await guest.hears('kicked')).reason, 'maintenance');
  await browser.gone('people-row');
  assert.equal(bob.closed, undefined);
});

story('hundreds that match are written to, put into a room, taken out of it and banned, each of them', { language: 'en' }, async ({ browser, gateway }) => {
  const ids = Array.from({ length: 230 }, (_, index) => 100 + index);
  const guests = await gateway.crowd(ids, 'guest');
  const bob = await gateway.user(9, 'bob');
  await chooseGuests(browser);
  const begin = async (deed) => {
    await browser.click('selection-more');
    await browser.click(`menu-${deed}`);
  };
  const all = async (event) => {
    const heard = [];
    for (const guest of guests) heard.push(await guest.hears(event));
    assert.ok(!bob.has(event), 'nobody else');
    return heard;
  };

  await begin('message');
  await browser.says('message-dialog', /230/);
  await browser.fill('message-text', 'The music stops at midnight.');
  await browser.click('dialog-confirm');
  for (const { message } of await all('private:message')) assert.equal(message, 'The music stops at midnight.');
  await browser.gone('message-dialog');

  for (const [deed, event] of [['join', 'room:joined'], ['leave', 'room:left']]) {
    await begin(deed);
    await browser.fill('place-room', 'cellar');
    await browser.says('place-dialog', /230/);
    await browser.click('dialog-confirm');
    for (const { roomId } of await all(event)) assert.equal(roomId, 'cellar');
    await browser.gone('place-dialog');
  }

  await begin('ban');
  await browser.says('ban-many-dialog', /230/);
  await browser.fill('dialog-reason', 'a flood');
  await browser.click('dialog-confirm');
  for (const { code } of await all('kicked')) assert.equal(code, 'banned');
  await browser.gone('people-row');
  assert.equal(await (await gateway.knock(ids[0], 'guest')).hears('refused'), 'banned');

  // As one act it is taken back as a whole, and stands in the audit log as one.
  await browser.click('toast-action');
  await browser.click('nav-audit');
  await browser.says('audit-row', /Took back a ban.*230 users/s);
  await gateway.crowd(ids.slice(-3), 'guest');
  assert.equal(bob.closed, undefined);
});
