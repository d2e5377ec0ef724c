// What the map shows and does beyond the public for who is signed in: the office's record, the pin that can be moved, the places that
// wait for a person. All of it is asked of /staff, where the server decides; a reader without an account never sends such a request.
import { $, h, icon } from './dom.js';
import { closeBar, openBar } from './bar.js';
import { t } from './language.js';
import { getJSON } from './server.js';
import { hasPage } from './words.js';

const PUBLISHED_MS = 800; // a change is public within half a second

async function page(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  // without its styles: they are not wanted here, and the page's policy would say so aloud
  return new DOMParser().parseFromString((await answer.text()).replace(/<style>[^<]*<\/style>/g, ''), 'text/html');
}

export function makeStaff({ map, list, tell, onMoved, onChoose }) {
  let me = null;

  async function begin() {
    const link = $('#staff');
    link.hidden = false;
    link.href = '/staff/sign-in';
    try {
      me = await getJSON('/staff/me');
      link.replaceChildren(me.name);
      link.href = '/staff';
      await offerPlaces();
    } catch {
      link.replaceChildren(t('sign_in'));
    }
  }

  // --- places that wait, or belong to a pilot ---
  async function offerPlaces() {
    if (!me.reads) return;
    const { features } = await getJSON('/ogc/collections/pilots/items?limit=50');
    const select = $('#office');
    select.append(
      h('option', { value: '1' }, t('office_all')),
      h('option', { value: 'review' }, t('office_review')),
      ...me.lists.map(({ of, title }) => h('option', { value: of }, title)),
      ...features.map(({ properties }) => h('option', { value: properties.code }, properties.name)),
    );
    select.addEventListener('change', () => onChoose(select.value));
    $('#office-box').hidden = false;
  }

  async function show(of) {
    $('#office').value = of;
    const found = of === '1' ? null : await getJSON('/staff/places?of=' + encodeURIComponent(of));
    map.ring(found?.features ?? []);
    list.give(found);
  }

  // --- the record as the office sees it: the server's own page, without its frame ---
  async function record(collection, feature, body) {
    if (!me?.reads || !hasPage(collection)) return;
    const code = feature.properties.code ?? feature.id;
    const main = (await page('/staff/c/' + code)).querySelector('main');
    main.querySelector('h1')?.remove();
    if (me.edits)
      $('.actions', body)?.append(h('button', { type: 'button', class: 'button', onclick: () => move(code, feature) }, icon('pin'), t('move_pin')));
    $('.office', body)?.remove();
    body.append(h('details', { class: 'office', open: true }, h('summary', {}, t('office_record')), ...main.childNodes));
  }

  // --- moving the pin ---
  async function move(code, feature) {
    const form = (await page(`/staff/c/${code}/edit`)).querySelector('form[action$="/position"]');
    const was = [form.elements.was_lon, form.elements.was_lat].map((input) => Number(input?.value));
    let spot = was[0] ? was : map.center();
    const hold = () => map.hold(spot, (now) => (spot = now));
    const save = async () => {
      const body = new URLSearchParams(new FormData(form));
      body.set('script', '1');
      body.set('lon', spot[0].toFixed(7));
      body.set('lat', spot[1].toFixed(7));
      const answer = await fetch(form.getAttribute('action'), { method: 'POST', body }).catch(() => ({ status: 0 }));
      if (answer.status !== 200) return tell(t(answer.status === 409 ? 'move_conflict' : 'move_failed'));
      closeBar();
      tell(t('moved'));
      setTimeout(() => onMoved(feature), PUBLISHED_MS);
    };
    hold();
    openBar(
      t('move_hint'),
      [
        [t('save'), save],
        [
          t('pin_middle'),
          () => {
            spot = map.center();
            hold();
          },
        ],
        [t('cancel'), closeBar],
      ],
      () => map.hold(null),
    );
  }

  return { begin, record, show, known: () => me };
}
