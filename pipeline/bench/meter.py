"""Records every call of the networks while something is painted, whoever paints it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from torch import Tensor
from torch.utils.hooks import RemovableHandle

from pipeline.bench.sizes import STRIDE, Call, Part
from pipeline.geometry import Size

Hook = Callable[[Any, tuple[Any, ...], dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was called, and what that costs at a profile's real size.

    Attributes:
        gflops: Of all calls.
        by_part: The same, for each network.
        samples: How many samples each network worked on: a guided call has two.
        calls: How many calls each network had.
        largest: Pixels of the largest single UNet or VAE sample.
        shapes: How many different shapes the UNet saw.
        encoded: Megapixels that the VAE's encoder saw.
    """

    gflops: float
    by_part: dict[Part, float]
    samples: dict[Part, int]
    calls: dict[Part, int]
    largest: int
    shapes: int
    encoded: float


@dataclass(slots=True)
class WorkMeter:
    """Records the shapes of every call of a set of networks while it is open.

    The VAE is met at its encoder and decoder: pipelines call `encode` and `decode`, never
    `forward`. Networks that are None are left out.

    Attributes:
        unet: UNet2DConditionModel, of any widths, or a stand-in.
        controlnet: ControlNetModel.
        vae: AutoencoderKL; one latent position must stand for 8 by 8 pixels.
        text_encoder: CLIPTextModel.
        calls: What was recorded, in order.
    """

    unet: Any = None
    controlnet: Any = None
    vae: Any = None
    text_encoder: Any = None
    calls: list[Call] = field(default_factory=list[Call])
    _hooks: list[RemovableHandle] = field(default_factory=list[RemovableHandle])

    def __enter__(self) -> Self:
        vae = self.vae
        met: Sequence[tuple[Part, Any]] = (
            (Part.UNET, self.unet),
            (Part.CONTROLNET, self.controlnet),
            (Part.ENCODER, None if vae is None else vae.encoder),
            (Part.DECODER, None if vae is None else vae.decoder),
            (Part.TEXT, self.text_encoder),
        )
        for part, module in met:
            if module is not None:
                hook = module.register_forward_pre_hook(self._recorder(part), with_kwargs=True)
                self._hooks.append(hook)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self._hooks:
            self._hooks.pop().remove()

    def summary(self, profile: str = "sd15") -> Summary:
        """Add up what was recorded, as if the networks had a profile's real size."""
        return summarise(self.calls, profile)

    def _recorder(self, part: Part) -> Hook:
        def record(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            given: Any = args[0] if args else kwargs.get("sample", kwargs.get("input_ids"))
            self.calls.append(_call(part, given))

        return record


def summarise(calls: Sequence[Call], profile: str = "sd15") -> Summary:
    """Add calls up, as if the networks had a profile's real size; only sd15's is known."""
    if profile != "sd15":
        raise ValueError(f"the real size of {profile} is not known")
    by_part: Counter[Part] = Counter()
    for call in calls:
        by_part[call.part] += call.gflops  # pyright: ignore[reportArgumentType]
    seen = [call.size for call in calls if call.part is not Part.TEXT]
    return Summary(
        gflops=sum(by_part.values()),
        by_part=dict(by_part),
        samples={part: sum(c.batch for c in calls if c.part is part) for part in Part},
        calls={part: sum(c.part is part for c in calls) for part in Part},
        largest=max((size.area for size in seen), default=0),
        shapes=len({call.size for call in calls if call.part is Part.UNET}),
        encoded=sum(c.batch * c.size.area for c in calls if c.part is Part.ENCODER) / 1e6,
    )


def _call(part: Part, given: Tensor) -> Call:
    if part is Part.TEXT:
        return Call(part, Size(given.shape[1], 1), given.shape[0])
    stride = 1 if part is Part.ENCODER else STRIDE
    height, width = given.shape[-2:]
    return Call(part, Size(width * stride, height * stride), given.shape[0])
