/**
 * `gallery.html` shows the kit; `gallery.html?scene=live` shows the whole window on sample data. Scenes: live, waiting,
 * ended, loading, unreached, connecting, closed, signedOut, refused, welcome, fresh. Further: theme, language, fails=<code>.
 */
import { mount } from 'svelte';
import App from '../src/app/App.svelte';
import type { Language, Theme } from '../src/generated';
import { useHost } from '../src/host';
import '../src/kit/base.css';
import Gallery from './Gallery.svelte';
import { SampleHost } from './host';
import { PREFERENCES } from './sample';

const query = new URLSearchParams(location.search);
const theme = (query.get('theme') ?? 'system') as Theme;
const language = (query.get('language') ?? 'en') as Language;
const scene = query.get('scene');

const target = document.getElementById('app');
if (!target) throw new Error('gallery.html has no #app');
if (scene === null) {
  mount(Gallery, { target, props: { choice: theme, language: language === 'system' ? 'en' : language } });
} else {
  useHost(new SampleHost(scene, { ...PREFERENCES, theme, language }, query.get('fails')));
  mount(App, { target });
}
