/**
 * The tray of a desktop: the place on the bus where apps put their icons, and what a person reads and chooses there.
 *
 * It must never know Signalbox.
 */
import dbus from 'dbus-next';

import { until } from './wait.mjs';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const PATIENCE_MS = 15_000;

const { Interface, ACCESS_READ } = dbus.interface;

/** What apps look for on the bus. */
class Watcher extends Interface {
  IsStatusNotifierHostRegistered = true;
  ProtocolVersion = 0;
  RegisteredStatusNotifierItems = [];

  /** Who has called is only in the message, which is looked at where it arrives. */
  RegisterStatusNotifierItem() {}

  RegisterStatusNotifierHost() {}
}

Watcher.configureMembers({
  properties: {
    IsStatusNotifierHostRegistered: { signature: 'b', access: ACCESS_READ },
    ProtocolVersion: { signature: 'i', access: ACCESS_READ },
    RegisteredStatusNotifierItems: { signature: 'as', access: ACCESS_READ },
  },
  methods: {
    RegisterStatusNotifierItem: { inSignature: 's', outSignature: '' },
    RegisterStatusNotifierHost: { inSignature: 's', outSignature: '' },
  },
});

export class Tray {
  #bus;
  #watcher = new Watcher(WATCHER);
  /** @type {{ name: string, path: string } | undefined} */
  #item;

  /** @param {import('dbus-next').MessageBus} bus */
  constructor(bus) {
    this.#bus = bus;
  }

  /** Opens on the bus at the address. @param {string} busAddress */
  static async open(busAddress) {
    const tray = new Tray(dbus.sessionBus({ busAddress }));
    tray.#bus.on('message', (message) => {
      if (message.member !== 'RegisterStatusNotifierItem') return;
      const [service] = message.body;
      tray.#item = service.startsWith('/')
        ? { name: message.sender, path: service }
        : { name: service, path: '/StatusNotifierItem' };
    });
    tray.#bus.export('/StatusNotifierWatcher', tray.#watcher);
    await tray.#bus.requestName(WATCHER, 0);
    return tray;
  }

  /** The lines of the menu, once the first of them reads so. @param {RegExp} words */
  async says(words) {
    let seen = [];
    try {
      return await until(`the tray reads ${words}`, PATIENCE_MS, async () => {
        seen = await this.#lines();
        return words.test(seen[0]?.label ?? '') && seen.map(({ label }) => label);
      });
    } catch (error) {
      error.message += `; it reads ${JSON.stringify(seen.map(({ label }) => label))}`;
      throw error;
    }
  }

  /** The file of the picture that the tray shows now. */
  async picture() {
    const { name, path } = await this.#found();
    return this.#property(name, path, ITEM, 'IconName');
  }

  /** Chooses the line of the menu. @param {RegExp} words */
  async choose(words) {
    const line = (await this.#lines()).find(({ label }) => words.test(label));
    if (!line) throw new Error(`the tray's menu has no line ${words}`);
    const { name } = await this.#found();
    const data = new dbus.Variant('s', '');
    await this.#ask(name, await this.#menu(), MENU, 'Event', 'isvu', [line.id, 'clicked', data, 0]);
  }

  close() {
    this.#bus.disconnect();
  }

  async #lines() {
    const { name } = await this.#found();
    const [, [, , children]] = await this.#ask(name, await this.#menu(), MENU, 'GetLayout', 'iias', [0, -1, []]);
    return children
      .map(({ value: [id, properties] }) => ({ id, label: properties.label?.value ?? '' }))
      .filter(({ label }) => label !== '');
  }

  async #menu() {
    const { name, path } = await this.#found();
    return this.#property(name, path, ITEM, 'Menu');
  }

  #found() {
    return until('an app is in the tray', PATIENCE_MS, () => this.#item);
  }

  /** @param {string} name @param {string} path @param {string} of @param {string} property */
  async #property(name, path, of, property) {
    const [{ value }] = await this.#ask(name, path, PROPERTIES, 'Get', 'ss', [of, property]);
    return value;
  }

  /** @param {string} destination @param {string} path @param {string} of @param {string} member @param {string} signature @param {unknown[]} body */
  async #ask(destination, path, of, member, signature, body) {
    const message = new dbus.Message({ destination, path, interface: of, member, signature, body });
    return (await this.#bus.call(message)).body;
  }
}
