/**
 * Alerts, put into words.
 *
 * Owns what an anomaly is called in the language of the page; a backend's alert is in its own words.
 */
import type { Alert, AlertKind, Anomaly, Cause, Level } from '../generated';
import { count, percent } from '../kit/format';
import { m } from '../paraglide/messages.js';
import { visibleLines } from './visible';

export const ALERT_KINDS: Record<AlertKind, () => string> = {
  warning: m.overview_alert_warning,
  error: m.overview_alert_error,
  anomaly: m.overview_alert_anomaly,
};

export const ALERT_LEVELS: Record<Level, () => string> = {
  low: m.overview_level_low,
  medium: m.overview_level_medium,
  high: m.overview_level_high,
};

type Measured = { figure: string; threshold: string };
const ANOMALIES: Record<Cause, (said: Measured) => string> = {
  connects: m.alerts_cause_connects,
  messages: m.alerts_cause_messages,
  limit_episodes: m.alerts_cause_limit_episodes,
  errors: m.alerts_cause_errors,
  memory: m.alerts_cause_memory,
  slow_consumers: m.alerts_cause_slow_consumers,
};

/** What is wrong, as a text that a place has still to make safe. */
export function alertText({ anomaly, message }: Alert): string {
  return anomaly ? ANOMALIES[anomaly.cause](measuredText(anomaly)) : message;
}

/** Whether one should look at once. */
export function isSerious({ level, kind }: Alert): boolean {
  return level === 'high' || kind === 'error';
}

/** What a sender gave with it, on several lines. */
export function dataText(data: unknown): string {
  return visibleLines(JSON.stringify(data, null, 2));
}

function measuredText({ cause, figure, threshold }: Anomaly): Measured {
  const written = cause === 'memory' ? percent : count;
  return { figure: written(figure), threshold: written(threshold) };
}
