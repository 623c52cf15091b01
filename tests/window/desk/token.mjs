/** Tokens as an issuer makes them who shares a gateway's secret. */
import { createHmac } from 'node:crypto';

/** A JWT. @param {string} secret @param {object} claims @param {number} seconds that it lasts */
export function signed(secret, claims, seconds = 3600) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const said = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, iat: now, exp: now + seconds })}`;
  return `${said}.${createHmac('sha256', secret).update(said).digest('base64url')}`;
}

/** A token of a user of `/web`. @param {string} secret @param {number} id @param {string} name */
export function userToken(secret, id, name) {
  return signed(secret, { sub: `${id}`, username: name, status: 1 });
}
