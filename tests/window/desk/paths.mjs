/** Ways through the console that several stories take. */

/** From the welcome page to a gateway's sign-in. @param {import('./console.mjs').Console} console @param {string} url */
export async function connect(console, url) {
  await console.fill('connect-url', url);
  await console.click('connect');
}

/** Name and password. @param {import('./console.mjs').Console} console @param {{ name: string, password: string }} operator */
export async function enter(console, { name, password }) {
  await console.fill('sign-in-name', name);
  await console.fill('sign-in-password', password);
  await console.click('sign-in');
}

/** From the welcome page to live data. @param {import('./console.mjs').Console} console @param {string} url @param {{ name: string, password: string }} operator */
export async function signIn(console, url, operator) {
  await connect(console, url);
  await enter(console, operator);
  await console.see('status-link', '[data-state="live"]');
}
