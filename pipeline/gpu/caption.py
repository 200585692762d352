"""Say what a photo shows, with BLIP, in words that help to paint what it does not show.

Source: Li et al. 2022, BLIP, https://arxiv.org/abs/2201.12086.
"""

import torch
from PIL import Image

from pipeline.gpu.models import Models
from pipeline.wording import without_framing

LOOKED_AT = 768  # pixels; the networks look at 384 and less, and copies of large photos take memory
LONGEST = 40  # tokens; BLIP's captions have about ten, the tiny captioner's up to thirty


@torch.inference_mode()
def caption(models: Models, photo: Image.Image) -> str:
    """Describe an RGB photo in one English sentence without the words that tell how it is cropped.

    Greedy, so that the same photo always gets the same words.
    """
    factor = max(1, max(photo.size) // LOOKED_AT)
    small = photo if factor == 1 else photo.reduce(factor)
    inputs = models.processor(images=small, return_tensors="pt")
    pixels = inputs["pixel_values"].to(models.device, models.dtype)
    tokens = models.captioner.generate(
        pixel_values=pixels, max_new_tokens=LONGEST, do_sample=False, num_beams=1
    )
    return without_framing(models.processor.decode(tokens[0], skip_special_tokens=True))
