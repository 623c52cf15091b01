/** Hosts in an address: what the page says about a way depends on where it leads. */

/** Whether a host, as `URL` gives it or as somebody types it, is this machine: nothing is on the way to it. */
export function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(host);
}

/** Whether what is sent to an address can be read on its way. */
export function isReadable(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'http:' && !isThisMachine(new URL(url).hostname);
}
