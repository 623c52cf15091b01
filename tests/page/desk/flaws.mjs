/**
 * What of a page cannot be seen whole: controls whose text is cut, that lie under something else or outside of the window,
 * and parts that scroll sideways.
 *
 * It runs in the page, on its own: nothing from outside of the function is there.
 */
export function flaws() {
  /** @type {string[]} */
  const found = [];
  const called = (element) => {
    const name = element.dataset.testid ?? element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 40);
    return `${element.tagName.toLowerCase()} “${name || element.outerHTML.slice(0, 80)}”`;
  };
  const shown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && width > 2 && height > 2;
  };
  /** Only a screen reader is told of it. */
  const unseen = (element) => element !== null && (getComputedStyle(element).clipPath === 'inset(50%)' || unseen(element.parentElement));
  const wider = (element) => element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1;
  const higher = (element) => element.clientHeight > 0 && element.scrollHeight > element.clientHeight + 2;

  for (const element of document.querySelectorAll('*')) {
    const scrolls = /auto|scroll/.test(getComputedStyle(element).overflowX) || element === document.scrollingElement;
    // What is typed may be longer than its field.
    if (scrolls && shown(element) && wider(element) && !element.matches('textarea, input')) {
      found.push(`${called(element)} scrolls sideways: ${element.scrollWidth} in ${element.clientWidth}`);
    }
  }
  const dialog = document.querySelector('[data-dialog-content]');
  const all = (dialog ?? document).querySelectorAll('button, a[href], input, select, textarea, [role="combobox"], summary');
  for (const control of all) {
    if (!shown(control)) continue;
    const typed = control.matches('input, textarea');
    if (!typed) {
      for (const part of [control, ...control.querySelectorAll('*')]) {
        if (!part.textContent.trim() || unseen(part) || getComputedStyle(part).display === 'inline') continue;
        // The name of something that people have named may be as long as they like; an ellipsis says that it goes on.
        if (part.closest('bdi, [data-long]') || part.querySelector('bdi')) continue;
        if (wider(part)) found.push(`${called(control)}: its text is cut: ${part.scrollWidth} in ${part.clientWidth}`);
        if (higher(part)) found.push(`${called(control)}: its text is cut: ${part.scrollHeight} in ${part.clientHeight} high`);
      }
    }
    control.scrollIntoView({ block: 'center', inline: 'nearest' });
    const { left, right, top, bottom } = control.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1) {
      found.push(`${called(control)} is not in the window: ${[left, top, right, bottom].map(Math.round)}`);
      continue;
    }
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const own = above && (control.contains(above) || above.contains(control) || above.closest('label')?.contains(control));
    if (!own) found.push(`${called(control)} lies under ${above ? called(above) : 'nothing'}`);
  }
  return [...new Set(found)];
}
