"""What devices are good at is measured, never assumed."""

import time

import pytest
import torch

from pipeline.bench.networks import random_models
from pipeline.geometry import Size
from pipeline.gpu.calibration import PAYS, batch_gain, best_batch, conv_seconds, cpu_dtype
from pipeline.gpu.models import choose_device

CPU = torch.device("cpu")


def test_a_cpu_computes_in_half_precision_only_where_that_is_faster():
    single, half = conv_seconds(torch.float32), conv_seconds(torch.bfloat16)
    if not single / PAYS / 1.2 < half < single / PAYS * 1.2:  # else it is a toss-up
        assert (cpu_dtype() == torch.bfloat16) == (half * PAYS < single)


def test_the_probe_takes_a_twentieth_of_a_second_or_little_more():
    cpu_dtype()
    begun = time.process_time()
    cpu_dtype()
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("heavy", [False, True])
def test_networks_on_cuda_are_in_half_precision(heavy: bool):
    assert choose_device("cuda:1", heavy=heavy) == (torch.device("cuda:1"), torch.float16)


def test_light_networks_on_a_cpu_are_in_single_precision_whatever_the_probe_says():
    assert choose_device("cpu") == (CPU, torch.float32)


def test_a_cpu_predicts_one_window_at_a_time_so_that_pictures_do_not_hang_on_a_stopwatch():
    unet = random_models().unet
    assert best_batch(unet, Size(16, 16), device=CPU, dtype=torch.float32) == 1


def test_the_gain_of_a_batch_is_measured():
    gain = batch_gain(random_models().unet, Size(8, 8), device=CPU, dtype=torch.float32)
    assert 0.3 < gain < 2.5
