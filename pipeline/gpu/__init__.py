"""The only rooms that import torch, diffusers, transformers, controlnet_aux or mediapipe."""
