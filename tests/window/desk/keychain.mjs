/**
 * The keychain of a desktop, as another program of the same person reads it.
 *
 * It must never know Signalbox.
 */
import dbus from 'dbus-next';

const NAME = 'org.freedesktop.secrets';
const SERVICE = 'org.freedesktop.Secret.Service';

/** The secret of an account. @param {string} busAddress @param {string} service @param {string} username */
export async function secretOf(busAddress, service, username) {
  const bus = dbus.sessionBus({ busAddress });
  try {
    const keychain = (await bus.getProxyObject(NAME, '/org/freedesktop/secrets')).getInterface(SERVICE);
    // Unencrypted: it goes over a bus of this machine.
    const [, session] = await keychain.OpenSession('plain', new dbus.Variant('s', ''));
    const [items] = await keychain.SearchItems({ service, username });
    if (items.length !== 1) throw new Error(`the keychain has ${items.length} secrets of ${username}`);
    // A secret is its session, its parameters, its octets and their type.
    const [[, , octets]] = Object.values(await keychain.GetSecrets(items, session));
    return Buffer.from(octets).toString('utf8');
  } finally {
    bus.disconnect();
  }
}
