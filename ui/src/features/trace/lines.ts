/**
 * Traced events as text, for a clipboard: one JSON object a line.
 */
import type { TraceRow } from '../../generated';

export function ndjson(rows: readonly TraceRow[]): string {
  return rows.map(lineOf).join('\n');
}

function lineOf(row: TraceRow): string {
  const { at, node, user, socket, namespace, event, room, durationUs, code } = row;
  const shown = { at, node, user, socket, namespace, event, room, durationUs, outcome: code ?? 'ok' };
  return JSON.stringify({ ...shown, payload: parsed(row.payload) });
}

/** The payload as it was sent, or its text where that was cut and reads as nothing. */
function parsed(payload: string | null): unknown {
  if (payload === null) return null;
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return payload;
  }
}

/** The payload over several lines, to read. */
export function pretty(payload: string | null): string {
  const value = parsed(payload);
  return value === null ? '–' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
