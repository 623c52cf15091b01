/**
 * When to redraw.
 *
 * Owns the choice between the display's frames and a timer. It must never know what is drawn.
 */

/** Runs a task soon, once. Answers how to take it back. */
export type Schedule = (task: () => void) => () => void;

/** A window that is hidden has no frames: there a timer takes their place, slow enough to cost nothing. */
const HIDDEN_INTERVAL_MS = 250;
/** The longest wait for a frame: a window may be hidden after the frame was asked for. */
const LATEST_MS = 250;

/** At the next frame of the display, or by timer where there is none. */
export const nextFrame: Schedule = (task) => {
  if (document.visibilityState === 'hidden') {
    const timer = setTimeout(task, HIDDEN_INTERVAL_MS);
    return () => clearTimeout(timer);
  }
  const run = () => {
    cancel();
    task();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, LATEST_MS);
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return cancel;
};
