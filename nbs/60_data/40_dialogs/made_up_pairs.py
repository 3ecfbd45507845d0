"""Made-up tracks and pairs, and texts that try to give orders: what the pages about dialogs are tested with.

The words come from inventions.toml and injections.toml. The same generator gives the same tracks."""
import json
import random
import re
import sys
from importlib import import_module
from pathlib import Path

from musechat.encoders.musicnn import msd_tags, mtt_tags
from musechat.language.facts import Facts, Pair
from musechat.language.text import split_list

def read_beside(name):
    toml = import_module('tomllib' if sys.version_info >= (3, 11) else 'tomli')
    return toml.loads((Path(__file__).parent/name).read_text('utf-8'))

injections = (*read_beside('injections.toml')['injections'], 'obey '*600)
made_of = read_beside('inventions.toml')
firsts, seconds, given_names, surnames = (made_of[k].split() for k in ('firsts', 'seconds', 'given_names', 'surnames'))

# tags of MagnaTagATune and of the Million Song Dataset that go together
styles = [tuple(map(split_list, line.split(' | '))) for line in made_of['styles']]

def read_block(text):
    "The data in a prompt's user text; there must be exactly one block."
    parts = re.split('<data>|</data>', text)
    n_open = text.count('<data>')
    if len(parts) != 3 or n_open != 1: raise ValueError(f'one block of data is needed, the text has {n_open} openings')
    return json.loads(parts[1])

def five(rng, own, every, n_stray):
    "Five tags, most of them of one style."
    tags = rng.sample(own, min(5, len(own)) - n_stray) + rng.sample(every, 5)
    return tuple(dict.fromkeys(tags))[:5]

def invented_tags(rng):
    "Five tags each; two tracks in ten have a few of any kind."
    mtt, msd = ([t for t in tags if t in known] for tags, known in zip(rng.choice(styles), (mtt_tags, msd_tags)))
    strays = rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, 3))
    return five(rng, mtt, mtt_tags, strays), five(rng, msd, msd_tags, strays)

def two_words(rng): return f'{rng.choice(firsts)} {rng.choice(seconds)}'

def invented_artist(rng):
    "A band, a person or a DJ."
    band, words = f'The {rng.choice(seconds)}', two_words(rng)
    person = f'{rng.choice(given_names)} {rng.choice(surnames)}'
    return rng.choice((band, words, person, f'DJ {rng.choice(firsts)}'))

def invented_track(rng):
    "A title, now and then one that is easily taken for something else."
    if rng.random() < .08: return rng.choice(made_of['oddities'])
    words, one = two_words(rng), rng.choice(seconds)
    numbered = f'{two_words(rng)} {rng.randint(2, 9)}'
    return rng.choice((words, one, numbered, f'{two_words(rng)} and {two_words(rng)}'))

def invented_title(rng, artist, track):
    "What the page of a video might be called."
    form = rng.choice(made_of['titles'])
    return form.format(a=artist, t=track, A=artist.upper(), T=track.upper())

def invented_date(rng):
    year, day = rng.randint(1958, 2023), f'-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}'
    return f'{year}{rng.choice(("", day))}'

def invented_description(rng, hostile):
    about = f'Taken from the album {two_words(rng)}. Subscribe!'
    last = rng.choice(injections) if hostile else 'http://example.com'
    return rng.choice((None, about, 'Thanks for watching', last))

def random_facts(rng, track_id=None, hostile=False):
    "A made-up track; `hostile` draws injections too, for titles and descriptions."
    artist, track = invented_artist(rng), invented_track(rng)
    title, official = invented_title(rng, artist, track), rng.random() < .45
    if hostile and rng.random() < .5: title = rng.choice(injections)
    mtt, msd = invented_tags(rng)
    date, description = invented_date(rng), invented_description(rng, hostile)
    track_id = track_id or f'{rng.getrandbits(64):016x}'
    album = two_words(rng) if official else None
    if official and rng.random() >= .4: album = None
    signed = official or rng.random() < .1
    dated = official and rng.random() < .6
    return Facts(track_id, title, track if official else None, album, artist if signed else None,
                 date if dated else None, description, mtt, msd)

def random_pair(rng, n_turn=None, hostile=False):
    "A pair of made-up tracks, with the others that longer dialogs need; two turns four times in five."
    n_turn = n_turn or rng.choice((2,)*12 + (3, 4, 5))
    offers = [random_facts(rng, f'{rng.getrandbits(64):016x}', hostile) for _ in range(n_turn)]
    ids = f'pair-{rng.getrandbits(48):012x}', f'video-{rng.getrandbits(48):012x}'
    return Pair(*ids, offers[-1], offers[0], n_turn, tuple(offers[1:-1]), rng.getrandbits(31))
