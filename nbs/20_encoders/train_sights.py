"""Train the heads of `musechat.encoders.sights` on pictures of public repositories.

    python train_sights.py MIRRORS CACHE OUT

`MIRRORS` holds bare clones, `owner+name/repo` each, of the repositories in `sights_data.tsv`; `CACHE` keeps their embeddings.
"""
import collections, csv, io, json, random, re, subprocess, sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

from musechat.encoders.vision import LiteVideo

precision, least_recall, n_fold, penalties = .97, .05, 5, (1e-3, 1e-2)
at_least = float(np.log(9))  # no threshold lies below a probability of .9
usual, rare = dict(indoor=.4, outdoor=.4, day=.3), .03  # shares of frames of a video that have a kind
here = Path(__file__).parent

def table(name):
    "Rows of a tab-separated file beside this one."
    with open(here/name, newline='') as f: return list(csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE))

def read_rows():
    "What each folder of each repository shows, and what it may show; a kind named in neither is taken for absent."
    def names(text): return {k.strip() for k in text.split(',') if k.strip()}
    rows = table('sights_data.tsv')
    return [dict(r, n_folder=int(r['n_folder']), yes=names(r['yes']), maybe=names(r['maybe'])) for r in rows]

class Mirror:
    "Files of a bare clone."
    def __init__(self, folder, repository):
        home = Path(folder)/repository.replace('/', '+')/'repo'
        self.git = ['git', f"--git-dir={home/'.git' if (home/'.git').is_dir() else home}"]
        self.pipe = subprocess.Popen([*self.git, 'cat-file', '--batch'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def pictures(self):
        "Paths and object names of all pictures."
        listed = subprocess.run([*self.git, 'ls-tree', '-r', '-z', 'HEAD'], capture_output=True, check=True).stdout
        pairs = [row.split(b'\t', 1) for row in listed.split(b'\0') if row]
        pairs = [(path.decode('utf8', 'replace'), meta.split()[2].decode()) for meta, path in pairs]
        return [(path, name) for path, name in pairs if path.lower().endswith(('.jpg', '.jpeg', '.png'))]

    def read(self, name):
        "Bytes of an object; b'' if the clone lacks it."
        self.pipe.stdin.write(f'{name}\n'.encode()), self.pipe.stdin.flush()
        head = self.pipe.stdout.readline().split()
        if head[1] == b'missing': return b''
        data = self.pipe.stdout.read(int(head[2]))
        self.pipe.stdout.read(1)
        return data

def as_frame(data):
    "A picture as the encoder's frame, or None."
    try:
        picture = Image.open(io.BytesIO(data))
        picture.draft('RGB', (448, 448))
        return np.asarray(picture.convert('RGB').resize((224, 224), Image.Resampling.BILINEAR))
    except (OSError, ValueError): return None

def sample(pictures, rows, seed=0):
    "Paths and object names, at most so many a folder as the table says."
    rng, folders = random.Random(seed), collections.defaultdict(list)
    for path, name in pictures:
        row = next((r for r in rows if re.search(r['files'], path)), None)
        if row: folders[path.rpartition('/')[0], row['n_folder']].append((path, name))
    chosen = []
    for (_, n), files in sorted(folders.items()): chosen += rng.sample(sorted(files), min(n, len(files)))
    return chosen

def embed(mirrors, cache, repository, rows):
    "Paths and embeddings of a repository's pictures."
    saved = Path(cache)/f"{repository.replace('/', '+')}.npz"
    if not saved.exists():
        mirror, net, paths, embs = Mirror(mirrors, repository), LiteVideo.from_pretrained(), [], []
        for path, name in sample(mirror.pictures(), rows):
            frame = as_frame(mirror.read(name))
            if frame is not None: paths.append(path), embs.append(net.encode(frame[None]).half().numpy())
        np.savez(saved, emb=np.concatenate(embs), paths=np.array(paths))
    found = np.load(saved)
    return found['paths'].tolist(), torch.from_numpy(found['emb']).float()

def load(mirrors, cache):
    "Embeddings, truths (1 yes, 0 no, nan either), repositories, and the kinds."
    rows = read_rows()
    kinds = sorted({k for r in rows for k in r['yes']})
    embs, truths, sources = [], [], []
    for repository in dict.fromkeys(r['repository'] for r in rows):
        ours = [r for r in rows if r['repository'] == repository]
        for path, emb in zip(*embed(mirrors, cache, repository, ours)):
            row = next((r for r in ours if re.search(r['files'], path)), None)
            if row is None: continue
            embs.append(emb), sources.append(repository)
            truths.append([1. if k in row['yes'] else np.nan if k in row['maybe'] else 0. for k in kinds])
    return torch.stack(embs), torch.tensor(truths), np.array(sources), kinds

def fit(x, y, penalty, steps=40):
    "Logistic heads with balanced classes; what is nan does not count."
    known, target = ~y.isnan(), y.nan_to_num()
    n_yes, n_no = (target*known).sum(0), ((1 - target)*known).sum(0)
    weight = known*(target/n_yes.clamp(min=1) + (1 - target)/n_no.clamp(min=1))/2
    w, b = torch.zeros(x.shape[1], y.shape[1], requires_grad=True), torch.zeros(y.shape[1], requires_grad=True)
    descent = torch.optim.LBFGS([w, b], max_iter=steps, history_size=10, line_search_fn='strong_wolfe')
    def loss():
        descent.zero_grad()
        errors = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + b, target, reduction='none')
        total = (errors*weight).sum() + penalty*(w**2).sum()
        total.backward()
        return total
    descent.step(loss)
    return w.detach(), b.detach()

def held_out(x, y, sources, penalty, seed=0):
    """Scores (n, k) of pictures by heads that have not seen them: once without their source, once without a random fifth.

    A kind with pictures of two sources or more is judged by the first. Where only one has it, pictures of that one by the second.
    """
    part = np.random.default_rng(seed).integers(n_fold, size=len(sources))
    by_source, by_part = torch.zeros_like(y), torch.zeros_like(y)
    for scores, group in ((by_source, sources), (by_part, part)):
        for one in sorted(set(group.tolist())):
            out = torch.from_numpy(group == one)
            w, b = fit(x[~out], y[~out], penalty)
            scores[out] = x[out] @ w + b
    for j in range(y.shape[1]):
        home = set(sources[(y[:, j] == 1).numpy()])
        at_home = torch.from_numpy(np.isin(sources, list(home)))
        if len(home) == 1: by_source[at_home, j] = by_part[at_home, j]
    return by_source

def average_precision(score, truth):
    "Mean precision at the rank of each right one."
    right = truth[score.argsort(descending=True)]
    at = right.cumsum(0)/torch.arange(1, len(right) + 1)
    return float((at*right).sum()/right.sum())

def threshold(score, truth, share):
    "The lowest score with the wanted precision, were this share of pictures right; None if nothing has it."
    order = score.argsort(descending=True)
    right = truth[order]
    odds = (1 - share)/share*right.sum()/(1 - right).sum()  # what a wrong one weighs
    tp, fp = right.cumsum(0), (1 - right).cumsum(0)*odds
    good = ((tp/(tp + fp) >= precision) & (tp >= 5)).nonzero()
    return max(at_least, float(score[order[int(good[-1])]])) if len(good) else None

def card_of(score, truth, sources, penalty, share):
    "Figures of a kind, all held out; `least` is None where no threshold is precise enough."
    known = ~truth.isnan()
    score, truth, sources = score[known], truth[known], sources[known.numpy()]
    least, ap = threshold(score, truth, share), average_precision(score, truth)
    if least is None: return dict(penalty=penalty, average_precision=round(ap, 3), least=None)
    said = score >= least
    return dict(
        penalty=penalty, n_yes=int(truth.sum()), n_no=int((1 - truth).sum()),
        sources=sorted(set(sources[(truth == 1).numpy()].tolist())), average_precision=round(ap, 3),
        precision=round(float(truth[said].mean()), 3), recall=round(float(said[truth == 1].float().mean()), 3),
        false_alarms=round(float(said[truth == 0].float().mean()), 4), least=float(torch.tensor(least).double().sigmoid()))

def readme(cards, pictures):
    "The card that people read."
    head = ['---', 'library_name: musechat', 'pipeline_tag: image-classification', '---', '', '# musechat-sights', '']
    what = [f'Logistic heads for {len(cards)} kinds of scene on the 1,280 numbers of EfficientNet-Lite0. Read them with '
            '`musechat.encoders.sights`; `sights.json` has thresholds and held-out figures of each.', '',
            'Only these weights ship, none of the pictures. Licences are those that the repositories state for themselves.', '']
    rows = ['| repository | collection | licence stated | pictures |', '|---|---|---|--:|']
    rows += [f"| {p['repository']} at {p['commit']} | {p['collection']} | {p['licence']} | {p['pictures']} |" for p in pictures]
    return '\n'.join([*head, *what, *rows]) + '\n'

def main(mirrors, cache, out):
    "Train, judge and save."
    x, y, sources, kinds = load(mirrors, cache)
    mean, scale = x.mean(0), x.std(0).clamp(min=1e-3)
    x = (x - mean)/scale
    tried = {p: (held_out(x, y, sources, p), *fit(x, y, p)) for p in penalties}
    weights, biases, cards = [], [], {}
    for j, kind in enumerate(kinds):
        card = max((card_of(score[:, j], y[:, j], sources, p, usual.get(kind, rare)) for p, (score, _, _) in tried.items()),
                   key=lambda c: c['average_precision'])
        print(kind, card, flush=True)
        if card['least'] is None or card['recall'] < least_recall: continue
        w, b = (part[..., j] for part in tried[card['penalty']][1:])
        weights.append(w/scale), biases.append(b - (w/scale*mean).sum()), cards.update({kind: card})
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    save_file(dict(weight=torch.stack(weights), bias=torch.stack(biases)), out/'model.safetensors')
    counts = collections.Counter(sources.tolist())
    pictures = [dict(row, pictures=counts[row['repository']]) for row in table('sights_sources.tsv')]
    about = dict(encoder='efficientnet-lite0/squeeze224', kinds=cards, sources=pictures)
    (out/'sights.json').write_text(json.dumps(about, indent=1, ensure_ascii=False) + '\n', 'utf-8')
    (out/'README.md').write_text(readme(cards, pictures), 'utf-8')

if __name__ == '__main__': main(*sys.argv[1:])
