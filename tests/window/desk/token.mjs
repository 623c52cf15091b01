/** Tokens of users, as their backend signs them with a secret that it shares with a gateway. */
import { createHmac } from 'node:crypto';

const LASTS_S = 3600;

/** A token of a user of `/web`. @param {string} secret @param {number} id @param {string} name */
export function userToken(secret, id, name) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: `${id}`, username: name, status: 1, iat: now, exp: now + LASTS_S };
  const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${said}.${createHmac('sha256', secret).update(said).digest('base64url')}`;
}
