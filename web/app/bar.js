// The bar over the map while it is used for something else than looking: what to do, and the ways out. One at a time.
import { $, h } from './dom.js';

let leave = null;

export function openBar(words, buttons, onLeave) {
  if (leave && leave !== onLeave) leave();
  leave = onLeave;
  const bar = $('#mode');
  bar.replaceChildren(
    h('p', { role: 'status' }, words),
    ...buttons.map(([text, onclick]) => h('button', { type: 'button', class: 'button', onclick }, text)),
  );
  bar.hidden = false;
}

export function closeBar() {
  const last = leave;
  leave = null;
  $('#mode').hidden = true;
  last?.();
  return Boolean(last);
}
