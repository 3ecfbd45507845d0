"""Speed and memory of musechat's networks at their real sizes, on one GPU; weights are random, nothing is fetched.

python gpu.py --out gpu.json             # on a GPU, in six and a half minutes on an H200
python gpu.py --tiny --out tiny.json     # a rehearsal with tiny sizes, on a CPU too
"""
import argparse
import gc
import json
import os
import platform
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
is_gpu = device.type == 'cuda'

# ---- sizes -----------------------------------------------------------------------------------------------------------

def vit(d:int, n_layer:int, n_head:int, patch:int, d_out:int, side:int=224)->dict:
    "Settings of CLIP's image tower."
    return dict(hidden_size=d, intermediate_size=4*d, num_hidden_layers=n_layer, num_attention_heads=n_head,
                patch_size=patch, image_size=side, projection_dim=d_out)

@dataclass(frozen=True)
class Sizes:
    "What is measured; as it stands, the real sizes."
    matmul: int = 8192                   # rows and columns of a product that shows the peak
    copy_bytes: int = 2**32              # of a copy that shows the bandwidth
    n_repeat: int = 5                    # timed calls, after two that warm up
    vits: dict = field(default_factory=lambda: {
        'CLIP ViT-B/32': vit(768, 12, 12, 32, 512), 'CLIP ViT-L/14': vit(1024, 24, 16, 14, 768)})
    n_frame: int = 256                   # frames that `encode` gets
    frame_batches: tuple = (16, 256)     # frames a pass; 16 is usual in `ClipVideo`
    ast: dict = field(default_factory=dict)      # settings of `ASTConfig`; its own are the paper's
    n_sound: int = 64                    # segments of ten seconds that `encode` gets
    sound_batches: tuple = (4, 64)       # segments a pass; 4 is usual in `AstMusic`
    finetuning: tuple = ((8, False), (8, True), (16, False), (16, True), (64, True))    # requests, checkpoints
    fusion: dict = field(default_factory=dict)   # settings of `FusionConfig`; its own are the paper's
    d_text: int = 512
    pairs: tuple = (4096, 8192, 16384, 32768, 65536)     # batches of the contrastive loss
    chunks: tuple = (1024, 4096)         # rows of logits held at a time in the largest batch, beside the usual 256
    d_pair: int = 256                    # width of an embedding
    llama: dict = field(default_factory=lambda: dict(vocab_size=32000))    # `LlamaConfig`'s own are Llama-7B's
    lora: tuple = ((4, False), (4, True), (12, False), (12, True), (32, True))     # replies, checkpoints
    n_token: int = 256                   # tokens of a sample, prompt and reply
    n_reply: int = 128                   # of these, tokens of the reply (paper, section 5.1)
    n_prompt: int = 128                  # tokens before a reply that is written
    writers: tuple = (1, 16, 64)         # replies written at a time

def tiny_sizes()->Sizes:
    "Sizes for a rehearsal."
    some = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2)
    coarse = dict(time_stride=64, frequency_stride=64)
    head = dict(d_model=32, n_layer=1, n_head=4, d_ff=64)
    return Sizes(64, 2**16, 2, {'CLIP ViT-B/32': vit(32, 2, 2, 32, 16), 'CLIP ViT-L/14': vit(48, 2, 2, 16, 16)},
                 4, (2,), some | coarse, 2, (2,), ((2, False), (2, True)), head, 12,
                 (32, 64), (16,), 8, dict(some, vocab_size=300), ((2, False), (2, True)), 16, 8, 8, (1, 2))

# ---- measuring -------------------------------------------------------------------------------------------------------

def wait():
    "Until the GPU has done what it was given."
    if is_gpu: torch.cuda.synchronize()

def seconds_of(call:Callable)->float:
    "Seconds of one call."
    wait()
    start = time.perf_counter()
    call()
    wait()
    return time.perf_counter() - start

def timed(call:Callable, n:int, n_warm:int=2)->dict[str, float]:
    "Median, least and most seconds of `n` calls, after some that warm up."
    for _ in range(n_warm): call()
    found = [seconds_of(call) for _ in range(n)]
    return dict(seconds=statistics.median(found), least=min(found), most=max(found), n_repeat=n)

def free():
    "Give back what is no longer used."
    gc.collect()
    if is_gpu: torch.cuda.empty_cache()

def start_peak()->int:
    "Begin to watch for the highest use of GPU memory; bytes in use now."
    if not is_gpu: return 0
    torch.cuda.reset_peak_memory_stats()
    return torch.cuda.memory_allocated()

def peak_bytes()->int|None:
    "The highest use of GPU memory since `start_peak`; None without a GPU."
    return torch.cuda.max_memory_allocated() if is_gpu else None

def count_flops(call:Callable)->int:
    "Floating-point operations of the matrix products, convolutions and attentions in a call."
    with FlopCounterMode(display=False) as counter: call()
    return counter.get_total_flops()

def bf16()->torch.autocast: return torch.autocast(device.type, torch.bfloat16)

def row(labels:dict, measure:Callable[[], dict])->dict:
    "What was measured, or why it was not."
    try: return labels | measure()
    except Exception as e: return labels | dict(failed=reason(e))
    finally: free()

def reason(e:Exception)->str:
    "An error in one line."
    return f"{type(e).__name__}: {' '.join(str(e).split())[:240]}"

# ---- the card --------------------------------------------------------------------------------------------------------

def version_of(name:str)->str|None:
    "Version of an installed package."
    try: return version(name)
    except PackageNotFoundError: return None

def card()->dict:
    "What the figures were measured on."
    found = dict(device='CPU', python=platform.python_version(), cpus=os.cpu_count(), threads=torch.get_num_threads(),
                 day=time.strftime('%Y-%m-%d', time.gmtime()), seed=0)
    names = 'torch', 'transformers', 'peft', 'accelerate', 'bitsandbytes'
    found |= {n: version_of(n) for n in names}
    if not is_gpu: return found
    about = torch.cuda.get_device_properties(device)
    return found | dict(device=about.name, memory_bytes=about.total_memory, cuda=torch.version.cuda,
                        cudnn=torch.backends.cudnn.version())

def matmul_flops(n:int, dtype:torch.dtype, n_repeat:int)->dict:
    "Operations a second of a product of two square matrices."
    a, b = (torch.randn(n, n, device=device).to(dtype) for _ in range(2))
    took = timed(lambda: a @ b, 2*n_repeat)
    return took | dict(flops=2*n**3/took['seconds'])

def copy_rate(n_bytes:int, n_repeat:int)->dict:
    "Bytes a second of a copy, those read and those written."
    a = torch.randint(256, (n_bytes,), dtype=torch.uint8, device=device)
    b = torch.empty_like(a)
    took = timed(lambda: b.copy_(a), 2*n_repeat)
    return took | dict(bytes_per_s=2*n_bytes/took['seconds'])

def ceiling_rows(s:Sizes)->Iterator[dict]:
    "The most that the card gives: products in two precisions, and copies."
    for dtype in (torch.bfloat16, torch.float32):
        labels = dict(what='matmul', precision=str(dtype).removeprefix('torch.'))
        yield row(labels, partial(matmul_flops, s.matmul, dtype, s.n_repeat))
    yield row(dict(what='copy'), partial(copy_rate, s.copy_bytes, s.n_repeat))

# ---- encoders --------------------------------------------------------------------------------------------------------

@contextmanager
def checkpoint(*parts:Any)->Iterator[str]:
    "A folder with a model of random weights and what prepares its input."
    with tempfile.TemporaryDirectory() as folder:
        for part in parts: part.save_pretrained(folder)
        yield folder

def clip_video(settings:dict)->Any:
    "A `ClipVideo` of random weights."
    from transformers import CLIPImageProcessor, CLIPVisionConfig, CLIPVisionModelWithProjection
    from musechat.encoders.registry import ClipVideo
    model = CLIPVisionModelWithProjection(CLIPVisionConfig(**settings))
    with checkpoint(model, CLIPImageProcessor()) as folder: return ClipVideo.from_pretrained(folder, device)

def new_ast(settings:dict)->nn.Module:
    "AST with random weights."
    from transformers import ASTConfig, ASTModel
    model = ASTModel(ASTConfig(**settings))
    e = model.embeddings
    for w in (e.cls_token, e.distillation_token, e.position_embeddings): nn.init.normal_(w, std=.02)     # else zeros
    return model

def ast_music(settings:dict)->Any:
    "An `AstMusic` of random weights."
    from transformers import ASTFeatureExtractor
    from musechat.encoders.registry import AstMusic
    with checkpoint(new_ast(settings), ASTFeatureExtractor()) as folder: return AstMusic.from_pretrained(folder, device)

def per_second(n:int, flops:int, peak:float|None, call:Callable, n_repeat:int, n_warm:int=2)->dict:
    "Items and operations a second of a call that takes `n` items of `flops` operations each."
    took = timed(call, n_repeat, n_warm)
    rate = n/took['seconds']
    return took | dict(per_s=rate, flops=rate*flops, share=rate*flops/peak if peak else None)

def watch_memory(measure:Callable[[], dict])->dict:
    "A measurement, and the most memory that was in use."
    start_peak()
    return measure() | dict(peak_bytes=peak_bytes())

def run_batch(encoder:Any, x:torch.Tensor):
    "The network alone."
    with torch.inference_mode(): encoder.model(x)

def run_encode(encoder:Any, media:Any, b:int):
    "All that `encode` does."
    encoder.batch_size = b
    encoder.encode(media)

def batch_rows(labels:dict, encoder:Any, media:Any, x:torch.Tensor, peak:float|None, n:int)->Iterator[dict]:
    "An encoder's network alone, on inputs that lie ready on the GPU; and `encode`, from pixels or samples."
    flops, b = labels['flops_each'], len(x)
    alone = partial(per_second, b, flops, peak, partial(run_batch, encoder, x), n)
    whole = partial(per_second, len(media), flops, peak, partial(run_encode, encoder, media, b), -(-n//2), 1)
    for what, figures in dict(network=alone, encode=whole).items():
        yield row(labels | dict(batch=b, what=what), partial(watch_memory, figures))

def encoder_rows(
    name:str,
    encoder:Any,             # a `ClipVideo` or an `AstMusic`
    media:Any,               # what its `encode` gets
    inputs:torch.Tensor,     # what its network gets, as many as the largest of `batches`
    batches:tuple,
    peak:float|None,         # operations a second
    n:int,                   # repeats
)->Iterator[dict]:
    "An encoder as it is, and with autocast to bfloat16 around its network."
    flops = count_flops(torch.no_grad()(lambda: encoder.model(inputs[:1])))
    for precision in ('float32', 'bfloat16'):
        if precision == 'bfloat16': encoder.model.forward = bf16()(encoder.model.forward)
        labels = dict(encoder=name, precision=precision, flops_each=flops)
        for b in batches: yield from batch_rows(labels, encoder, media, inputs[:b], peak, n)

def clip_rows(s:Sizes, peak:float|None)->Iterator[dict]:
    "CLIP's image towers, on frames as they are decoded: 224 pixels high, wider than that."
    frames = np.random.default_rng(0).integers(0, 256, (s.n_frame, 224, 398, 3), dtype=np.uint8)
    for name, settings in s.vits.items():
        inputs = torch.randn(max(s.frame_batches), 3, 224, 224, device=device)
        yield from encoder_rows(name, clip_video(settings), frames, inputs, s.frame_batches, peak, s.n_repeat)
        free()

def ast_rows(s:Sizes, peak:float|None)->Iterator[dict]:
    "AST, on segments of ten seconds."
    waves = (.1*np.random.default_rng(0).standard_normal((s.n_sound, 160000))).astype(np.float32)
    inputs = torch.randn(max(s.sound_batches), 1024, 128, device=device)
    yield from encoder_rows('AST', ast_music(s.ast), waves, inputs, s.sound_batches, peak, s.n_repeat)

# ---- training the music encoder --------------------------------------------------------------------------------------

def finetuned(s:Sizes, checkpoints:bool)->nn.Module:
    "The recommender with AST in front of it, all of it to be trained."
    from musechat.models.fusion import Fusion, FusionConfig
    from musechat.training.end_to_end import FusionWithMusic
    music = new_ast(s.ast)
    d = music.config.hidden_size
    config = FusionConfig(d_video=s.d_text, d_text=s.d_text, d_music=d, d_summary=d, **s.fusion)
    return FusionWithMusic(Fusion(config), music, gradient_checkpointing=checkpoints).to(device).train()

def sounds(model:nn.Module, n:int)->Any:
    "Spectrograms of ten seconds each."
    from musechat.training.end_to_end import Sound, patch_mask
    return Sound(torch.randn(n, 1024, 128), patch_mask(model.music.config, torch.full((n,), 160000)))

def requests(model:nn.Module, b:int, d:int)->dict:
    "A batch of second turns: each request has a right track and one that was offered before, both as sound."
    one, words = torch.ones(b, 1, dtype=torch.bool), torch.ones(b, 20, dtype=torch.bool)
    zero, offered = torch.zeros(b, 1, dtype=torch.int64), torch.arange(b, 2*b)[:, None, None]
    seen = dict(video=torch.randn(b, d), video_mask=one[:, 0])
    said = dict(text=torch.randn(b, 20, d), text_mask=words, text_age=0*words.long())
    heard = dict(music=offered, music_mask=one, music_age=zero, music_kind=zero + 1)
    fields = seen | said | heard | dict(recording=torch.arange(b))
    sound = sounds(model, 2*b)
    return {k: v.to(device) for k, v in fields.items()} | dict(summary=type(sound)(*(x.to(device) for x in sound)))

def trainer(model:nn.Module, loss:Callable[[], torch.Tensor], lr:float)->Callable[[], None]:
    "One step of training in bfloat16."
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=lr, fused=True)
    def step():
        with bf16(): value = loss()
        value.backward()
        nn.utils.clip_grad_norm_(trained, 1.)
        optimizer.step()
        optimizer.zero_grad()
    return step

def step_figures(step:Callable, n:int, s:Sizes, peak:float|None)->dict:
    "Samples a second and memory of a step with `n` samples."
    found = watch_memory(partial(timed, step, s.n_repeat))
    flops = count_flops(step)/found['seconds']
    return found | dict(per_s=n/found['seconds'], flops=flops, share=flops/peak if peak else None)

def finetuning_figures(s:Sizes, b:int, checkpoints:bool, peak:float|None)->dict:
    "Requests a second and memory, measured and as `training_bytes` foretells it."
    from musechat.training.end_to_end import end_to_end_step
    sys.path.append(str(Path(__file__).parents[1]/'70_training'))
    from training_bytes import training_bytes
    model = finetuned(s, checkpoints)
    batch = requests(model, b, s.d_text)
    step = trainer(model, lambda: end_to_end_step(model, batch)['loss'], 1e-5)
    told = training_bytes(model.music.config, 2*b, 'bf16', checkpoints)
    return step_figures(step, b, s, peak) | dict(told_bytes=sum(told.values()))

def finetuning_rows(s:Sizes, peak:float|None)->Iterator[dict]:
    "With all that a layer computes kept for the way back, and with its input alone."
    for b, checkpoints in s.finetuning:
        labels = dict(batch=b, sounds=2*b, checkpoints=checkpoints)
        yield row(labels, partial(finetuning_figures, s, b, checkpoints, peak))

# ---- the contrastive loss --------------------------------------------------------------------------------------------

def loss_figures(b:int, chunk:int, s:Sizes)->dict:
    "Forward and backward of the loss; memory beyond the embeddings."
    from musechat.models.losses import batch_loss
    query, track = (F.normalize(torch.randn(b, s.d_pair, device=device), dim=-1).requires_grad_() for _ in range(2))
    scale = torch.tensor(1/.07, device=device, requires_grad=True)
    def step()->torch.Tensor:
        value = batch_loss(query, track, scale, chunk=chunk)['loss']
        torch.autograd.grad(value, (query, track, scale))
        return value.detach()
    before = start_peak()
    found = timed(step, s.n_repeat)
    return found | dict(loss=step().item(), peak_bytes=peak_bytes() - before if is_gpu else None)

def loss_rows(s:Sizes)->Iterator[dict]:
    "All logits at once, and in blocks of rows; 0 rows stands for all."
    jobs = [(b, chunk) for b in s.pairs for chunk in (0, 256)] + [(s.pairs[-1], chunk) for chunk in s.chunks]
    for b, chunk in jobs:
        torch.manual_seed(0)
        yield row(dict(pairs=b, chunk=chunk, d=s.d_pair), partial(loss_figures, b, chunk, s))

# ---- the language model ----------------------------------------------------------------------------------------------

def new_llama(s:Sizes, dtype:torch.dtype=torch.bfloat16)->nn.Module:
    "A Llama of random weights, frozen."
    from transformers import AutoModelForCausalLM, LlamaConfig
    with device: lm = AutoModelForCausalLM.from_config(LlamaConfig(**s.llama), dtype=dtype)
    return lm.requires_grad_(False).eval()

def in_4_bits(lm:nn.Module)->nn.Module:
    "The layers' matrices as 4-bit NormalFloat, scales quantised too (Dettmers et al. 2023); words and head stay."
    from bitsandbytes.nn import Linear4bit, Params4bit
    children = [(m, name, x) for m in lm.model.layers.modules() for name, x in m.named_children()]
    for parent, name, old in children:
        if not isinstance(old, nn.Linear): continue
        new = Linear4bit(old.in_features, old.out_features, bias=False, compute_dtype=torch.bfloat16, device='meta')
        new.weight = Params4bit(old.weight.data, requires_grad=False, quant_type='nf4', module=new)
        setattr(parent, name, new.to(device))
    lm.is_loaded_in_4bit = True      # peft looks for this
    return lm

bases = {'bfloat16': new_llama, 'float32': partial(new_llama, dtype=torch.float32),
         '4-bit': lambda s: in_4_bits(new_llama(s))}

def new_generator(s:Sizes, base:str='bfloat16')->nn.Module:
    "musechat's generator on a random Llama; its tokenizer knows bytes alone, which changes no figure."
    from transformers import AutoTokenizer
    from musechat.models.generator import Generator, GeneratorConfig, tiny_llama
    with tempfile.TemporaryDirectory() as folder:
        tokenizer = AutoTokenizer.from_pretrained(tiny_llama(folder, chat=False))
    config = GeneratorConfig(base='random', d_music=768, form='vicuna')
    return Generator(config, bases[base](s), tokenizer).to(device)

def keep_inputs(lm:nn.Module, on:bool):
    "Keep only the inputs of the layers for the way back, or everything; transformers 5 has new names for it."
    name = 'enable' if on else 'disable'
    switch = getattr(lm, f'activation_checkpointing_{name}', None) or getattr(lm, f'gradient_checkpointing_{name}')
    switch(dict(use_reentrant=False)) if on else switch()

def replies(model:nn.Module, b:int, s:Sizes)->dict:
    "A batch of prompts and replies; soft tokens are added by the model."
    n = s.n_token - model.config.n_soft
    ids = torch.randint(3, 256, (b, n), device=device)
    labels = ids.masked_fill(torch.arange(n, device=device) < n - s.n_reply, -100)
    mask, music = torch.ones_like(ids, dtype=torch.bool), torch.randn(b, 768, device=device)
    return dict(ids=ids, labels=labels, mask=mask, music=music)

def reply_loss(model:nn.Module, batch:dict)->torch.Tensor:
    "Mean negative log-likelihood of the replies."
    return model(**batch)[0].mean()

def lora_figures(model:nn.Module, b:int, checkpoints:bool, s:Sizes, peak:float|None)->dict:
    "Tokens a second and memory of a step that trains updates and projection."
    keep_inputs(model.plain_lm, checkpoints)
    batch = replies(model.train(), b, s)
    found = step_figures(trainer(model, partial(reply_loss, model, batch), 1e-4), b*s.n_token, s, peak)
    used = found['peak_bytes']
    return found | dict(tokens=b*s.n_token, fits_24_gb=None if used is None else used < 24e9)

def size_of(model:nn.Module)->dict:
    "Number of the language model's weights, those that are trained, and the bytes that all of them take."
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return dict(trained=trained, weight_bytes=sum(p.numel()*p.element_size() for p in model.parameters()))

def lora_rows(s:Sizes, peak:float|None, base:str, jobs:tuple)->Iterator[dict]:
    "Training with a base in one of three precisions."
    model = new_generator(s, base)
    labels = dict(base=base) | size_of(model)
    for b, checkpoints in jobs:
        how = dict(batch=b, checkpoints=checkpoints)
        yield row(labels | how, partial(lora_figures, model, b, checkpoints, s, peak))

# ---- writing ---------------------------------------------------------------------------------------------------------

def written(decoder:Any, b:int, s:Sizes, n_new:int)->list[float]:
    "Seconds of each step of writing `b` replies side by side, always the likeliest token."
    ids = torch.randint(3, 256, (b, s.n_prompt), device=device)
    cache, took = decoder.room(b, s.n_prompt + n_new), []
    logits = decoder.step(F.embedding(ids, decoder.words), 0, cache)
    for k in range(n_new):
        start = time.perf_counter()
        new = torch.tensor(logits.argmax(-1).tolist(), device=device)      # as `ReplyGenerator`: by way of the CPU
        logits = decoder.step(F.embedding(new[:, None], decoder.words), s.n_prompt + k, cache)
        wait()
        took.append(time.perf_counter() - start)
    return took

def step_bytes(lm:nn.Module, b:int, s:Sizes)->int:
    "The least that a step has to read: every weight but the table of words, and keys and values of what came before."
    words, c = lm.get_input_embeddings().weight, lm.config
    weights = sum(p.numel()*p.element_size() for n, p in lm.named_parameters() if p is not words and 'lora_' not in n)
    width = c.num_key_value_heads*c.hidden_size//c.num_attention_heads
    return weights + 2*2*c.num_hidden_layers*width*b*(s.n_prompt + s.n_reply//2)

def writing_figures(decoder:Any, lm:nn.Module, b:int, s:Sizes, rate:float|None)->dict:
    "Tokens a second, beside what the memory's bandwidth allows."
    written(decoder, b, s, 4)
    start_peak()
    took = written(decoder, b, s, s.n_reply)
    least = step_bytes(lm, b, s)/rate if rate else None
    step = statistics.median(took)
    return dict(seconds=step, least=min(took), most=max(took), n_repeat=len(took), per_s=b/step, bound_seconds=least,
                bound_per_s=b/least if least else None, share=least/step if least else None, peak_bytes=peak_bytes())

def writing_rows(s:Sizes, rate:float|None)->Iterator[dict]:
    "With musechat's own decoder and through transformers, in bfloat16."
    from musechat.chat.reply import AnyDecoder, Decoder
    model = new_generator(s).eval()
    for make in (AnyDecoder, Decoder):
        decoder = make(model, torch.bfloat16) if make is Decoder else make(model)
        for b in s.writers:
            labels = dict(base='bfloat16', decoder=make.__name__, batch=b, prompt=s.n_prompt, new=s.n_reply)
            yield row(labels, partial(writing_figures, decoder, model.plain_lm, b, s, rate))
        del decoder
        free()

def reply_figures(writer:Any, b:int)->dict:
    "Tokens a second of whole replies, as `ReplyGenerator` writes them: reading the prompts counts."
    from musechat.models.generator import GenerationRequest
    asks, music, steps = [GenerationRequest(f'Track {k}') for k in range(b)], torch.randn(b, 768), []
    def write(): steps.append(sum(1 for _ in writer.tokens(asks, music, range(b))))
    took = timed(write, 2, 1)
    return took | dict(new=steps[-1], per_s=b*steps[-1]/took['seconds'])

def drawing_rows(s:Sizes)->Iterator[dict]:
    "Always the likeliest token, and drawn as a chat draws it."
    from musechat.chat.reply import ReplyGenerator
    writer = ReplyGenerator(new_generator(s), limit=s.n_reply, dtype=torch.bfloat16)
    for b in (s.writers[0], s.writers[-1]):
        for temperature in (0., .1):
            writer.temperature = temperature
            yield row(dict(batch=b, temperature=temperature), partial(reply_figures, writer, b))

def writing_4_bit_rows(s:Sizes, rate:float|None)->Iterator[dict]:
    "With a base in 4 bits, through transformers."
    from musechat.chat.reply import AnyDecoder
    model = new_generator(s, '4-bit').eval()
    for b in s.writers:
        labels = dict(base='4-bit', decoder='AnyDecoder', batch=b, prompt=s.n_prompt, new=s.n_reply)
        yield row(labels, partial(writing_figures, AnyDecoder(model), model.plain_lm, b, s, rate))

# ---- all of it -------------------------------------------------------------------------------------------------------

def first(rows:list[dict], name:str)->float|None: return next((r[name] for r in rows if name in r), None)

def parts(s:Sizes, ceilings:list[dict])->dict[str, Callable[[], Iterator[dict]]]:
    "What is measured, by name, in order; what is likeliest to fail comes last."
    peak, rate = first(ceilings, 'flops'), first(ceilings, 'bytes_per_s')
    train = partial(lora_rows, s, peak)
    return dict(clip=partial(clip_rows, s, peak), ast=partial(ast_rows, s, peak), loss=partial(loss_rows, s),
                finetuning=partial(finetuning_rows, s, peak), lora=partial(train, 'bfloat16', s.lora),
                writing=partial(writing_rows, s, rate), drawing=partial(drawing_rows, s),
                lora_float32=partial(train, 'float32', s.lora[-2:-1]), lora_4_bit=partial(train, '4-bit', s.lora[:4]),
                writing_4_bit=partial(writing_4_bit_rows, s, rate))

def collect(rows:Callable[[], Iterator[dict]])->list[dict]:
    "The rows of a part, shown as they come; a part that breaks off ends with the reason."
    found = []
    try:
        for r in rows():
            print(json.dumps({k: short(v) for k, v in r.items()}), flush=True)
            found.append(r)
    except Exception as e:
        traceback.print_exc()
        found.append(dict(failed=reason(e)))
    finally: free()
    return found

def short(value:Any)->Any:
    "A number with six digits."
    return float(f'{value:.6g}') if isinstance(value, float) else value

def as_text(found:dict)->str:
    "Figures as JSON, one row a line."
    def line(r:dict)->str: return '   ' + json.dumps({k: short(v) for k, v in r.items()})
    blocks = [f'  "{name}": [\n' + ',\n'.join(map(line, rows)) + ']' for name, rows in found['parts'].items()]
    head = ''.join(f' "{k}": {json.dumps(found[k])},\n' for k in ('card', 'seconds'))
    return '{' + head[1:] + ' "parts": {\n' + ',\n'.join(blocks) + '}}\n'

def measure(s:Sizes, out:Path, limit_s:float, only:list[str])->dict:
    "Parts, one after another; the file is written after each."
    begun, found = time.perf_counter(), dict(card=card(), parts={}, seconds={})
    def keep(name:str, rows:Callable[[], Iterator[dict]]):
        torch.manual_seed(0)
        start = time.perf_counter()
        print(f'{name}, {start - begun:.0f} s', flush=True)
        late = start - begun > limit_s
        found['parts'][name] = [dict(failed='time was up')] if late else collect(rows)
        found['seconds'][name] = round(time.perf_counter() - start, 1)
        out.write_text(as_text(found), encoding='utf-8')
    keep('ceilings', partial(ceiling_rows, s))
    for name, rows in parts(s, found['parts']['ceilings']).items():
        if not only or name in only: keep(name, rows)
    return found

def main():
    "Measure, and write a JSON file."
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--out', type=Path, default=Path('gpu.json'), help="file for the figures")
    parser.add_argument('--tiny', action='store_true', help="tiny sizes: a rehearsal")
    parser.add_argument('--limit', type=float, default=450, help="seconds after which no part is begun")
    parser.add_argument('--only', nargs='*', default=[], help="parts to measure, beside the ceilings; none: all")
    args = parser.parse_args()
    if args.tiny: torch.set_num_threads(1)
    found = measure(tiny_sizes() if args.tiny else Sizes(), args.out, args.limit, args.only)
    print(json.dumps(found['card']))

if __name__ == '__main__': main()
