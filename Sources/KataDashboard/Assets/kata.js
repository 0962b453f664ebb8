// The dashboard's only script. Every page works without it; with it pages stay up to date, and keys act.

const root = document.documentElement;
const query = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** What a browser keeps for this site, or nothing where it may not. */
const kept = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* then it lasts as long as the page */ } },
};

// Parsing: the one way from text to elements. What comes is what the server's templates made, and nothing else.
const policy = globalThis.trustedTypes?.createPolicy('kata', { createHTML: (html) => html })
  ?? { createHTML: (html) => html };

function parse(html) {
  const template = document.createElement('template');
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

// Swapping: elements stay the same where they can, and with them focus, ticks, scrolling and what is unfolded.
const isSame = (one, other) =>
  one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id ?? '') === (other.id ?? '');

function morph(have, want) {
  if (have.nodeType !== Node.ELEMENT_NODE) {
    if (have.data !== want.data) have.data = want.data;
    return;
  }
  for (const { name, value } of want.attributes) {
    if (name !== 'open' && have.getAttribute(name) !== value) have.setAttribute(name, value);
  }
  for (const { name } of [...have.attributes]) {
    if (name !== 'open' && !want.hasAttribute(name)) have.removeAttribute(name);
  }
  const ids = new Set([...want.children].map((child) => child.id).filter(Boolean));
  for (const child of [...have.children]) {
    if (child.id && !ids.has(child.id)) child.remove();
  }
  let place = have.firstChild;
  for (const wanted of [...want.childNodes]) {
    const known = wanted.id && [...have.children].find((child) => isSame(child, wanted));
    const match = known || (place && isSame(place, wanted) ? place : null);
    if (!match) {
      have.insertBefore(wanted, place);
    } else {
      if (match === place) place = place.nextSibling;
      else have.insertBefore(match, place);
      morph(match, wanted);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

/** Updates that wait until what is selected in their region is no longer. */
let held = [];

function isSelected(region) {
  const selection = getSelection();
  return selection && !selection.isCollapsed && selection.containsNode(region, true);
}

function update(change) {
  const region = document.getElementById(change.id);
  if (!region?.hasAttribute('data-live')) return;
  if (isSelected(region)) {
    // Of whole regions the latest is enough; of what is added, each part counts.
    if (!change.append) held = held.filter((other) => other.id !== change.id);
    held.push(change);
    return;
  }
  const focused = document.activeElement;
  const follows = [region, ...all('[data-follow]', region)].filter((element) => element.hasAttribute('data-follow')
    && element.scrollTop + element.clientHeight >= element.scrollHeight - 8);
  const content = parse(change.html);
  if (change.append) region.append(content);
  else if (content.firstElementChild) morph(region, content.firstElementChild);
  for (const element of follows) element.scrollTop = element.scrollHeight;
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  if (region.dataset.title) document.title = region.dataset.title;
  count();
}

document.addEventListener('selectionchange', () => {
  const changes = held;
  held = [];
  changes.forEach(update);
});

// The stream of updates.
const says = query('#live');
const pauseButton = query('#pause');
let stream = null;
let retry = 0;
let isPaused = false;

function show(word) {
  if (says.textContent !== word) says.textContent = word;
  root.dataset.stream = word;
  pauseButton.textContent = isPaused ? 'Resume' : 'Pause';
}

function close() {
  clearTimeout(retry);
  stream?.close();
  stream = null;
}

function open() {
  close();
  if (isPaused || document.hidden) return;
  stream = new EventSource('/ui/events?page=' + encodeURIComponent(location.pathname + location.search));
  stream.addEventListener('open', () => show('live'));
  stream.addEventListener('region', (event) => update(JSON.parse(event.data)));
  stream.addEventListener('error', () => {
    show('offline');
    // A browser gives up after an answer that is no stream, such as 503.
    if (stream?.readyState === EventSource.CLOSED) retry = setTimeout(open, 5000);
  });
}

if (says && pauseButton && query('main [data-live]')) {
  pauseButton.addEventListener('click', () => {
    isPaused = !isPaused;
    if (isPaused) { close(); show('paused'); } else open();
  });
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', (event) => { if (event.persisted) open(); });
  open();
} else {
  pauseButton?.remove();
}

// Selection: how many rows are ticked, and all of them at once.
const boxes = () => all('tbody input[type=checkbox][name=id]');

function count() {
  const ticked = boxes().filter((box) => box.checked).length;
  const output = query('#selected');
  if (output) output.textContent = ticked ? `${ticked} selected` : '';
  const every = query('[data-all]');
  if (every) {
    every.checked = ticked > 0 && ticked === boxes().length;
    every.indeterminate = ticked > 0 && !every.checked;
  }
}

document.addEventListener('change', (event) => {
  if (event.target.matches('[data-all]')) boxes().forEach((box) => { box.checked = event.target.checked; });
  count();
});

// Copying the line of a command.
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  try {
    await navigator.clipboard.writeText(query('code', button.parentElement).textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(query('code', button.parentElement));
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
});

// Keys. They can be switched off, and leave alone who types or holds a modifier.
const help = query('#help');
const switchBox = query('#keys-on');
if (switchBox) {
  switchBox.checked = kept.get('kata.keys') !== 'off';
  switchBox.addEventListener('change', () => kept.set('kata.keys', switchBox.checked ? 'on' : 'off'));
}
query('#help-open')?.addEventListener('click', () => help.showModal());

const rows = () => all('[data-row]');
const rowInHand = () => document.activeElement?.closest('[data-row]');

function step(by) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(rowInHand());
  const row = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
  query('a', row)?.focus();
  row.scrollIntoView({ block: 'nearest' });
}

function tick(box, to = !box.checked) {
  box.checked = to;
  count();
}

function act(key) {
  const ofRow = rowInHand() && query('input[name=id]', rowInHand());
  if (boxes().length && !boxes().some((box) => box.checked)) {
    if (!ofRow) return;
    tick(ofRow, true);
  }
  (query(`[data-key=${key}]`, rowInHand() ?? document) ?? query(`main [data-key=${key}]`))?.click();
}

const keys = {
  '/': () => (query('#search') ? query('#search').focus() : location.assign('/ui/jobs#search')),
  '?': () => help?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => { const box = rowInHand() && query('input[name=id]', rowInHand()); if (box) tick(box); },
  r: () => act('r'),
  c: () => act('c'),
};

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.getModifierState('AltGraph') || !switchBox?.checked) return;
  const isLetter = /^[a-z]$/.test(event.key);
  if (isLetter && event.shiftKey || event.repeat && !'jk'.includes(event.key)) return;
  if (event.target.closest?.('input:not([type=checkbox]), textarea, select, [contenteditable], dialog')) return;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});

root.classList.add('js');
// What a job printed last says most.
all('[data-follow]').forEach((element) => { element.scrollTop = element.scrollHeight; });
if (location.hash === '#search') query('#search')?.focus();
count();
