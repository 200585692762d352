import ast
import importlib
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest

import pipeline
from bot.words import LANGUAGES, say, text
from bot.words.told import retold
from pipeline import errors
from pipeline.edits import apply, parse_edit
from pipeline.errors import EditError, PhotoError, PlanError, StudioError
from pipeline.extension import parse_amount
from pipeline.geometry import Size
from pipeline.photo import read_photo
from pipeline.plan import plan_canvas
from pipeline.skeleton import Joint, Skeleton
from tests.pipeline.people import whole_person

ROOT = Path(pipeline.__file__).parent
RAISED = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
HANGUL = re.compile("[가-힣]")
# What only those see who train the bundle, or who type at the command line of `pipeline`.
NOT_IN_CHATS = ("bundle", "doctor.py", "__main__.py")
# Functions whose sentences are told as notes below a picture.
NOTING = {
    "photo.py": ("_first_frame_note",),
    "colour.py": ("_to_eight_bits", "_to_rgb", "_on_white"),
    "plan.py": ("_notes",),
}
UNKNOWN = "12"  # stands in a blank whose content only a run can tell

Functions = dict[str, ast.FunctionDef]


def _files() -> list[Path]:
    files = sorted(ROOT.rglob("*.py"))
    return [file for file in files if file.relative_to(ROOT).parts[0] not in NOT_IN_CHATS]


def _module(file: Path) -> ModuleType | None:
    """Import a module for its constants; those that paint are read without being run."""
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return None if "gpu" in parts else importlib.import_module(".".join(parts))


def _sentences(file: Path) -> Iterator[str]:
    """Give every sentence that an error of a file may say, blanks filled with something."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    reader = _Reader(tree, _module(file))
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        raised = call.func if isinstance(call, ast.Call) else None
        if isinstance(call, ast.Call) and isinstance(raised, ast.Name) and raised.id in RAISED:
            yield from reader.read(call.args[0])
    for name in NOTING.get(file.name, ()):
        yield from reader.noted(name)


class _Reader:
    """Evaluates the strings of a source file as far as they can be known without running it."""

    def __init__(self, tree: ast.Module, module: ModuleType | None) -> None:
        self._constants = dict(vars(module)) if module else _written(tree)
        self._functions: Functions = {
            node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }

    def read(self, node: ast.expr) -> list[str]:
        match node:
            case ast.Constant(value):
                return [str(value)]
            case ast.JoinedStr(values):
                return self._joined(values)
            case ast.FormattedValue(value):
                return self._blank(value)
            case ast.BinOp(left, ast.Add(), right):
                return self._joined([left, right])
            case ast.Name(name):
                return [str(self._constants.get(name, UNKNOWN))]
            case ast.Call(ast.Name(name)) if name in self._functions:
                returned = (n.value for n in self._walk(name) if isinstance(n, ast.Return))
                return [said for value in returned if value for said in self.read(value)]
            case _:
                return [UNKNOWN]

    def noted(self, function: str) -> list[str]:
        """Give the sentences among what a function says, by their full stop."""
        return [
            said
            for node in self._walk(function)
            if isinstance(node, ast.Constant | ast.JoinedStr)
            for said in self.read(node)
            if said.endswith(".") and " " in said
        ]

    def _walk(self, name: str) -> list[ast.AST]:
        """Give the parts of a function, but neither its docstring nor pieces of a string."""
        every = list(ast.walk(self._functions[name]))
        inner = [part for node in every if isinstance(node, ast.JoinedStr) for part in node.values]
        inner += [node.value for node in every if isinstance(node, ast.Expr)]
        yielded = [node.value for node in inner if isinstance(node, ast.Yield)]
        skipped = {id(part) for part in inner} - {id(part) for part in yielded}
        return [node for node in every if id(node) not in skipped]

    def _joined(self, parts: list[ast.expr]) -> list[str]:
        return ["".join(chosen) for chosen in product(*map(self.read, parts))]

    def _blank(self, value: ast.expr) -> list[str]:
        known = value.id in self._constants if isinstance(value, ast.Name) else False
        return self.read(value) if known else [UNKNOWN]


def _written(tree: ast.Module) -> dict[str, str]:
    """Give the strings that a file names on its own, without importing it."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


SENTENCES = sorted({said for file in _files() for said in _sentences(file)})


def test_many_sentences_are_found():
    assert len(SENTENCES) > 60


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_pipeline_says_has_a_korean_wording(sentence: str):
    said = retold(sentence, "ko")
    assert HANGUL.search(said)
    assert "{" not in said
    assert not re.search("니다|시오", said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_chat_is_told_to_use_the_command_line(sentence: str, language: str):
    if "--profile" not in sentence and "pip install" not in sentence:
        assert "--" not in retold(sentence, language)


def _raised(kind: type[StudioError], does: object, *arguments: object) -> str:
    assert callable(does)
    with pytest.raises(kind) as caught:
        does(*arguments)
    return str(caught.value)


PERSON = whole_person()
HIDDEN = apply(PERSON, parse_edit("hide right knee"))
FACE = Skeleton({Joint.NOSE: PERSON.keypoints[Joint.NOSE]})


@pytest.mark.parametrize(
    ("told", "korean"),
    [
        (
            lambda: apply(HIDDEN, parse_edit("right knee up 3")),
            "오른쪽 무릎은 숨겨져 있어요. 먼저 다시 보여 주세요: 오른쪽 무릎 보이기",
        ),
        (
            lambda: apply(FACE, parse_edit("left ankle up 3")),
            "이 사진에서 왼쪽 발목을 찾지 못했어요. 있는 관절: 코",
        ),
        (
            lambda: apply(Skeleton({}), parse_edit("left hip up 3")),
            "이 사진에서 왼쪽 골반을 찾지 못했어요. 있는 관절: 없음",
        ),
        (
            lambda: parse_edit("knee up 3"),
            "어느 쪽 무릎인가요? 오른쪽 무릎 또는 왼쪽 무릎이라고 해 주세요.",
        ),
        (
            lambda: parse_edit("right nee up 3"),
            '모르는 관절이에요: "right nee". 혹시 이건가요: 오른쪽 무릎',
        ),
        (
            lambda: parse_edit("preset a video"),
            '모르는 자세예요: "a video". 이 중에서 골라 주세요: 서기, 걷기, 꼬기, 앉기',
        ),
    ],
)
def test_an_edit_that_fails_is_told_in_korean(told: object, korean: str):
    assert say(text("told", sentence=_raised(EditError, told)), "ko") == korean


@pytest.mark.parametrize(
    ("photo", "korean"),
    [
        (b"", "파일이 비어 있어요. JPEG나 PNG 사진을 보내 주세요."),
        (b"%PDF-1.7", "PDF 파일이에요. JPEG나 PNG 사진을 보내 주세요."),
        (b"\x1aE\xdf\xa3 ...", "동영상이에요. JPEG나 PNG 사진을 보내 주세요."),
        (b"hello", "사진이 아니라 글이에요. JPEG나 PNG 사진을 보내 주세요."),
    ],
)
def test_a_photo_that_cannot_be_used_is_told_in_korean(photo: bytes, korean: str):
    assert retold(_raised(PhotoError, read_photo, photo), "ko") == korean


def test_a_frame_that_cannot_be_planned_is_told_in_the_words_of_a_chat():
    nobody = _raised(PlanError, plan_canvas, Size(500, 500), [])
    assert "such as extend 60%" in retold(nobody, "en")
    assert "확장 60%" in retold(nobody, "ko")
    amount = _raised(PlanError, parse_amount, "a lot")
    told = retold(amount, "ko")
    assert told == '얼마만큼인지 모르겠어요: "a lot". 자동, 60%, 512px처럼 써 주세요.'


def test_a_sentence_within_a_sentence_is_told_in_its_language_too():
    high = "That would make the picture 3.4 times as high as the photo; 3 times is the most."
    assert retold(f"{high} Say a smaller amount.", "ko").startswith(
        "그러면 그림이 사진의 높이 3.4배가 돼요."
    )
    toes = "The toes will not fit: they need 80 px below and 7 px on the left."
    assert "아래로 80px, 왼쪽으로 7px 더 필요해요." in retold(
        f"{toes} Say --down auto to fit them.", "ko"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_that_nobody_foresaw_is_passed_on(language: str):
    assert retold("The painter ran out of memory.", language) == "The painter ran out of memory."


def test_what_a_person_typed_is_repeated_and_not_translated():
    said = _raised(EditError, parse_edit, "right knee")
    assert retold(said, "ko").startswith('무슨 뜻인지 모르겠어요: "right knee"')
