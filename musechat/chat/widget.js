// The musechat widget: draws what the kernel shows, sends what the user does. Words of strangers (titles, tags, file
// names, replies) are set as text or as attribute values, never as HTML.

const words = {
  drop: 'Drop a video here', choose: 'Choose a file', path: 'or a path on the kernel’s machine', open: 'Open',
  send: 'Send', stop: 'Stop', undo: 'Undo', restart: 'Start over', say: 'Say what the music should be like',
  hint: 'Enter sends, Shift-Enter starts a new line', lost: 'not understood:', try: 'Try one of these:',
  listen: 'Listen', pause: 'Pause', under: 'With the video', keep: 'Use this', like: 'Like', reject: 'Not this',
  more: 'More like this', why: 'Why', music: 'Music', own: 'Own sound', export: 'Export', loading: 'Loading …',
  dead: 'The kernel was restarted or has ended: run the cell again to go on.',
  silent: 'The kernel does not answer yet. It may be busy with a cell; if it was restarted, run the cell again.',
  large: 'The file has more than 500 MB.', waves: 'no waveform:',
};

// ---- small helpers

function h(tag, props = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) el.addEventListener(name.slice(2), value);
    else if (name === 'text') el.textContent = value;
    else if (name === 'class') el.className = value;
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return el;
}

function svg(tag, props, ...children) {
  const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(props)) el.setAttribute(name, value);
  el.append(...children);
  return el;
}

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;
const clamp = (x, low, high) => Math.min(high, Math.max(low, x));
let count = 0;

// ---- the wire: messages to the kernel, files from it

class Wire {
  constructor(model, notice) {
    this.model = model;
    this.notice = notice;
    this.files = new Map();      // name -> {parts, resolve, reject, progress}
    this.handlers = {};
    this.onMessage = (message, buffers) => this.receive(message, buffers);
    model.on('msg:custom', this.onMessage);
    model.on('change', () => this.alive());
    const kernel = model.widget_manager?.kernel;
    this.onStatus = (_, status) => {
      if (['restarting', 'autorestarting', 'dead', 'terminating'].includes(status)) this.notice(words.dead);
    };
    try { kernel?.statusChanged?.connect(this.onStatus); } catch { /* another front end */ }
    this.kernel = kernel;
  }

  send(message, buffers) {
    try { this.model.send(message, undefined, buffers); } catch { return this.notice(words.dead); }
    this.timer ??= setTimeout(() => this.notice(words.silent), 10000);
  }

  alive() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.notice('');
  }

  receive(message, buffers) {
    this.alive();
    if (message.kind === 'part') this.part(message, buffers);
    else if (message.kind === 'failed') this.fail(message);
    else this.handlers[message.kind]?.(message);
  }

  // Ask for a file; resolves with a Blob and what the kernel says of it.
  fetch(message, progress) {
    const name = `f${Date.now()}-${count++}`;
    return new Promise((resolve, reject) => {
      this.files.set(name, { parts: [], n: 0, resolve, reject, progress });
      this.send({ ...message, name });
    });
  }

  part(message, buffers) {
    const { name, i, n, about } = message;
    const file = this.files.get(name);
    this.send({ do: file ? 'got' : 'unwanted', name, i });
    if (!file || file.parts[i]) return;
    file.parts[i] = buffers[0];
    file.n += 1;
    file.progress?.(file.n / n);
    if (file.n < n) return;
    this.files.delete(name);
    file.resolve({ blob: new Blob(file.parts, { type: about.mime }), ...about });
  }

  fail({ name, text }) {
    this.files.get(name)?.reject(new Error(text));
    this.files.delete(name);
  }

  close() {
    clearTimeout(this.timer);
    this.model.off('msg:custom', this.onMessage);
    try { this.kernel?.statusChanged?.disconnect(this.onStatus); } catch { /* gone */ }
  }
}

// ---- playing: a track alone, or the video with a track under it, two elements kept in step

class Player {
  constructor(wire, video, changed) {
    this.wire = wire;
    this.video = video;
    this.audio = h('audio', { class: 'mcw-sound' });
    this.changed = changed;
    this.id = `p${count++}`;
    this.now = null;              // {track, start, seconds, withVideo}
    this.cache = new Map();
    this.copy = null;             // promise of the video's copy
    this.onOther = (e) => { if (e.detail !== this.id) this.pause(); };
    window.addEventListener('musechat-play', this.onOther);
    this.audio.addEventListener('ended', () => this.next());
    this.audio.addEventListener('timeupdate', () => this.changed());
    this.audio.addEventListener('pause', () => this.changed());
    video.addEventListener('pause', () => { if (this.now?.withVideo) this.audio.pause(); });
    video.addEventListener('play', () => { if (this.now?.withVideo) this.follow(); });
    video.addEventListener('seeked', () => { if (this.now?.withVideo) this.align(true); });
    this.timer = setInterval(() => this.align(false), 250);
  }

  get playing() { return !this.audio.paused || (this.now?.withVideo && !this.video.paused); }
  get at() { return this.now ? this.now.start + this.audio.currentTime : 0; }

  own(file) { this.copy = Promise.resolve(URL.createObjectURL(file)); }

  // The video, once: the user's own file, or a copy from the kernel.
  film(progress) {
    this.copy ??= this.wire.fetch({ do: 'film' }, progress).then((f) => URL.createObjectURL(f.blob));
    this.copy.catch(() => { this.copy = null; });
    return this.copy;
  }

  sound(track, start, seconds, progress) {
    const key = `${track}@${start.toFixed(2)}+${seconds}`;
    if (!this.cache.has(key)) {
      const made = this.wire.fetch({ do: 'sound', track, start, seconds }, progress)
        .then((f) => ({ url: URL.createObjectURL(f.blob), seconds: f.seconds }));
      made.catch(() => this.cache.delete(key));
      this.cache.set(key, made);
    }
    return this.cache.get(key);
  }

  async start(track, start, seconds, withVideo, progress) {
    this.pause();
    const turn = this.turn = (this.turn ?? 0) + 1;
    window.dispatchEvent(new CustomEvent('musechat-play', { detail: this.id }));
    const [sound, film] = await Promise.all([
      this.sound(track, start, seconds, withVideo ? undefined : progress), withVideo ? this.film(progress) : null]);
    if (turn !== this.turn) return;          // something else was chosen meanwhile
    this.now = { track, start, seconds: sound.seconds, withVideo };
    this.audio.src = sound.url;
    this.audio.playbackRate = 1;
    if (withVideo) {
      if (this.video.src !== film) this.video.src = film;
      this.video.currentTime = 0;
      await this.video.play();
    } else await this.audio.play();
    this.changed();
  }

  follow() {
    window.dispatchEvent(new CustomEvent('musechat-play', { detail: this.id }));
    this.align(true);
    if (this.video.currentTime < this.now.seconds) this.audio.play().catch(() => {});
    this.changed();
  }

  // Keep the music where the video is: small steps by its speed, large ones by a jump.
  align(jump) {
    if (!this.now?.withVideo || (this.video.paused && !jump)) return;
    const wanted = this.video.currentTime;
    if (wanted >= this.now.seconds) return this.audio.pause();
    const late = this.audio.currentTime - wanted;
    if (jump || Math.abs(late) > 0.25) this.audio.currentTime = wanted;
    else this.audio.playbackRate = Math.abs(late) < 0.01 ? 1 : clamp(1 - late, 0.94, 1.06);
    if (!jump && this.audio.paused && !this.video.paused) this.audio.play().catch(() => {});
  }

  // A track that is heard alone goes on with the next stretch.
  next() {
    if (!this.now || this.now.withVideo) return this.changed();
    const { track, start, seconds } = this.now;
    this.start(track, start + seconds, 30, false).catch(() => this.changed());
  }

  pause() {
    this.turn = (this.turn ?? 0) + 1;
    this.audio.pause();
    this.video.pause();
    this.changed();
  }

  close() {
    this.pause();
    clearInterval(this.timer);
    window.removeEventListener('musechat-play', this.onOther);
    for (const sound of this.cache.values()) sound.then((s) => URL.revokeObjectURL(s.url), () => {});
    this.copy?.then((url) => URL.revokeObjectURL(url), () => {});
  }
}

// ---- uploading: parts of a megabyte, each acknowledged, from where the kernel has got to

class Upload {
  constructor(wire, file, show, done) {
    Object.assign(this, { wire, file, show, done, name: `u${Date.now()}-${count++}`, have: 0, size: 1 << 20 });
    wire.handlers.held = (message) => { if (message.name === this.name) this.held(message); };
    wire.handlers.refused = (message) => { if (message.name === this.name) this.end(message.text); };
    this.begin();
  }

  async begin() {
    if (this.file.size > 500e6) return this.end(words.large);
    const head = await this.file.slice(0, 4096).arrayBuffer();
    this.wire.send({ do: 'upload', name: this.name, file: this.file.name, size: this.file.size }, [new DataView(head)]);
    this.show(0);
    this.watch();
  }

  // What was lost on the way is sent again.
  watch() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.part(), 15000);
  }

  async held({ have }) {
    this.have = have;
    this.show(have / this.file.size);
    if (have >= this.file.size) return this.end('');
    this.part();
  }

  async part() {
    if (this.over) return;
    this.watch();
    const at = this.have;
    const data = await this.file.slice(at, at + this.size).arrayBuffer();
    if (!this.over) this.wire.send({ do: 'bytes', name: this.name, at }, [new DataView(data)]);
  }

  cancel() {
    this.wire.send({ do: 'drop', name: this.name });
    this.end(null);
  }

  end(error) {
    this.over = true;
    clearTimeout(this.timer);
    this.done(error);
  }
}

// ---- the parts of the widget

function waveform(card, player, play) {
  const label = `${card.title}: the stretch that fits best is ${clock(card.start)} to ${clock(card.end)}`;
  const box = h('div', {
    class: 'mcw-wave', role: 'slider', tabindex: 0, 'aria-label': `Play ${card.title} from`, 'aria-valuemin': 0,
    'aria-valuemax': Math.round(card.seconds), 'aria-valuenow': Math.round(card.start), title: label,
    'aria-valuetext': clock(card.start) });
  let at = card.start;
  const move = (s) => {
    at = clamp(s, 0, Math.max(0, card.seconds - 1));
    box.setAttribute('aria-valuenow', Math.round(at));
    box.setAttribute('aria-valuetext', clock(at));
    head.style.left = `${100 * at / Math.max(card.seconds, 1)}%`;
  };
  const head = h('span', { class: 'mcw-head' });
  box.addEventListener('click', (e) => {
    const { left, width } = box.getBoundingClientRect();
    move(card.seconds * (e.clientX - left) / width);
    play(at);
  });
  box.addEventListener('keydown', (e) => {
    const step = { ArrowLeft: -2, ArrowRight: 2, PageDown: -10, PageUp: 10, Home: -1e9, End: 1e9 }[e.key];
    if (step) move(at + step);
    else if (e.key === 'Enter' || e.key === ' ') play(at);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  box.append(head);
  move(at);
  return { box, move };
}

function drawWave(box, card, wave) {
  box.querySelector('svg')?.remove();
  box.querySelector('.mcw-note')?.remove();
  if (!wave) return;
  if (wave.startsWith('!')) return box.append(h('span', { class: 'mcw-note', text: `${words.waves} ${wave.slice(1)}` }));
  const n = wave.length / 2;
  const paths = { plain: '', fits: '' };
  for (let i = 0; i < n; i++) {
    const high = Math.max(1, 40 * parseInt(wave.slice(2 * i, 2 * i + 2), 16) / 255);
    const s = card.seconds * (i + 0.5) / n;
    paths[card.start <= s && s < card.end ? 'fits' : 'plain'] += `M${3 * i + 1} ${(40 - high) / 2}v${high}`;
  }
  const lines = Object.entries(paths).map(([kind, d]) => svg('path', { class: `mcw-${kind}`, d }));
  box.prepend(svg('svg', { viewBox: `0 0 ${3 * n} 40`, preserveAspectRatio: 'none', 'aria-hidden': true }, ...lines));
}

function slider(label, value, change) {
  const input = h('input', { type: 'range', min: 0, max: 1, step: 0.05, value, 'aria-label': label });
  input.addEventListener('input', () => change(Number(input.value)));
  change(value);
  return h('label', { class: 'mcw-slider' }, h('span', { text: label }), input);
}

// Jupyter has keys of its own: what is typed here stays here.
function keepKeys(el) {
  for (const kind of ['keydown', 'keypress', 'keyup']) el.addEventListener(kind, (e) => e.stopPropagation());
  el.setAttribute('data-lm-suppress-shortcuts', 'true');
}

function render({ model, el }) {
  const root = h('div', { class: 'mcw' });
  const notice = h('div', { class: 'mcw-notice', role: 'alert', hidden: true });
  const wire = new Wire(model, (text) => { notice.textContent = text; notice.hidden = !text; });
  const act = (name, more = {}) => wire.send({ do: name, ...more });

  // left: the video
  const film = h('video', { class: 'mcw-film', controls: true, preload: 'metadata', 'aria-label': 'The video' });
  film.loop = false;
  const filmName = h('div', { class: 'mcw-meta' });
  const underName = h('div', { class: 'mcw-under', 'aria-live': 'polite' });
  const loading = h('progress', { class: 'mcw-bar', max: 1, value: 0, hidden: true, 'aria-label': words.loading });
  const progress = (share) => { loading.hidden = share >= 1; loading.value = share; };
  const cardViews = new Map();
  const player = new Player(wire, film, () => mark());
  const playTop = h('button', { class: 'mcw-main', type: 'button', text: `▶ ${words.under}`, onclick: () => {
    const card = under();
    if (card) playUnder(card);
  } });
  const sliders = h('div', { class: 'mcw-sliders' },
    slider(words.music, 1, (v) => { player.audio.volume = v; }),
    slider(words.own, 0.2, (v) => { film.volume = v; }));
  const filmBox = h('div', { class: 'mcw-filmbox' }, film, player.audio, filmName, h('div', { class: 'mcw-row' }, playTop, underName),
    loading, sliders);
  const drop = dropZone();
  const exportBox = exporting();
  const left = h('section', { class: 'mcw-left', 'aria-label': 'Video' }, drop.box, filmBox, exportBox.box);

  // right: the conversation
  const log = h('div', { class: 'mcw-log', role: 'log', 'aria-live': 'polite', tabindex: 0, 'aria-label': 'Conversation' });
  const error = h('div', { class: 'mcw-error', role: 'alert', hidden: true });
  const chips = h('ul', { class: 'mcw-chips', 'aria-label': 'What was understood' });
  const firsts = h('div', { class: 'mcw-firsts' });
  const box = h('textarea', { rows: 2, placeholder: words.say, 'aria-label': words.say, title: words.hint });
  const sendButton = h('button', { class: 'mcw-main', type: 'submit', text: words.send });
  const stopButton = h('button', { type: 'button', text: words.stop, onclick: () => act('cancel'), hidden: true });
  const undoButton = h('button', { type: 'button', text: words.undo, onclick: () => act('undo') });
  const restartButton = h('button', { type: 'button', text: words.restart, onclick: () => act('restart') });
  const say = (text) => { if (text.trim()) { act('say', { text }); box.value = ''; } };
  const form = h('form', { class: 'mcw-form', onsubmit: (e) => { e.preventDefault(); say(box.value); } }, box,
    h('div', { class: 'mcw-row' }, sendButton, stopButton, undoButton, restartButton));
  box.addEventListener('keydown', (e) => {
    if (e.key !== 'Enter' || e.shiftKey || e.isComposing) return;
    e.preventDefault();
    say(box.value);
  });
  const right = h('section', { class: 'mcw-right', 'aria-label': 'Chat' }, log, error, chips, firsts, form);

  // below: the tracks
  const cards = h('ol', { class: 'mcw-cards', 'aria-label': 'Tracks' });
  root.append(notice, h('div', { class: 'mcw-top' }, left, right), cards);
  keepKeys(root);
  el.append(root);

  let chosen = null;      // id of the track that goes under the video
  function under() {
    const list = model.get('cards');
    return list.find((c) => c.id === chosen) ?? list[0];
  }

  function playAlone(card, at) {
    player.start(card.id, at, 30, false, progress).catch((e) => complain(e));
  }

  function playUnder(card) {
    chosen = card.id;
    const seconds = model.get('video')?.seconds ?? 30;
    player.start(card.id, startOf(card), Math.min(300, seconds), true, progress).catch((e) => complain(e));
    tellUnder();
  }

  function startOf(card) {
    const seconds = model.get('video')?.seconds ?? 0;
    return exportBox.start(card) ?? clamp(card.start, 0, Math.max(0, card.seconds - seconds));
  }

  function complain(e) {
    progress(1);
    if (e?.name === 'AbortError') return;
    error.textContent = e?.message ?? String(e);
    error.hidden = false;
  }

  function tellUnder() {
    const card = under();
    underName.textContent = card ? `♪ ${card.title}${card.artist ? ` – ${card.artist}` : ''}, from ${clock(startOf(card))}` : '';
    playTop.disabled = !card;
    exportBox.choose(card);
  }

  function mark() {
    for (const [id, view] of cardViews) {
      const here = player.now?.track === id;
      view.listen.textContent = here && player.playing ? `❚❚ ${words.pause}` : `▶ ${words.listen}`;
      view.item.classList.toggle('mcw-playing', Boolean(here && player.playing));
      if (here) view.move(player.at);
    }
  }

  function cardView(card) {
    const meta = [card.artist, card.album, card.year, card.licence, card.about, card.bpm ? `${card.bpm} bpm` : '', card.length];
    const { box: wave, move } = waveform(card, player, (at) => playAlone(card, at));
    const listen = h('button', { type: 'button', 'aria-label': `${words.listen}: ${card.title}`, onclick: () => {
      if (player.now?.track === card.id && player.playing) player.pause();
      else playAlone(card, card.start);
    } });
    const button = (name, label, n = {}) => h('button', {
      type: 'button', text: label, 'aria-label': `${label}: ${card.title}`, onclick: () => act(name, { n: card.rank, ...n }) });
    const item = h('li', { class: card.kept ? 'mcw-card mcw-kept' : 'mcw-card' },
      h('div', { class: 'mcw-title' }, h('span', { class: 'mcw-rank', text: `${card.rank}` }), h('strong', { text: card.title }),
        h('span', { class: 'mcw-fit' }, h('meter', { min: 0, max: 100, value: card.fit, 'aria-label': `fits better than ${card.fit} percent of the library` }),
          h('span', { text: ` fit ${card.fit} %${card.heard ? ' · offered before' : ''}` }))),
      h('div', { class: 'mcw-meta', text: meta.filter(Boolean).join(' · ') }),
      h('div', { class: 'mcw-body' }, h('img', { class: 'mcw-thumb', alt: '', src: model.get('video')?.picture ?? undefined }), wave),
      h('ul', { class: 'mcw-tags', 'aria-label': 'Tags' }, card.tags.map((t) => h('li', { text: t }))),
      h('div', { class: 'mcw-row' }, listen,
        h('button', { type: 'button', text: `▶ ${words.under}`, 'aria-label': `${words.under}: ${card.title}`, onclick: () => playUnder(card) }),
        h('button', { type: 'button', text: words.keep, 'aria-label': `${words.keep}: ${card.title}`, onclick: () => {
          chosen = card.id;
          tellUnder();
          act('keep', { n: card.rank });
        } }), button('like', words.like), button('reject', words.reject),
        button('more', words.more), button('why', words.why)));
    cardViews.set(card.id, { item, listen, move, wave, card });
    return item;
  }

  function showCards() {
    cardViews.clear();
    cards.replaceChildren(...model.get('cards').map(cardView));
    if (!model.get('cards').some((c) => c.id === chosen)) chosen = null;
    showWaves();
    tellUnder();
    mark();
  }

  function showWaves() {
    for (const [id, { wave, card }] of cardViews) drawWave(wave, card, model.get('waves')[id]);
  }

  function bubble({ who, text, file }) {
    const name = who === 'user' ? 'You' : 'musechat';
    return h('div', { class: `mcw-bubble mcw-${who}` }, h('span', { class: 'mcw-who', text: `${name}: ` }), h('span', { text }),
      file ? h('div', { class: 'mcw-meta', text: file }) : null);
  }

  function showTalk() {
    const { said, live, busy } = model.get('status');
    const bubbles = model.get('talk').map(bubble);
    if (said) bubbles.push(bubble({ who: 'user', text: said }));
    if (busy) {
      const writing = bubble({ who: 'chat', text: live || '…' });
      writing.setAttribute('aria-busy', 'true');
      bubbles.push(writing);
    }
    log.replaceChildren(...bubbles);
    log.scrollTop = log.scrollHeight;
  }

  function showStatus() {
    const { busy, error: text } = model.get('status');
    stopButton.hidden = !busy;
    error.textContent = text;
    error.hidden = !text;
    undoButton.disabled = !model.get('can_undo');
    showTalk();
  }

  function showChips() {
    const items = model.get('chips').map(({ name, text, field }) => h('li', {},
      h('button', { type: 'button', class: `mcw-chip mcw-${field}`, 'aria-label': `Remove the wish: ${text}`, title: 'Remove this wish',
        onclick: () => act('forget', { name }) }, h('span', { text }), h('span', { class: 'mcw-x', 'aria-hidden': 'true', text: ' ×' }))));
    const lost = model.get('lost').map((text) => h('li', { class: 'mcw-chip mcw-lost', text: `${words.lost} ${text}` }));
    chips.replaceChildren(...items, ...lost);
  }

  function showFirsts() {
    const list = model.get('talk').length > 1 ? [] : model.get('firsts');
    firsts.replaceChildren(...(list.length ? [h('span', { class: 'mcw-meta', text: words.try })] : []),
      ...list.map((text) => h('button', { type: 'button', class: 'mcw-first', text, onclick: () => say(text) })));
  }

  function showVideo() {
    const video = model.get('video');
    const there = Boolean(video?.name);
    drop.box.hidden = there;
    filmBox.hidden = !there;
    exportBox.box.hidden = !there;
    right.toggleAttribute('inert', !there);
    if (!there) return;
    film.poster = video.picture;
    filmName.textContent = `${video.name} · ${clock(video.seconds)}`;
    for (const img of cards.querySelectorAll('img')) img.src = video.picture;
    tellUnder();
  }

  function dropZone() {
    const input = h('input', { type: 'file', accept: 'video/*,.mkv', class: 'mcw-hidden', 'aria-label': words.choose });
    const path = h('input', { type: 'text', placeholder: words.path, 'aria-label': words.path });
    const bar = h('progress', { class: 'mcw-bar', max: 1, value: 0, hidden: true, 'aria-label': 'Upload' });
    const note = h('div', { class: 'mcw-meta', 'aria-live': 'polite' });
    const stop = h('button', { type: 'button', text: words.stop, hidden: true, onclick: () => upload?.cancel() });
    let upload = null;
    const take = (file) => {
      if (!file || upload) return;
      note.textContent = file.name;
      stop.hidden = false;
      upload = new Upload(wire, file, (share) => {
        bar.hidden = false;
        bar.value = share;
        note.textContent = `${file.name}: ${Math.round(share * file.size / 1e6)} of ${Math.round(file.size / 1e6)} MB`;
      }, (text) => {
        upload = null;
        bar.hidden = stop.hidden = true;
        note.textContent = text ?? 'Stopped.';
        if (text === '') { note.textContent = 'Watching the video …'; player.own(file); }
      });
    };
    input.addEventListener('change', () => { take(input.files[0]); input.value = ''; });
    const go = h('form', { class: 'mcw-row', onsubmit: (e) => { e.preventDefault(); if (path.value.trim()) act('path', { path: path.value.trim() }); } },
      path, h('button', { type: 'submit', text: words.open }));
    const zone = h('div', { class: 'mcw-drop' }, h('p', { text: words.drop }),
      h('button', { type: 'button', class: 'mcw-main', text: words.choose, onclick: () => input.click() }), input, go, bar, note, stop);
    const over = (on) => (e) => { e.preventDefault(); e.stopPropagation(); zone.classList.toggle('mcw-over', on); };
    zone.addEventListener('dragover', over(true));
    zone.addEventListener('dragleave', over(false));
    zone.addEventListener('drop', (e) => { over(false)(e); take(e.dataTransfer.files[0]); });
    return { box: zone };
  }

  function exporting() {
    const own = h('select', { 'aria-label': 'The video’s own sound' },
      [['drop', 'drop the own sound'], ['duck', 'own sound softly'], ['keep', 'keep the own sound']].map(([value, text]) => h('option', { value, text })));
    const start = h('input', { type: 'range', min: 0, max: 1, step: 0.1, value: 0, 'aria-label': 'Start second in the track' });
    const second = h('output', {});
    const loud = h('input', { type: 'number', min: -40, max: -5, step: 1, value: -14, 'aria-label': 'Loudness in LUFS' });
    const bar = h('progress', { class: 'mcw-bar', hidden: true, 'aria-label': 'Export' });
    const note = h('div', { class: 'mcw-meta', 'aria-live': 'polite' });
    const stop = h('button', { type: 'button', text: words.stop, hidden: true, onclick: () => act('stop_export') });
    let track = null;
    let touched = false;
    start.addEventListener('input', () => { touched = true; second.textContent = clock(Number(start.value)); tellUnder(); });
    const go = h('button', { type: 'button', class: 'mcw-main', text: words.export, onclick: () => {
      if (track) act('export', { track: track.id, original: own.value, start: Number(start.value), loudness: Number(loud.value) });
    } });
    const box = h('details', { class: 'mcw-export' }, h('summary', { text: words.export }),
      h('div', { class: 'mcw-row' }, own, h('label', {}, 'loudness ', loud, ' LUFS')),
      h('label', { class: 'mcw-slider' }, h('span', { text: 'start' }), start, second), h('div', { class: 'mcw-row' }, go, stop), bar, note);
    return {
      box,
      start: (card) => (touched && track?.id === card.id ? Number(start.value) : null),
      choose(card) {
        if (!card || card.id === track?.id) return;
        track = card;
        touched = false;
        start.max = Math.max(1, card.seconds - 1);
        start.value = startOf(card);
        second.textContent = clock(Number(start.value));
      },
      show({ running, text, file, link }) {
        bar.hidden = stop.hidden = !running;
        go.disabled = running;
        note.replaceChildren(text ?? '', file ? h('div', { class: 'mcw-path', text: file }) : '');
        if (link) note.append(h('a', { href: link, target: '_blank', rel: 'noopener', text: 'Open the video' }));
      },
    };
  }

  const watched = {
    talk: () => { showTalk(); showFirsts(); }, status: showStatus, cards: showCards, waves: showWaves, chips: showChips, lost: showChips,
    firsts: showFirsts, video: showVideo, can_undo: showStatus, export: () => exportBox.show(model.get('export')),
  };
  for (const [name, show] of Object.entries(watched)) {
    model.on(`change:${name}`, show);
    show();
  }
  return () => {
    for (const [name, show] of Object.entries(watched)) model.off(`change:${name}`, show);
    player.close();
    wire.close();
  };
}

export default { render };
