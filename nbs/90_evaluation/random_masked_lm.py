"""A tiny untrained BERT and its tokenizer, for tests: its scores mean nothing, and it needs no download.

python random_masked_lm.py FOLDER        # one that reads 512 tokens, for trying commands"""
import re
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

from musechat.encoders.base import quiet

def word_tokenizer(texts):
    "A tokenizer of BERT's kind that knows whole words and single characters."
    words, letters = {w for t in texts for w in re.findall(r'\w+', t.lower())}, [chr(c) for c in range(33, 127)]
    special = {f'{name}_token': f'[{name.upper()}]' for name in ('pad', 'unk', 'cls', 'sep', 'mask')}
    known = dict.fromkeys([*special.values(), *letters, *(f'##{c}' for c in letters), *sorted(words)])
    vocab = {w: i for i, w in enumerate(known)}
    t = Tokenizer(models.WordPiece(vocab, unk_token='[UNK]'))
    t.normalizer, t.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    ends = [(w, vocab[w]) for w in ('[CLS]', '[SEP]')]
    t.post_processor = processors.TemplateProcessing(single='[CLS] $A [SEP]', special_tokens=ends)
    return PreTrainedTokenizerFast(tokenizer_object=t, **special)

def random_masked_lm(folder, texts, max_length=128, seed=0):
    "Save one whose vocabulary is the words of some texts; returns the folder."
    tokenizer = word_tokenizer(texts)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=max_length, initializer_range=.5)
    with torch.random.fork_rng(devices=[]), quiet():
        torch.manual_seed(seed)
        BertForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return Path(folder)

if __name__ == '__main__': random_masked_lm(sys.argv[1], ['Try this track , it is slow .'], max_length=512)
