"A formula for the memory that fine-tuning AST takes; `30_end_to_end.ipynb` explains it and counts its figures."
import torch

from musechat.training.end_to_end import patch_mask

# that a layer of AST keeps for the way back, a token and unit of width
kept_bytes_of = dict(no=64, bf16=46)

def training_bytes(config, n_sound, mixed_precision='bf16', gradient_checkpointing=True):
    """What fine-tuning AST holds on a device, in bytes: 'weights' (with gradients and Adam's two means) and
    'activations', for `n_sound` distinct segments of ten seconds in a single process; without the fusion, and what
    PyTorch keeps in reserve."""
    half, d, inner = mixed_precision != 'no', config.hidden_size, config.intermediate_size
    n_token = len(patch_mask(config, torch.tensor([160000]))[0])
    n_weight = config.num_hidden_layers*(4*d*d + 2*d*inner + 9*d + inner) + (n_token + config.patch_size**2 + 5)*d
    layer = n_sound*n_token*d*kept_bytes_of['bf16' if half else 'no']
    entry = n_sound*n_token*d*4                            # the input of a layer, all that is kept with checkpoints
    kept = config.num_hidden_layers*entry + layer if gradient_checkpointing else config.num_hidden_layers*layer
    # on the way back a layer needs about twice of what it kept
    return dict(weights=n_weight*(16 + 2*half), activations=kept + 2*layer)
