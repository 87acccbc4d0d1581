/*
 * What the page does beyond HTML: search, sort and group its tests, open the one that an address names, tell the names
 * of bars, link traces to their viewer, and remember the colours. The page is complete without it.
 */
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const byId = (id) => document.getElementById(id);

rememberTheme();
linkTraces();
for (const plot of all('.waterfall')) tellNames(plot);
if (byId('query') !== null) arrangeTests(document.querySelector('.groups'));

function rememberTheme() {
  const key = 'cost-performance-theme';
  try {
    const choice = byId(`theme-${localStorage.getItem(key)}`);
    if (choice !== null) choice.checked = true;
  } catch {
    return; // storage is refused, as in a frame of another site
  }
  for (const input of all('[name=theme]'))
    input.addEventListener('change', () => localStorage.setItem(key, input.value));
}

/** The viewer stands beside Playwright's report, and works where a server answers. */
function linkTraces() {
  if (!location.protocol.startsWith('http')) return;
  for (const link of all('a.trace'))
    link.href = `trace/index.html?${new URLSearchParams({ trace: new URL(link.getAttribute('href'), location.href) })}`;
}

/** One stop of the Tab key for a plot; the arrow keys go from bar to bar. */
function tellNames(plot) {
  const lanes = all('.track', plot).map((track) => all('.bar', track));
  const output = plot.querySelector('output');
  const tell = ({ target }) => {
    const bar = target.closest('.bar');
    if (bar !== null) output.textContent = bar.title.replace('\n', ': ');
  };
  plot.addEventListener('pointerover', tell);
  plot.addEventListener('focusin', tell);
  plot.addEventListener('keydown', (event) => {
    const row = lanes.findIndex((lane) => lane.includes(event.target));
    if (row === -1) return;
    const next = neighbour(lanes, row, event);
    if (next === undefined) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

function neighbour(lanes, row, { key, target }) {
  const lane = lanes[row];
  const place = lane.indexOf(target);
  const begin = (bar) => Number.parseFloat(bar.style.left);
  const nearest = (other) =>
    other?.reduce((best, bar) =>
      Math.abs(begin(bar) - begin(target)) < Math.abs(begin(best) - begin(target)) ? bar : best,
    );
  switch (key) {
    case 'ArrowRight':
      return lane[place + 1];
    case 'ArrowLeft':
      return lane[place - 1];
    case 'ArrowDown':
      return nearest(lanes[row + 1]);
    case 'ArrowUp':
      return nearest(lanes[row - 1]);
    case 'Home':
      return lane[0];
    case 'End':
      return lane.at(-1);
    default:
      return undefined;
  }
}

function arrangeTests(place) {
  const mostAtOnce = Number(place.dataset.atOnce);
  const files = all('.group', place);
  const rows = all('.tests tbody tr', place).map((row) => {
    const { outcome, area, file, line, time, cost } = row.dataset;
    const name = row.querySelector('.title').textContent;
    return {
      row,
      outcome,
      area,
      file,
      line: Number(line),
      time: Number(time),
      cost: Number(cost),
      name,
      text: undefined,
    };
  });
  const fileOfRow = new Map(rows.map(({ row }) => [row, row.closest('.group')]));
  const [query, sort, grouping, found] = ['query', 'sort', 'group', 'found'].map(byId);
  const worstFirst = ['failed', 'flaky', 'did not run', 'skipped', 'passed'];
  const compare = (left, right) => (left < right ? -1 : Number(left > right));
  const orders = {
    time: (a, b) => b.time - a.time,
    cost: (a, b) => b.cost - a.cost,
    outcome: (a, b) => worstFirst.indexOf(a.outcome) - worstFirst.indexOf(b.outcome) || b.time - a.time,
    name: (a, b) => compare(a.name, b.name),
    place: (a, b) => compare(a.area, b.area) || compare(a.file, b.file) || a.line - b.line,
  };
  const opened = new Set(); // by the search, not by the reader
  const whole = new Set(); // with all of its rows, because the reader has asked for them
  const fewMore = 20;
  let groups = [];

  function arrange() {
    const byKey = Map.groupBy(rows.toSorted(orders[sort.value]), ({ row, area, outcome }) => {
      if (grouping.value === 'file') return fileOfRow.get(row);
      return { area, outcome, nothing: 'all tests' }[grouping.value];
    });
    groups = [...byKey].map(([key, own]) => ({ own, box: typeof key === 'string' ? boxFor(key) : key }));
    const total = ({ own }) => own.reduce((sum, row) => sum + row[sort.value], 0);
    if (sort.value === 'time' || sort.value === 'cost') groups.sort((a, b) => total(b) - total(a));
    place.replaceChildren(); // rows move several times as fast outside of the page
    for (const { box, own } of groups) box.querySelector('tbody').replaceChildren(...own.map(({ row }) => row));
    place.replaceChildren(...groups.map(({ box }) => box));
    filter();
  }

  /** A group like those of files, of the tests of another key. */
  function boxFor(name) {
    const box = files[0].cloneNode(false);
    const table = files[0].querySelector('table').cloneNode(false);
    const file = files[0].querySelector('table');
    table.append(file.caption.cloneNode(false), file.tHead.cloneNode(true), document.createElement('tbody'));
    table.caption.textContent = `Tests of ${name}`;
    const summary = document.createElement('summary');
    summary.innerHTML =
      '<span class="name"></span> <small><span class="count"></span><span class="shown"></span></small>';
    summary.querySelector('.name').textContent = name;
    box.append(summary, table);
    box.open = rows.length <= mostAtOnce;
    return box;
  }

  function filter() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcome = document.querySelector('[name=outcome]:checked').value;
    const isActive = words.length > 0 || outcome !== 'all';
    let shown = 0;
    for (const each of rows) {
      if (words.length > 0) each.text ??= `${each.area} ${each.row.textContent}`.toLowerCase();
      const fits = outcome === 'all' || each.outcome === outcome;
      each.row.hidden = !fits || !words.every((word) => each.text.includes(word));
      if (!each.row.hidden) shown++;
    }
    for (const each of groups) tellCounts(each, isActive, shown);
    found.textContent = isActive
      ? `${shown.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} tests`
      : '';
  }

  function tellCounts({ box, own }, isActive, shown) {
    const fitting = own.filter(({ row }) => !row.hidden);
    const here = fitting.length;
    const isCut = here > mostAtOnce + fewMore && !whole.has(box);
    if (isCut) for (const { row } of fitting.slice(mostAtOnce)) row.hidden = true;
    offerMore(box, isCut ? here : 0);
    box.hidden = here === 0;
    const count = box.querySelector('.count');
    if (count !== null)
      count.textContent = `${own.length.toLocaleString('en-US')} ${own.length === 1 ? 'test' : 'tests'}`;
    box.querySelector('.shown').textContent = here === own.length ? '' : `, ${here.toLocaleString('en-US')} shown`;
    if (isActive && here > 0 && shown <= mostAtOnce && !box.open) {
      box.open = true;
      opened.add(box);
    } else if (opened.has(box) && (!isActive || shown > mostAtOnce)) {
      box.open = false;
      opened.delete(box);
    }
  }

  /** Of a long group the first rows are there until somebody asks for the others: laying out thousands takes long. */
  function offerMore(box, count) {
    box.querySelector('.rest')?.remove();
    if (count === 0) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'rest';
    button.textContent = `Show all ${count.toLocaleString('en-US')}`;
    button.addEventListener('click', () => {
      whole.add(box);
      filter();
    });
    box.append(button);
  }

  function openAll(isOpen) {
    opened.clear();
    for (const { box } of groups) box.open = isOpen;
  }

  /** Shows the test that the address names, wherever it is closed in or filtered out. */
  function follow() {
    const row = byId(decodeURIComponent(location.hash.slice(1)));
    if (row === null || !fileOfRow.has(row)) return;
    if (row.hidden) {
      query.value = '';
      byId('show-all').checked = true;
      whole.add(row.closest('.group'));
      filter();
    }
    row.closest('.group').open = true;
    row.querySelector('details').open = true;
    row.scrollIntoView({ block: 'start' });
  }

  for (const element of all('.scripted')) element.hidden = false;
  query.addEventListener('input', filter);
  for (const input of all('[name=outcome]')) input.addEventListener('change', filter);
  for (const select of [sort, grouping]) select.addEventListener('change', arrange);
  byId('open-all').addEventListener('click', () => openAll(true));
  byId('close-all').addEventListener('click', () => openAll(false));
  addEventListener('hashchange', follow);
  groups = Map.groupBy(rows, ({ row }) => fileOfRow.get(row));
  groups = [...groups].map(([box, own]) => ({ box, own }));
  place.classList.add('lazy');
  filter();
  follow();
}
