"""RePaint in our loop against diffusers' RePaintScheduler, on a small random network."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, RePaintScheduler, UNet2DModel
from torch import Tensor

from pipeline.geometry import Box
from pipeline.gpu.denoise import Fresh, Known, denoise
from pipeline.gpu.levels import Down, Up, climbed, resampled, start, stepped_down, timesteps
from pipeline.gpu.predict import Guidance, Networks, Window
from pipeline.resampling import Walk, resampling_times

CPU = torch.device("cpu")
SHAPE = (1, 3, 16, 24)
LEVELS = {"beta_schedule": "squaredcos_cap_v2"}


@pytest.fixture(scope="module")
def unet() -> Any:
    torch.manual_seed(2)
    return UNet2DModel(
        block_out_channels=(16, 32),
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        norm_num_groups=8,
    ).eval()


@pytest.fixture(scope="module")
def photo() -> Tensor:
    return torch.rand(SHAPE, generator=torch.Generator().manual_seed(8)) * 2 - 1


@pytest.fixture(scope="module")
def mask() -> Tensor:
    holes = torch.zeros(1, 1, *SHAPE[2:])
    holes[..., 7:, 3:] = 1
    return holes


@torch.inference_mode()
def theirs(
    unet: Any, photo: Tensor, mask: Tensor, *, of: int, steps: int, walk: Walk
) -> Iterator[Tensor]:
    """Walk as diffusers' RePaintPipeline does, yielding after each step down."""
    scheduler: Any = RePaintScheduler(num_train_timesteps=of, eta=walk.eta, **LEVELS)
    scheduler.set_timesteps(steps, walk.jump, walk.repeats)
    dice = torch.Generator().manual_seed(5)
    image = torch.randn(SHAPE, generator=dice)
    last = scheduler.timesteps[0] + 1
    for time in scheduler.timesteps:
        if time < last:
            output = unet(image, time).sample
            # Their mask is 1 where pixels stay.
            image = scheduler.step(output, time, image, photo, 1 - mask, dice).prev_sample
            yield image
        else:
            image = scheduler.undo_step(image, last, dice)
        last = time


def ours(
    unet: Any, photo: Tensor, mask: Tensor, *, of: int, steps: int, walk: Walk
) -> Iterator[Tensor]:
    scheduler: Any = DDIMScheduler(num_train_timesteps=of, clip_sample=True, **LEVELS)
    dice = torch.Generator().manual_seed(5)
    noise = torch.randn(SHAPE, generator=dice)
    schedule = resampled(scheduler, steps, walk, device=CPU)
    run = denoise(
        Networks(unet=unet, scheduler=scheduler),
        start(scheduler, noise, None, schedule),
        schedule,
        None,
        [Window(box=Box(0, 0, SHAPE[3], SHAPE[2]), mask=mask)],
        guidance=Guidance(),
        known=Known(photo=photo, mask=mask, noise=noise),
        fresh=Fresh(dice=dice, eta=walk.eta),
    )
    for step in run:
        yield step.latent


@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize(
    ("of", "steps", "jump", "repeats"),
    [(24, 24, 5, 3), (24, 24, 10, 2), (1000, 8, 3, 1)],
)
def test_each_step_is_diffusers_repaint_step(
    unet: Any, photo: Tensor, mask: Tensor, of: int, steps: int, jump: int, repeats: int, eta: float
):
    walk = Walk(jump=jump, repeats=repeats, eta=eta)
    pairs = list(
        zip(
            ours(unet, photo, mask, of=of, steps=steps, walk=walk),
            theirs(unet, photo, mask, of=of, steps=steps, walk=walk),
            strict=True,
        )
    )
    assert len(pairs) == steps + len(range(0, steps - jump, jump)) * (repeats - 1) * jump
    assert max(float((mine - other).abs().max()) for mine, other in pairs) < 2e-5


@pytest.mark.parametrize(
    ("steps", "jump", "repeats"), [(250, 10, 10), (100, 7, 3), (50, 10, 1), (12, 12, 4), (5, 1, 9)]
)
def test_the_schedule_is_diffusers(steps: int, jump: int, repeats: int):
    scheduler: Any = RePaintScheduler()
    scheduler.set_timesteps(steps, jump, repeats)
    stride = 1000 // steps
    mine = [stride * level for level in resampling_times(steps, jump=jump, repeats=repeats)]
    assert mine == scheduler.timesteps.tolist()


def test_a_climb_over_many_betas_is_diffusers_undo_step_with_its_noises_added_up():
    stride, level = 50, 400
    scheduler: Any = RePaintScheduler()
    scheduler.set_timesteps(1000 // stride)
    latent = torch.randn(SHAPE, generator=torch.Generator().manual_seed(1))
    # Their undo begins at the beta of the time that it is given, and takes so many of them.
    undone = scheduler.undo_step(latent, level + 1, torch.Generator().manual_seed(9))
    signal = scheduler.undo_step(latent * 0, level + 1, torch.Generator().manual_seed(9))
    kept = scheduler.alphas_cumprod
    noise = signal / (1 - kept[level + stride] / kept[level]).sqrt()
    move = Up(torch.tensor(level), torch.tensor(level + stride))
    mine = climbed(DDIMScheduler(), latent, move, noise=noise)
    scheduler_kept = DDIMScheduler().alphas_cumprod
    assert torch.equal(scheduler_kept, kept)
    assert (mine - undone).abs().max() < 2e-5


def test_what_is_known_is_at_its_own_level_at_every_step_and_clean_at_the_end(
    unet: Any, photo: Tensor, mask: Tensor
):
    walk = Walk(jump=4, repeats=2, eta=1.0)
    *_, before, last = ours(unet, photo, mask, of=1000, steps=10, walk=walk)
    stays = (mask == 0).expand(SHAPE)
    assert torch.equal(last[stays], photo[stays])
    assert 0.001 < (before - photo)[stays].std() < 0.5
    assert not torch.equal(last[~stays], photo[~stays])


def test_a_climb_lands_at_the_level_that_it_names():
    scheduler: Any = DDIMScheduler(**LEVELS)
    low, high = torch.tensor(200), torch.tensor(700)
    kept = scheduler.alphas_cumprod
    dice = torch.Generator().manual_seed(3)
    clean = torch.ones(1, 3, 300, 300)
    latent = scheduler.add_noise(clean, torch.randn(clean.shape, generator=dice), low[None])
    noise = torch.randn(clean.shape, generator=dice)
    risen = climbed(scheduler, latent, Up(low, high), noise=noise)
    assert risen.mean() == pytest.approx(float(kept[700].sqrt()), abs=0.01)
    assert risen.var() == pytest.approx(float(1 - kept[700]), abs=0.01)


def test_a_schedule_that_climbs_asks_for_fresh_noise(unet: Any):
    scheduler: Any = DDIMScheduler(**LEVELS)
    schedule = resampled(scheduler, 6, Walk(jump=2, repeats=2), device=CPU)
    window = Window(box=Box(0, 0, 24, 16), mask=torch.ones(1, 1, 16, 24))
    run = denoise(
        Networks(unet=unet, scheduler=scheduler), torch.zeros(SHAPE), schedule, None, [window],
        guidance=Guidance(),
    )  # fmt: skip
    with pytest.raises(ValueError, match="needs fresh noise"):
        list(run)


@pytest.mark.parametrize("steps", [5, 7, 10, 20, 50])
def test_shares_end_at_the_same_level_on_a_walk_as_straight_down(steps: int):
    scheduler: Any = DDIMScheduler()
    straight = timesteps(scheduler, steps, strength=1.0, device=CPU)
    walked = resampled(scheduler, steps, Walk(jump=2, repeats=3), device=CPU)
    done = {int(move.time): move.done for move in straight.moves if isinstance(move, Down)}
    moves = [move for move in walked.moves if isinstance(move, Down)]
    assert all(move.done == done[int(move.time)] for move in moves)
    assert len(walked) == len(moves) > len(straight) == steps


@pytest.mark.parametrize("kind", ["epsilon", "sample", "v_prediction"])
def test_half_precision_steps_as_far_as_single(kind: str):
    scheduler: Any = DDIMScheduler(prediction_type=kind, clip_sample=False, **LEVELS)
    dice = torch.Generator().manual_seed(4)
    latent, prediction, noise = (torch.randn(SHAPE, generator=dice) for _ in range(3))
    move = Down(torch.tensor(12), torch.tensor(2), 0.9)  # where nearly no noise is left

    def stepped(dtype: torch.dtype) -> Tensor:
        halves = (one.to(dtype) for one in (latent, prediction))
        return stepped_down(scheduler, *halves, move, noise=noise.to(dtype), eta=1.0)

    single, half = stepped(torch.float32), stepped(torch.float16)
    assert half.dtype == torch.float16
    assert (half - single).abs().max() < 0.03 * single.abs().max()
