"How far a ranking does what was asked: a measure for the tests, without any judge but the library's own tags."
import numpy as np

from musechat.language.evidence import asked_tags
from musechat.language.sayable import tag_column

def asked_share(ranking, table, k=10):
    """Share of (track of the top k, asked tag) pairs on the asked side of the library's median, 0 to 1; nan if no tag
    was asked for."""
    order = ranking.scores.argsort(descending=True, stable=True)[:k].tolist()
    top = [i for i in order if ranking.scores[i] > float('-inf')]
    hits = []
    for taxonomy, tag, side in asked_tags(ranking.wishes):
        column = tag_column(table, taxonomy, tag)
        hits += [(column[i] - np.median(column))*side > 0 for i in top]
    return float(np.mean(hits)) if hits else float('nan')
