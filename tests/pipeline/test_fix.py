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
from pipeline.fix import Outcome, Wish, fix, write
from pipeline.geometry import Box, Size
from pipeline.jobs import Prepared, PrepareJob, Progress, Refined, RefineJob, Report, Stage, Version
from pipeline.profiles import SD15, Profile
from pipeline.skeleton import Joint, Keypoint, Skeleton

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


class Filler:
    """Extends by 40 rows of one colour."""

    profile: Profile = SD15

    def __init__(self, *people: Skeleton, spoils: bool = False) -> None:
        self.people = people
        self.spoils = spoils
        self.refined: list[RefineJob] = []

    def prepare(self, job: PrepareJob, report: Report) -> Prepared:
        report(Progress(Stage.OUTPAINT, 1, 1))
        photo = Image.new("RGB", (40, 40), "teal")
        canvas = Canvas(Size(40, 80), Box(0, 0, 40, 40))
        picture = Image.new("RGB", (40, 80), "grey")
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
            seconds={"outpaint": 0.5},
        )

    def refine(self, job: RefineJob, report: Report) -> Refined:
        self.refined.append(job)
        return Refined(
            version=job.version,
            windows=(Box(0, 30, 40, 50),),
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
    assert planned["pose_keypoints_2d"][3:6] == [20, 10, 1]


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
