// The widget in a real browser: JupyterLab 4 with a fresh kernel, driven by playwright-core in Debian's Chromium.
//
//   npm install playwright-core            # in any folder outside the project
//   node PROJECT/.ci/browser/widget.mjs --library LIB --out DIR --upload VIDEO [--only talk,play,export,upload] [--video FILE]
//
// LIB is a library with the sample tracks, DIR gets the screenshots, `jupyter` and `musechat` are those on PATH. It is
// run by hand. It ends with code 1 where a check fails; each check prints one line.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const { chromium } = createRequire(path.join(process.cwd(), 'x.js'))('playwright-core');
const args = Object.fromEntries(process.argv.slice(2).join(' ').split('--').filter(Boolean).map((a) => a.trim().split(/\s+/)));
const out = path.resolve(args.out ?? 'shots');
const port = Number(args.port ?? 8931);
const only = args.only?.split(',');
fs.mkdirSync(out, { recursive: true });
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'musechat-browser-'));

const code = (source) => ({ cell_type: 'code', metadata: {}, source, outputs: [], execution_count: null, id: `c${Math.random().toString(36).slice(2, 10)}` });
const book = (...cells) => JSON.stringify({ cells: cells.map(code), nbformat: 4, nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', display_name: 'python3', language: 'python' } } });
const begin = `from musechat import MuseChat
from musechat.core.samples import sample_video
muse = MuseChat.from_pretrained(library=${JSON.stringify(path.resolve(args.library))})`;
const video = args.video ? JSON.stringify(path.resolve(args.video)) : 'sample_video()';
fs.writeFileSync(path.join(root, 'video.ipynb'), book(begin, `widget = muse.widget(${video})\nwidget`));
fs.writeFileSync(path.join(root, 'empty.ipynb'), book(begin, 'widget = muse.widget()\nwidget'));

const server = spawn('jupyter', ['lab', '--no-browser', '--allow-root', `--port=${port}`, '--ServerApp.port_retries=0', `--ServerApp.root_dir=${root}`,
  '--IdentityProvider.token=', '--ServerApp.password=', '--LabApp.news_url=None', '--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate'],
  { stdio: ['ignore', fs.openSync(path.join(out, 'server.log'), 'w'), fs.openSync(path.join(out, 'server.log'), 'a')] });

let failed = 0;
const check = (name, ok, note = '') => {
  failed += ok ? 0 : 1;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name} ${note}`);
};
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
async function up() {
  for (let i = 0; i < 240; i++) {
    try { if ((await fetch(`http://127.0.0.1:${port}/api`)).ok) return; } catch { /* not yet */ }
    await sleep(500);
  }
  throw new Error('jupyter does not start');
}

const errors = [];
const outside = [];
async function lab(browser, name, size, dark = false) {
  const context = await browser.newContext({ viewport: size, colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  page.on('pageerror', (e) => errors.push(`${name}: ${e.message}`));
  page.on('console', (m) => { if (m.type() === 'error' && m.text().includes('mcw')) errors.push(m.text()); });
  page.on('request', (r) => {
    const url = new URL(r.url());
    if (!['127.0.0.1', 'localhost', ''].includes(url.hostname)) outside.push(r.url());
  });
  await page.goto(`http://127.0.0.1:${port}/lab/tree/${name}.ipynb?reset`);
  await page.waitForSelector('.jp-Notebook', { timeout: 120000 });
  if (dark) await page.evaluate(() => document.body.setAttribute('data-jp-theme-light', 'false'));
  await page.keyboard.press('Control+B');       // the file browser away
  await sleep(1500);
  await page.waitForSelector('.jp-Notebook-ExecutionIndicator[data-status="idle"]', { timeout: 120000 });
  await sleep(4000);                             // a cell that is run while the kernel connects is not run
  for (let i = 0; i < 2; i++) {
    await page.locator('.jp-Notebook .jp-Cell .cm-content').nth(i).click();
    await page.keyboard.press('Shift+Enter');
    await sleep(500);
  }
  await page.waitForSelector('.mcw', { timeout: 300000 });
  return page;
}

const idle = (page) => page.waitForFunction(() => document.querySelector('.mcw-card') && !document.querySelector('.mcw-bubble[aria-busy]'), null, { timeout: 240000 });
const shot = async (page, name) => {
  await page.locator('.mcw').screenshot({ path: path.join(out, `${name}.png`) });
};
const state = (page) => page.evaluate(() => ({
  bubbles: [...document.querySelectorAll('.mcw-bubble')].map((b) => b.innerText), chips: [...document.querySelectorAll('.mcw-chip')].map((c) => c.innerText),
  cards: document.querySelectorAll('.mcw-card').length, waves: document.querySelectorAll('.mcw-wave svg').length,
  error: document.querySelector('.mcw-error').innerText, notice: document.querySelector('.mcw-notice').innerText }));

const tests = {
  async talk(page) {
    await idle(page);
    await page.waitForFunction(() => document.querySelectorAll('.mcw-wave svg').length === 5, null, { timeout: 120000 });
    await page.waitForSelector('.mcw-first', { timeout: 60000 }).catch(() => {});
    const first = await state(page);
    check('turn 1: five cards, five waveforms', first.cards === 5 && first.waves === 5, JSON.stringify(first.bubbles));
    console.log('     suggestions', JSON.stringify(await page.locator('.mcw-first').allInnerTexts()));
    await shot(page, 'turn-1');
    const box = page.locator('.mcw textarea');
    await box.fill('calm piano');
    await box.press('Shift+Enter');
    await box.type('without drums, florbly gnarb');
    const start = Date.now();
    await box.press('Enter');
    await page.waitForSelector('.mcw-bubble[aria-busy]', { timeout: 30000 });
    const seen = Date.now() - start;
    await idle(page);
    const second = await state(page);
    check('turn 2: chips', second.chips.some((c) => c.startsWith('piano')) && second.chips.some((c) => c.startsWith('no drums')), JSON.stringify(second.chips));
    check('turn 2: what was not understood is shown', second.chips.some((c) => c.includes('florbly')));
    console.log(`     own words on screen after ${seen} ms, cards after ${Date.now() - start} ms`);
    await page.waitForFunction(() => document.querySelectorAll('.mcw-wave svg').length === 5, null, { timeout: 120000 });
    await shot(page, 'turn-2');
    await page.click('.mcw-chip:has-text("no drums")');
    await page.waitForFunction(() => ![...document.querySelectorAll('.mcw-chip')].some((c) => c.innerText.startsWith('no drums')), null, { timeout: 120000 });
    await idle(page);
    check('a chip is removed', true);
    await page.click('.mcw button:has-text("Undo")');
    await page.waitForFunction(() => [...document.querySelectorAll('.mcw-chip')].some((c) => c.innerText.startsWith('no drums')), null, { timeout: 120000 });
    check('undo brings it back', true);
    for (const label of ['Why', 'Like', 'More like this', 'Not this', 'Use this']) {
      await idle(page);
      await sleep(800);
      const n = (await state(page)).bubbles.length;
      await page.locator('.mcw-card').nth(1).locator(`button:text-is("${label}")`).click();
      await page.waitForFunction((n) => document.querySelectorAll('.mcw-bubble').length >= n + 2 && !document.querySelector('.mcw-bubble[aria-busy]'), n, { timeout: 240000 });
      const now = await state(page);
      check(label, !now.error, now.bubbles.at(-1));
    }
  },
  async play(page) {
    await idle(page);
    await page.locator('.mcw-card').first().locator('button:has-text("With the video")').click();
    await page.waitForFunction(() => document.querySelector('.mcw-film').currentTime > 0.2, null, { timeout: 120000 });
    await sleep(5000);
    const at = await page.evaluate(() => {
      const film = document.querySelector('.mcw-film');
      return { video: film.currentTime, size: [film.videoWidth, film.videoHeight], under: document.querySelector('.mcw-under').innerText, gap: document.querySelector('.mcw-sound').currentTime - film.currentTime };
    });
    check('the video runs', at.video > 3, JSON.stringify(at));
    check('music and video are less than 60 ms apart', Math.abs(at.gap ?? 9) < 0.06, `${Math.round(1000 * at.gap)} ms`);
    await shot(page, 'playing');
    await page.locator('.mcw-card').nth(2).locator('.mcw-wave').click({ position: { x: 60, y: 20 } });
    await page.waitForFunction(() => document.querySelectorAll('.mcw-playing').length === 1 && document.querySelector('.mcw-film').paused, null, { timeout: 60000 });
    check('a click on a waveform plays it, and the video stops', true);
    await page.locator('.mcw-playing button:has-text("Pause")').click();
    const dark = async (on) => { await page.evaluate((on) => document.body.setAttribute('data-jp-theme-light', String(!on)), on); await sleep(500); };
    await page.evaluate(() => { const s = document.documentElement.style; for (const [k, v] of [['layout-color1', '#111'], ['layout-color2', '#222'], ['ui-font-color1', '#eee'], ['border-color1', '#555']]) s.setProperty(`--jp-${k}`, v); });
    await page.addStyleTag({ content: 'body, html { --jp-layout-color1: #111 !important; --jp-layout-color2: #222 !important; --jp-ui-font-color1: #eee !important; --jp-border-color1: #555 !important; }' });
    await dark(true);
    await shot(page, 'dark');
    await page.setViewportSize({ width: 800, height: 1500 });
    await sleep(1000);
    await shot(page, 'narrow');
    await page.setViewportSize({ width: 1280, height: 1500 });
    await dark(false);
  },
  async export(page) {
    await idle(page);
    await page.click('.mcw-export summary');
    await page.selectOption('.mcw-export select', 'duck');
    await page.click('.mcw-export button:has-text("Export")');
    await page.waitForSelector('.mcw-export progress:not([hidden])', { timeout: 10000 });
    await shot(page, 'exporting');
    await page.waitForSelector('.mcw-path', { timeout: 300000 });
    const file = await page.locator('.mcw-path').innerText();
    check('export', fs.existsSync(file) && fs.statSync(file).size > 1e5, path.basename(file));
    await shot(page, 'exported');
  },
};

let browser;
try {
  await up();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'] });
  const wanted = (name) => !only || only.includes(name);
  if (['talk', 'play', 'export'].some(wanted)) {
    const page = await lab(browser, 'video', { width: 1280, height: 1500 });
    for (const [name, test] of Object.entries(tests)) if (wanted(name)) await test(page);
    await page.context().close();
  }
  if (wanted('upload')) {
    const page = await lab(browser, 'empty', { width: 1280, height: 1200 });
    await sleep(2000);
    await shot(page, 'empty');
    const input = page.locator('.mcw-drop input[type=file]');
    await input.setInputFiles({ name: 'not a video.mp4', mimeType: 'video/mp4', buffer: Buffer.from('MZ nothing') });
    await page.waitForSelector('.mcw-drop .mcw-meta:has-text("is no video")', { timeout: 60000 });
    check('a file that is no video is refused', true);
    await input.setInputFiles(path.resolve(args.upload));
    await page.waitForSelector('.mcw-film', { state: 'visible', timeout: 240000 });
    await idle(page);
    check('an upload is watched', (await state(page)).cards === 5, await page.locator('.mcw-filmbox .mcw-meta').first().innerText());
    await shot(page, 'uploaded');
    await page.evaluate(async () => {                // as a person who restarts the kernel elsewhere
      const [{ id }] = await (await fetch('/api/kernels')).json();
      const token = document.cookie.match(/_xsrf=([^;]+)/)?.[1] ?? '';
      await fetch(`/api/kernels/${id}/restart`, { method: 'POST', headers: { 'X-XSRFToken': token } });
    });
    await page.locator('.mcw textarea').fill('calmer');
    await page.locator('.mcw textarea').press('Enter');
    await page.waitForSelector('.mcw-notice:not([hidden])', { timeout: 60000 });
    check('a kernel that was restarted leaves a message', true, (await state(page)).notice);
    await page.context().close();
  }
} catch (e) {
  check('no exception', false, e.stack);
  if (browser) for (const context of browser.contexts()) for (const page of context.pages()) await page.screenshot({ path: path.join(out, 'failed.png') }).catch(() => {});
} finally {
  check('no error in the page', errors.length === 0, errors.join('; '));
  check('no request to the outside', outside.length === 0, outside.slice(0, 3).join(' '));
  await browser?.close();
  server.kill('SIGINT');
  await sleep(1500);
  server.kill('SIGKILL');
  fs.rmSync(root, { recursive: true, force: true });
  process.exit(failed ? 1 : 0);
}
