/**
 * What stands in for the desktop shell inside of the browser: the shell's `invoke` and its channels, over one WebSocket to
 * the host (`host.rs`).
 *
 * It runs in the page before anything of the page does. It must never know what is asked.
 */

/** Serialised into the page. @param {string} address of the host */
export function bridge(address) {
  let last = 0;
  /** @type {Map<number, (message: unknown) => void>} */
  const callbacks = new Map();
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (failure: unknown) => void }>} */
  const asked = new Map();
  /** How many updates there have been, by channel. @type {Map<number, number>} */
  const told = new Map();

  const socket = new WebSocket(address);
  const open = new Promise((resolve) => socket.addEventListener('open', resolve));
  socket.addEventListener('message', ({ data }) => {
    const said = JSON.parse(data);
    if ('channel' in said) {
      // A channel writes itself as `__CHANNEL__:7`.
      const channel = Number(said.channel.split(':')[1]);
      const index = told.get(channel) ?? 0;
      told.set(channel, index + 1);
      callbacks.get(channel)?.({ index, message: said.update });
      return;
    }
    const { resolve, reject } = asked.get(said.id);
    asked.delete(said.id);
    if ('failure' in said) reject(said.failure);
    else resolve(said.value);
  });

  globalThis.__TAURI_INTERNALS__ = {
    transformCallback(callback) {
      last += 1;
      callbacks.set(last, callback);
      return last;
    },
    unregisterCallback: (id) => callbacks.delete(id),
    async invoke(command, args) {
      await open;
      last += 1;
      const id = last;
      const answer = new Promise((resolve, reject) => asked.set(id, { resolve, reject }));
      socket.send(JSON.stringify({ id, command, args }));
      return answer;
    },
  };
}
