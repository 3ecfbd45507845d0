"""Models of a few thousand random weights, of the classes that presets name, saved to a folder as the real ones are."""
from pathlib import Path

import torch
from tokenizers import models, pre_tokenizers, Tokenizer
from transformers import PreTrainedTokenizerFast

from musechat.encoders.base import quiet

size = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2)
specials = {'<pad>': 0, '<start>': 1, '<end>': 2, '<unk>': 3}

def tiny_tokenizer(longest:int=64):
    "Knows 60 words, everything else is unknown."
    words = 'calm dark happy sad fast slow piano guitar music a picture that feels peaceful scary epic'.split()
    base = Tokenizer(models.WordLevel(specials | {w: i for i, w in enumerate(words, 4)}, unk_token='<unk>'))
    base.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(tokenizer_object=base, pad_token='<pad>', unk_token='<unk>', bos_token='<start>',
                                   eos_token='<end>', model_max_length=longest)

def saved(folder, *parts)->Path:
    "Write the parts of a model into one folder."
    with quiet():
        for part in parts: part.save_pretrained(folder)
    return Path(folder)

def tiny_clip(folder)->Path:
    "A CLIP whose vectors are 16 wide."
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel
    torch.manual_seed(0)
    tower = dict(size, projection_dim=16)
    text = dict(tower, vocab_size=24, bos_token_id=1, eos_token_id=2, pad_token_id=0)
    vision = dict(tower, image_size=32, patch_size=8)
    processor = CLIPImageProcessor(size=dict(shortest_edge=32), crop_size=dict(height=32, width=32))
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=16))
    return saved(folder, model, tiny_tokenizer(), processor)

def tiny_ast(folder)->Path:
    "An Audio Spectrogram Transformer whose vectors are 32 wide."
    from transformers import ASTConfig, ASTFeatureExtractor, ASTModel
    torch.manual_seed(0)
    return saved(folder, ASTModel(ASTConfig(**size)), ASTFeatureExtractor())

def tiny_siglip(folder)->Path:
    "A SigLIP whose vectors are 32 wide."
    from transformers import SiglipConfig, SiglipImageProcessor, SiglipModel, SiglipProcessor
    torch.manual_seed(0)
    text = dict(size, vocab_size=24, max_position_embeddings=64, projection_size=32)
    config = SiglipConfig(text_config=text, vision_config=dict(size, image_size=32, patch_size=8))
    processor = SiglipProcessor(SiglipImageProcessor(size=dict(height=32, width=32)), tiny_tokenizer())
    return saved(folder, SiglipModel(config), processor)

def tiny_clap(folder)->Path:
    "A CLAP whose vectors are 16 wide."
    from transformers import ClapConfig, ClapFeatureExtractor, ClapModel, ClapProcessor
    torch.manual_seed(0)
    text = dict(size, vocab_size=24, max_position_embeddings=66, pad_token_id=0, projection_dim=16)
    audio = dict(hidden_size=32, patch_embeds_hidden_size=16, depths=[1, 1], num_attention_heads=[2, 2],
                 num_hidden_layers=2, window_size=8, projection_dim=16)
    config = ClapConfig(text_config=text, audio_config=audio, projection_dim=16)
    processor = ClapProcessor(ClapFeatureExtractor(truncation='rand_trunc'), tiny_tokenizer())
    return saved(folder, ClapModel(config), processor)

def tiny_pe_av(folder)->Path:
    "A PE-AV whose vectors are 32 wide."
    from transformers import (PeAudioFeatureExtractor, PeAudioVideoConfig, PeAudioVideoModel, PeAudioVideoProcessor,
                              PeVideoVideoProcessor)
    torch.manual_seed(0)
    part = dict(hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2, head_dim=16)
    codec = dict(model_type='dac', downsampling_ratios=[2, 8, 10, 12], encoder_hidden_size=2, codebook_dim=4)
    eye = dict(model_type='timm_wrapper', architecture='vit_tiny_patch16_224', num_classes=8,
               model_args=dict(img_size=32, depth=1, embed_dim=16, num_heads=2))
    both = dict(part, audio_config=dict(part, dac_config=codec), video_config=dict(part, vision_config=eye))
    text = dict(size, model_type='modernbert', vocab_size=24, pad_token_id=0, bos_token_id=1, eos_token_id=2,
                cls_token_id=1, sep_token_id=2)
    pictures = PeVideoVideoProcessor(size=dict(height=32, width=32), do_resize=True, do_rescale=True, do_normalize=True,
                                     image_mean=[.5]*3, image_std=[.5]*3)
    processor = PeAudioVideoProcessor(feature_extractor=PeAudioFeatureExtractor(), video_processor=pictures,
                                      tokenizer=tiny_tokenizer())
    with quiet(): model = PeAudioVideoModel(PeAudioVideoConfig(text_config=text, audio_video_config=both))
    return saved(folder, model, processor)
