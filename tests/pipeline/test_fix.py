"""From a wish to files, with a painter that only fills: what is written, and what it says."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.canvas import Canvas
from pipeline.edits import parse_edit
from pipeline.errors import EditError
from pipeline.fix import Outcome, fix, write
from pipeline.geometry import Box, Size
from pipeline.jobs import (
    Method,
    Prepared,
    PrepareJob,
    Progress,
    Quality,
    Refined,
    RefineJob,
    Report,
    Settings,
    Stage,
    Version,
)
from pipeline.profiles import SD15, Profile
from pipeline.quality import Score
from pipeline.skeleton import Joint, Keypoint, Skeleton
from pipeline.windows import Layout
from pipeline.wish import Wish

PERSON = Skeleton(
    {
        Joint.NECK: Keypoint(20, 10),
        Joint.RIGHT_SHOULDER: Keypoint(14, 10),
        Joint.LEFT_SHOULDER: Keypoint(26, 10),
        Joint.RIGHT_HIP: Keypoint(16, 34),
        Joint.LEFT_HIP: Keypoint(24, 34),
        Joint.RIGHT_KNEE: Keypoint(16, 50),
        Joint.RIGHT_ANKLE: Keypoint(16, 66),
        Joint.LEFT_KNEE: Keypoint(24, 50),
        Joint.LEFT_ANKLE: Keypoint(24, 66),
    }
)


LAYOUT = Layout(
    region=Box(0, 16, 40, 64),
    scale=0.5,
    content=Size(20, 32),
    frame=Size(64, 64),
    windows=(Box(0, 0, 64, 64),),
)


class Filler:
    """Extends by 40 rows of a grey that is the seed's, and likes seed 6 best."""

    profile: Profile = SD15

    def __init__(self, *people: Skeleton, spoils: bool = False) -> None:
        self.people = people
        self.spoils = spoils
        self.prepared: list[PrepareJob] = []
        self.refined: list[RefineJob] = []

    def prepare(self, job: PrepareJob, report: Report) -> Prepared:
        report(Progress(Stage.OUTPAINT, 1, 1))
        self.prepared.append(job)
        seed = job.settings.seed
        photo = Image.new("RGB", (40, 40), "teal")
        canvas = Canvas(Size(40, 80), Box(0, 0, 40, 40))
        picture = Image.new("RGB", (40, 80), (100 + seed, 100, 100))
        picture.paste(photo, (0, 0))
        if self.spoils:
            picture.putpixel((3, 3), (0, 0, 0))
        version = Version(
            picture=picture,
            photo=photo,
            canvas=canvas,
            skeletons=self.people,
            caption=job.caption or "a man",
        )
        return Prepared(
            version=version,
            planned=self.people,
            detected=(),
            notes=("One note.",),
            windows=(Box(0, 16, 40, 64),),
            passes=(LAYOUT,),
            stances=({"standing": 0.912345, "walking": 0.05},),
            seconds={"outpaint": 0.5},
            score=Score(oks=0.9 if seed == 6 else 0.5, legs=2, planned=2, toes=1.0, seam=2.0),
        )

    def refine(self, job: RefineJob, report: Report) -> Refined:
        self.refined.append(job)
        return Refined(
            version=job.version,
            windows=(Box(0, 30, 40, 50),),
            passes=(LAYOUT, LAYOUT),
            seconds={"refine": 0.25},
        )


def fixed(filler: Filler, **wish: Any) -> Outcome:
    return fix(filler, b"a photo", Wish(**wish), lambda _: None)


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.size


def test_a_plain_wish_gives_a_picture_and_its_record():
    outcome = fixed(Filler(PERSON))
    assert list(outcome.files) == ["result.png", "record.json"]
    assert size_of(outcome.files["result.png"]) == (40, 80)
    assert json.loads(outcome.files["record.json"]) == outcome.record


def test_the_record_tells_everything_that_the_picture_depends_on():
    record = fixed(Filler(PERSON), caption="a woman", refine=True).record
    assert record["photo_size"] == [40, 40]
    assert record["canvas_size"] == [40, 80]
    assert record["photo_box"] == [0, 0, 40, 40]
    assert record["windows"] == [[0, 16, 40, 64]]
    assert record["refine_windows"] == [[0, 30, 40, 50]]
    assert record["seconds"] == {"outpaint": 0.5, "refine": 0.25}
    assert record["notes"] == ["One note."]
    assert (record["caption"], record["seed"], record["profile"]) == ("a woman", 0, "sd15")
    assert record["steps"] == SD15.steps
    for people in record["skeletons"].values():
        assert (people["canvas_width"], people["canvas_height"]) == (40, 80)
    (planned,) = record["skeletons"]["planned"]["people"]
    assert record["stances"] == [{"standing": 0.9123, "walking": 0.05}]
    assert planned["pose_keypoints_2d"][3:6] == [20, 10, 1]


def test_the_record_tells_how_it_was_painted():
    settings = Settings(
        method=Method.REPAINT, quality=Quality.BEST, garment="jeans", floor="sand", guidance=3.0
    )
    record = fixed(Filler(PERSON), caption="a man", settings=settings).record
    assert (record["method"], record["quality"], record["guidance"]) == ("repaint", "best", 3.0)
    assert record["steps"] is None  # the method's own
    assert (record["guidance_share"], record["control_share"]) == (0.8, 0.6)
    assert record["prompt"].startswith("a man, wearing blue jeans, standing on sand, full body")
    assert record["extension"] == {"down": "auto", "left": "0px", "right": "0px", "up": "0px"}


def test_the_record_tells_every_pass_with_its_windows():
    record = fixed(Filler(PERSON), refine=True).record
    (only,) = record["passes"]
    assert only["region"] == [0, 16, 40, 64]
    assert (only["scale"], only["frame"], only["windows"]) == (0.5, [64, 64], [[0, 0, 64, 64]])
    assert len(record["refine_passes"]) == 2
    assert record["refine_mask"] == "limbs"


def test_the_record_tells_the_score_and_its_parts():
    score = fixed(Filler(PERSON)).record["score"]
    assert (score["oks"], score["seam"], score["colour"], score["clones"]) == (0.5, 2.0, None, 0)
    assert score["parts"] == {"joints": 0.5, "legs": 1.0, "toes": 1.0, "seam": 0.5}
    assert 0.5 < score["total"] < 1.0


def test_variants_have_the_next_seeds_and_a_sheet():
    filler = Filler(PERSON)
    outcome = fixed(filler, variants=3, settings=Settings(seed=2**32 - 2))
    assert list(outcome.files) == [
        "result-1.png",
        "result-2.png",
        "result-3.png",
        "result-sheet.png",
        "record.json",
    ]
    seeds = [2**32 - 2, 2**32 - 1, 0]
    assert [job.settings.seed for job in filler.prepared] == seeds
    assert [one["seed"] for one in outcome.record["variants"]] == seeds


def test_the_record_of_variants_is_the_best_one_s():
    record = fixed(Filler(PERSON), variants=3, settings=Settings(seed=5)).record
    assert (record["result"], record["seed"]) == ("result-2.png", 6)
    assert [one["result"] for one in record["variants"]] == [
        "result-1.png",
        "result-2.png",
        "result-3.png",
    ]


def test_variants_show_what_the_first_one_was_told_to_show():
    filler = Filler(PERSON)
    fixed(filler, variants=2)
    assert [job.caption for job in filler.prepared] == [None, "a man"]


def test_a_mask_and_its_freedom_go_to_the_refining():
    filler, mask = Filler(PERSON), Image.new("L", (40, 80), 255)
    record = fixed(filler, refine=True, mask=mask, anywhere=True).record
    assert (filler.refined[0].mask, filler.refined[0].anywhere) == (mask, True)
    assert (record["refine_mask"], record["refine_anywhere"]) == ("drawn", True)


def test_refining_follows_the_pose_even_where_it_did_not_guide_the_painting():
    filler = Filler(PERSON)
    fixed(filler, refine=True, settings=Settings(posed=False))
    assert filler.prepared[0].settings.posed is False
    assert filler.refined[0].settings.posed is True


def test_changed_pixels_are_counted_and_not_believed():
    assert fixed(Filler(PERSON)).record["changed_pixels"] == 0
    assert fixed(Filler(PERSON, spoils=True)).record["changed_pixels"] == 1


def test_stages_are_written_as_they_happened():
    outcome = fixed(Filler(PERSON), stages=True, refine=True)
    assert [name for name in outcome.files if name[0].isdigit()] == [
        "1-plan.png",
        "2-outpainted.png",
        "3-skeleton.png",
        "4-nudged.png",
        "5-refined.png",
    ]
    assert "5-refined.png" not in fixed(Filler(PERSON), stages=True).files


def test_edits_move_the_first_person_and_no_other():
    filler = Filler(PERSON, PERSON.mapped(dx=2))
    outcome = fixed(filler, edits=(parse_edit("right_ankle left 3"),), refine=True)
    first, other = filler.refined[0].skeletons
    assert first.keypoints[Joint.RIGHT_ANKLE].x == pytest.approx(13)
    assert other == PERSON.mapped(dx=2)
    assert outcome.record["skeletons"]["edited"] != outcome.record["skeletons"]["planned"]


def test_an_edit_of_nobody_is_told():
    with pytest.raises(EditError, match="no skeleton to nudge"):
        fixed(Filler(), edits=(parse_edit("right_ankle left 3"),))


def test_files_are_written_whole_with_the_record_last(tmp_path: Path):
    outcome = fixed(Filler(PERSON))
    write(outcome, tmp_path / "new" / "photo")
    assert {file.name for file in (tmp_path / "new" / "photo").iterdir()} == set(outcome.files)
    assert list(outcome.files)[-1] == "record.json"
