"""What this machine does fast."""

import torch


def has_fast_halves() -> bool:
    """Say whether the processor multiplies bfloat16 faster than single precision."""
    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))
