"""What can be said behind `python -m pipeline fix`, in groups as its help shows them."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.fill import Fill
from pipeline.jobs import Method, Quality
from pipeline.quality import SEEDS
from pipeline.wire import MOST_COUNT
from pipeline.wording import FLOORS, FOOTWEAR, GARMENTS

FRAME, CLOTHES, POSE, PAINT, FILES = (
    "How much to add",
    "What it shows",
    "Pose and refining",
    "How to paint",
    "Results",
)
_OWN_WORDS = 'words of your own, or "like the visible part"'

Photos = Annotated[
    list[str], typer.Argument(help="Photos, directories of photos, or - for standard input.")
]

Down = Annotated[
    str, typer.Option(help="How far down: auto, 60%, 512px or 0.", rich_help_panel=FRAME)
]
Side = Annotated[
    str, typer.Option(help="How far to this side: auto, 60%, 512px or 0.", rich_help_panel=FRAME)
]

Caption = Annotated[
    str | None,
    typer.Option(
        help="What the whole picture shows; else the photo is described for you.",
        rich_help_panel=CLOTHES,
    ),
]
Garment = Annotated[
    str | None,
    typer.Option(
        help=f"What the legs wear: {', '.join(GARMENTS)}, {_OWN_WORDS}.",
        rich_help_panel=CLOTHES,
    ),
]
Footwear = Annotated[
    str | None,
    typer.Option(
        help=f"What the feet wear: {', '.join(FOOTWEAR)}, {_OWN_WORDS}.",
        rich_help_panel=CLOTHES,
    ),
]
Floor = Annotated[
    str | None,
    typer.Option(
        help=f"What the feet stand on: {', '.join(FLOORS)}, {_OWN_WORDS}.",
        rich_help_panel=CLOTHES,
    ),
]

Nudge = Annotated[
    list[str] | None,
    typer.Option(
        help='Edit the pose, as often as you like: "right_knee right 12", "preset seated", '
        '"front left" for which of two crossed legs lies in front.',
        rich_help_panel=POSE,
    ),
]
Refine = Annotated[
    bool | None,
    typer.Option(
        "--refine/--no-refine",
        help="Paint the legs anew, where they are now; the default after --nudge and --mask.",
        rich_help_panel=POSE,
    ),
]
Mask = Annotated[
    Path | None,
    typer.Option(
        help="A picture as large as the completed one: refine what is white in it, "
        "instead of the limbs.",
        rich_help_panel=POSE,
    ),
]
Anywhere = Annotated[
    bool,
    typer.Option(
        "--anywhere",
        help="Let refining paint over the photo itself too.",
        rich_help_panel=POSE,
    ),
]
Posed = Annotated[
    bool,
    typer.Option(
        "--pose-guided/--no-pose-guided",
        help="Let the planned body guide the painting from the start.",
        rich_help_panel=POSE,
    ),
]

MethodOption = Annotated[
    Method,
    typer.Option(
        help="controlnet follows the pose; renoise mends what that gave; repaint resamples, "
        "slowly; pixel does so without words or pose.",
        rich_help_panel=PAINT,
    ),
]
QualityOption = Annotated[
    Quality,
    typer.Option(
        help="draft is a quick look, best takes about twice as long as normal.",
        rich_help_panel=PAINT,
    ),
]
Steps = Annotated[
    int | None,
    typer.Option(
        min=1, max=200, help="Denoising steps, instead of the quality's.", rich_help_panel=PAINT
    ),
]
GuidanceScale = Annotated[
    float | None,
    typer.Option(
        "--guidance",
        min=1.0,
        max=30.0,
        help="How strongly the words count; 7 is usual, 1 is hardly at all.",
        rich_help_panel=PAINT,
    ),
]
Band = Annotated[
    int,
    typer.Option(
        min=0,
        help="So many pixels of the photo's rim may be blended; 0 leaves every pixel as it is.",
        rich_help_panel=PAINT,
    ),
]
FillOption = Annotated[
    Fill,
    typer.Option(
        "--fill",
        help="How the photo is continued until it is painted, as stages and previews show it: "
        "inpaint lets what meets its edge run on, edges blurs it.",
        rich_help_panel=PAINT,
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0, max=SEEDS - 1, help="The same seed gives the same picture.", rich_help_panel=PAINT
    ),
]
Profile = Annotated[
    str,
    typer.Option(help="Which weights: auto, tiny, sd15, or a folder.", rich_help_panel=PAINT),
]

Variants = Annotated[
    int,
    typer.Option(
        min=1,
        max=MOST_COUNT,
        help="So many pictures, each with the next seed, and a sheet with all of them.",
        rich_help_panel=FILES,
    ),
]
Best = Annotated[
    int,
    typer.Option(
        min=1,
        max=MOST_COUNT,
        help="Paint each picture so many times and keep the one that scores best.",
        rich_help_panel=FILES,
    ),
]
Stages = Annotated[
    bool,
    typer.Option(
        "--stages", help="Write plan, skeleton and edits as pictures too.", rich_help_panel=FILES
    ),
]
Folder = Annotated[
    Path,
    typer.Option(
        "--out", help="Where the results go, a folder for each photo.", rich_help_panel=FILES
    ),
]
