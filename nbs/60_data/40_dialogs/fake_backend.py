"A back end for the tests of `20_synthesis.ipynb`: it spoils some dialogs, answers in any order, and may die."
import os, random, signal
from musechat.data.dialogs.synthesis import AnswerError, to_dialog
from musechat.data.dialogs.prompts import example_candidate, example_original, example_turns
from musechat.language.facts import Pair
from made_up_pairs import read_block

pairs = [Pair(f'pair-{k:04}', f'video-{k}', example_original, example_candidate, seed=k) for k in range(300)]

class Fake:
    "Good at some pairs, bad at others; `order`: seed of the order, `die_after`: the number of answers it lives for."
    name, model, settings = 'fake', 'fake-1', {'temperature': 0}
    def __init__(self, order=0, die_after=None):
        self.order,self.die_after,self.n_asked,self.usage = order,die_after,0,None
    def one(self, pair, prompt):
        k, again = int(pair.pair_id[-4:]) % 5, 'problems' in read_block(prompt.user)
        if k == 3 and not again: return AnswerError('json', 'Sure!')
        is_spoiled = k == 2 or k == 1 and not again
        leak = 'Harbour Lights' if is_spoiled else 'some music'
        return to_dialog([(r, t.replace('some music', leak)) for r, t in example_turns], pair)
    def write(self, pairs, prompts):
        places = list(range(len(pairs)))
        random.Random(self.order).shuffle(places)
        for i in places:
            if self.n_asked == self.die_after: os.kill(os.getpid(), signal.SIGKILL)
            self.n_asked += 1
            yield i, self.one(pairs[i], prompts[i])
