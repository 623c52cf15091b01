/**
 * A desktop of its own for each story: a virtual screen, a session bus, a window manager, a notification daemon and,
 * if wanted, a keychain, all with a fresh home.
 *
 * It must never know Signalbox. Nothing outside of it is touched: the bus activates no service of the machine, and each
 * program is ended by its pid.
 */
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { Program } from './process.mjs';
import { Tray } from './tray.mjs';
import { until } from './wait.mjs';

/** No service folders: a desktop without a keychain must not have one started behind its back. */
const BUS = (folder) => `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

/** What a keychain on the desktop can be. */
export const KEYCHAIN = Object.freeze({ unlocked: 'unlocked', none: 'none' });

export class Desktop {
  /** @type {Program[]} */
  #programs = [];
  #count = 0;
  /** @type {Program} */
  #monitor;
  /** @type {Tray} */
  tray;

  /** @param {string} home @param {string} logs */
  constructor(home, logs) {
    this.home = home;
    this.logs = logs;
    const { PATH, LANG = 'C.UTF-8', RUST_BACKTRACE, SIGNALBOX_LOG } = process.env;
    /** What every program on the desktop is started with. @type {NodeJS.ProcessEnv} */
    this.env = {
      PATH,
      LANG,
      RUST_BACKTRACE,
      SIGNALBOX_LOG,
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home, 'run/bus')}`,
      GDK_BACKEND: 'x11',
      NO_AT_BRIDGE: '1',
    };
  }

  /**
   * @param {{ logs: string, keychain?: string, width?: number, height?: number }} options
   */
  static async start({ logs, keychain = KEYCHAIN.unlocked, width = 1280, height = 800 }) {
    await mkdir(logs, { recursive: true });
    const home = await mkdtemp(join(tmpdir(), 'signalbox-desktop-'));
    for (const folder of ['config', 'data', 'cache']) await mkdir(join(home, folder));
    await mkdir(join(home, 'run'), { mode: 0o700 });
    const desktop = new Desktop(home, logs);
    try {
      await desktop.#start(keychain, width, height);
    } catch (error) {
      await desktop.stop();
      throw error;
    }
    return desktop;
  }

  /** @param {string} keychain @param {number} width @param {number} height */
  async #start(keychain, width, height) {
    // Xvfb chooses a free display itself and writes its number where it is told to.
    const screen = ['-displayfd', '1', '-screen', '0', `${width}x${height}x24`, '-nolisten', 'tcp', '-noreset'];
    const xvfb = this.run('xvfb', 'Xvfb', screen);
    this.env.DISPLAY = await xvfb.line((line) => /^\d+$/.test(line) && `:${line}`);

    const folder = join(this.home, 'run');
    await writeFile(join(folder, 'bus.conf'), BUS(folder));
    const bus = this.run('bus', 'dbus-daemon', [`--config-file=${folder}/bus.conf`, '--nofork', '--print-address=1']);
    await bus.line((line) => line.startsWith('unix:'));

    this.run('openbox', 'openbox', ['--sm-disable']);
    this.run('dunst', 'dunst', []);
    this.#monitor = this.run('notifications', 'dbus-monitor', ["interface='org.freedesktop.Notifications'"]);
    if (keychain === KEYCHAIN.unlocked) {
      // Without a password there would be no default collection, and nothing could be kept.
      const args = ['--unlock', '--components=secrets', '--foreground'];
      const keyring = this.run('keyring', 'gnome-keyring-daemon', args, { input: 'a password' });
      keyring.closeInput();
      await this.#owned('org.freedesktop.secrets');
    }
    await this.#owned('org.freedesktop.Notifications');
    this.tray = await Tray.open(this.env.DBUS_SESSION_BUS_ADDRESS);
    // It greets once it listens; a notification before that would go unseen.
    await this.#monitor.line((line) => line !== '');
  }

  /** Starts a program on the desktop; it ends with it. @param {string} name @param {string} file @param {string[]} args */
  run(name, file, args, { env = {}, input = '' } = {}) {
    const options = { env: { ...this.env, ...env }, logs: this.logs, input };
    const program = new Program(name, file, args, options);
    this.#programs.push(program);
    return program;
  }

  /** Runs a program to its end and gives its lines. @param {string} name @param {string} file @param {string[]} args */
  async finish(name, file, args, options = {}) {
    const program = this.run(name, file, args, options);
    program.closeInput();
    const how = await program.ended();
    if (how !== 'exit code 0') throw new Error(`${name}: ${how}; its log is ${this.logs}/${name}.log`);
    return program.lines;
  }

  /** The ids of this program's processes on this desktop, whoever started them. @param {string} program */
  async processes(program) {
    const found = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      // A process that has just ended has neither any more.
      const of = (file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
      const [file] = (await of('cmdline')).split('\0');
      if (basename(file) === program && (await of('environ')).includes(`\0HOME=${this.home}\0`)) found.push(Number(pid));
    }
    return found;
  }

  /**
   * Waits for a native notification whose title or text holds the words, as the bus has carried it.
   * @param {string | RegExp} words
   */
  async notification(words, ms = 15_000) {
    return this.#monitor.line((line) => line.trim().startsWith('string "') && line.search(words) >= 0 && line, ms);
  }

  /** Whether such a notification has been shown. @param {string} words */
  notified(words) {
    return this.#monitor.lines.some((line) => line.includes(words));
  }

  /** Makes the window with the title so large. @param {string} title @param {number} width @param {number} height */
  async resizeWindow(title, width, height) {
    const window = ['search', '--onlyvisible', '--name', `^${title}$`];
    await this.finish(this.#once('resize'), 'xdotool', [...window, 'windowsize', '--sync', `${width}`, `${height}`]);
  }

  /**
   * Does what a person does who clicks the latest notification: asks the daemon for its default action.
   */
  async clickNotification() {
    await this.finish(this.#once('click'), 'dunstctl', ['action', '0']);
  }

  /** Whether a window with the title is on the screen. @param {string} title */
  async shows(title) {
    const search = this.run(this.#once('search'), 'xdotool', ['search', '--onlyvisible', '--name', `^${title}$`]);
    search.closeInput();
    return (await search.ended()) === 'exit code 0';
  }

  /** What is on the screen of the window with the title, as a PNG. @param {string} title @param {string} path */
  async picture(title, path) {
    await this.finish(this.#once('picture'), 'import', ['-window', title, path]);
  }

  /** Answers the dialog that asks where a file is to be, as a person does who types the whole path. @param {string} path */
  async saveAs(path) {
    const dialog = ['search', '--sync', '--onlyvisible', '--name', '^Save File$', 'windowactivate', '--sync'];
    await this.finish(this.#once('dialog'), 'xdotool', dialog);
    await this.finish(this.#once('type'), 'xdotool', ['key', 'ctrl+a', 'type', path]);
    await this.finish(this.#once('save'), 'xdotool', ['key', 'Return']);
  }

  /** Brings the window with the title to the front and closes it with the keyboard. @param {string} title */
  async closeWindow(title) {
    const window = ['search', '--onlyvisible', '--name', `^${title}$`];
    await this.finish(this.#once('activate'), 'xdotool', [...window, 'windowactivate', '--sync']);
    await this.finish(this.#once('close'), 'xdotool', ['key', 'alt+F4']);
  }

  /** A name that no log has yet. @param {string} name */
  #once(name) {
    this.#count += 1;
    return `${name}-${this.#count}`;
  }

  /** Waits until somebody on the bus answers to the name. @param {string} name */
  async #owned(name) {
    const ask = ['--session', '--print-reply=literal', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'];
    await until(`${name} on the bus`, 15_000, async () => {
      const method = ['org.freedesktop.DBus.NameHasOwner', `string:${name}`];
      const lines = await this.finish(this.#once('ask'), 'dbus-send', [...ask, ...method]);
      return lines.some((line) => line.includes('true'));
    });
  }

  /** Ends everything that runs on it, the latest first. */
  async stop() {
    this.tray?.close();
    for (const program of this.#programs.reverse()) await program.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
