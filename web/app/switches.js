// The small controls: theme, text size, zoom, locate, keys. Taste is kept on this machine, not in the link.
import { $ } from './dom.js';
import { t } from './language.js';

const root = document.documentElement;
const darkWish = matchMedia('(prefers-color-scheme: dark)');

// A browser may refuse storage; then the choice lasts as long as the page.
function kept(name, value) {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // nothing to keep it in
  }
  return null;
}

function press(button, on) {
  button.setAttribute('aria-pressed', String(on));
}

function makeTheme(map) {
  const button = $('#dark');
  const isDark = () => (kept('theme') ?? (darkWish.matches ? 'dark' : 'light')) === 'dark';
  function wear(dark) {
    root.dataset.theme = dark ? 'dark' : 'light';
    press(button, dark);
    map.repaint();
  }
  button.addEventListener('click', () => {
    const dark = root.dataset.theme !== 'dark';
    kept('theme', dark ? 'dark' : 'light');
    wear(dark);
  });
  darkWish.addEventListener('change', () => wear(isDark()));
  wear(isDark());
}

function makeTextSize(map) {
  const button = $('#large');
  function wear(large) {
    root.classList.toggle('large', large);
    press(button, large);
    map.repaint();
  }
  button.addEventListener('click', () => {
    const large = !root.classList.contains('large');
    kept('text', large ? 'large' : 'normal');
    wear(large);
  });
  wear(kept('text') === 'large');
}

function makeLocate(map, tell) {
  $('#locate').addEventListener('click', () => {
    if (!isSecureContext || !navigator.geolocation) return tell(t('locate_insecure'));
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (!map.isInside(coords.longitude, coords.latitude)) return tell(t('locate_far'));
        map.me(coords.longitude, coords.latitude, coords.accuracy);
      },
      () => tell(t('locate_failed')),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 10000 },
    );
  });
}

// On a phone filters and legend wait folded, so that the map is on the first screen. (The same condition stands in style.css.)
function openWhereThereIsRoom() {
  const wide = matchMedia('(min-width: 48rem) and (min-height: 30rem)');
  const follow = () => {
    $('#filter-box').open = wide.matches;
    $('#legend').open = wide.matches && innerWidth >= 960;
  };
  wide.addEventListener('change', follow);
  follow();
}

export function makeSwitches({ map, tell, onLanguage, onIndicators, onEscape }) {
  makeTheme(map);
  makeTextSize(map);
  makeLocate(map, tell);
  $('#language').addEventListener('click', onLanguage);
  $('#open-indicators').addEventListener('click', onIndicators);
  $('#zoom-in').addEventListener('click', () => map.zoomBy(1));
  $('#zoom-out').addEventListener('click', () => map.zoomBy(-1));
  $('#home').addEventListener('click', map.goHome);
  $('#full').hidden = !document.fullscreenEnabled;
  $('#full').addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : $('.stage').requestFullscreen()));
  openWhereThereIsRoom();
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !$('dialog[open]')) onEscape();
    if (event.key === '/' && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) {
      event.preventDefault();
      $('#q').focus();
    }
  });
  new ResizeObserver(map.resize).observe($('#map'));
}
