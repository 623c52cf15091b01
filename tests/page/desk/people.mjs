/** A gateway that is lived in: something for every page. */

/**
 * People in a room, one who writes too often, a warning, a ban.
 * @param {import('../../window/desk/gateway.mjs').Gateway} gateway
 */
export async function populate(gateway) {
  for (const [id, name] of [
    [7, 'bob'],
    [8, 'eve'],
  ]) {
    const client = await gateway.user(id, name);
    client.flood(1, 'room:join', { roomId: 'lobby' });
    client.flood(40, 'ping', {});
    // There is always something to trace.
    setInterval(() => client.flood(1, 'ping', {}), 150).unref();
  }
  await gateway.report('system.warning', { message: 'Disk almost full', level: 'medium' });
  await gateway.ban(9, 'spam');
}
