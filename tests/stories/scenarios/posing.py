"""Nudges typed and tapped, stances, people, undo and redo; in English and Korean."""

from tests.stories.scenarios.play import Scenario

POSING = (
    Scenario(
        name="a joint is nudged by taps",
        lines="""
            sends photo
            taps: 4 left knee
            is told: left knee: use the arrows
            taps: →
            is told: left knee → 10
            taps: ↑
            taps: 10 px
            taps: ←
            is told: left knee ← 30
            sees: Changed. Press Refine to paint it.
            taps: Refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="a joint is nudged by words",
        lines="""
            sends photo
            says: left_knee right 12
            sees: Changed.
            says: right ankle up 5 left 3
            says: 3
            says: up 20
            says: refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="what cannot be moved is told",
        lines="""
            sends photo
            says: up 5
            sees: Choose a joint first
            says: left_knee sideways 5
            says: left_kne up 5
            sees: Did you mean
            says: left_knee up 99999999
            cannot tap: Undo
        """,
    ),
    Scenario(
        name="undo and redo by taps",
        lines="""
            sends photo
            says: left_knee right 12
            says: left_ankle down 8
            taps: Undo
            is told: Undone.
            taps: Undo
            cannot tap: Undo
            taps: Redo
            is told: Redone.
            taps: Redo
            cannot tap: Redo
        """,
    ),
    Scenario(
        name="undo and redo by words, and that there is nothing left to undo",
        lines="""
            sends photo
            says: left_knee right 12
            says: undo
            says: undo
            says: redo
            says: left_knee left 4
            says: redo
            can tap: Undo
            cannot tap: Redo
        """,
    ),
    Scenario(
        name="reset goes back to what was found, and can be undone",
        lines="""
            sends photo
            says: left_knee right 12
            says: right_knee right 12
            says: reset
            cannot tap: Redo
            says: undo
            sees: Changed.
        """,
    ),
    Scenario(
        name="stances by taps",
        lines="""
            sends photo
            taps: Stances
            sees: Choose how the legs stand.
            taps: Crossed
            taps: Mirror
            taps: Swap legs
            taps: Left leg in front
            taps: Back
            sees: Changed.
            taps: Refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="stances by words",
        lines="""
            sends photo
            says: preset walking
            says: mirror
            says: front right
            says: rotate left leg 10
            says: scale right leg 1.1
            says: preset flying
            can tap: Undo
        """,
    ),
    Scenario(
        name="an ankle is dragged and its leg keeps its lengths",
        lines="""
            sends photo
            says: drag left_ankle to 60 250
            sees: Changed.
            says: refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="a joint is hidden and shown again",
        lines="""
            sends photo
            taps: 6 left ankle
            taps: Hide
            can tap: Show
            says: left_ankle up 5
            sees: is hidden
            taps: Show
            can tap: Hide
            says: hide left foot
            says: restore left foot
        """,
    ),
    Scenario(
        name="one of two people is chosen",
        lines="""
            sends photo of two
            sees: Person 1 of 2.
            says: left_knee right 5
            taps: Person 2
            is told: Person 2.
            sees: Person 2 of 2.
            says: left_knee left 5
            says: person 3
            sees: There is no person 3
            says: person 1
            taps: Refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="nobody can be moved where nobody is",
        lines="""
            sends photo of nobody
            sees: I found nobody to move
            says: left_knee up 5
            sees: I found nobody in this picture to move.
            says: refine
            says: preset crossed
            taps: Done
            sees: Here you are.
        """,
    ),
    Scenario(
        name="the step is remembered for the next photo",
        lines="""
            sends photo
            says: step 25
            sends another photo
            taps: 3 right knee
            can tap: 25 px
        """,
    ),
    Scenario(
        name="Korean words do what English ones do",
        language="ko",
        lines="""
            says: 언어 한국어
            sends photo
            says: 왼쪽 무릎 오른쪽 12
            can tap: 되돌리기
            says: 되돌리기
            can tap: 다시 실행
            says: 다시 실행
            says: 그리기
            sees: 2
        """,
    ),
    Scenario(
        name="a button from before is stale, and nothing comes of it",
        lines="""
            sends photo
            looks
            taps: Refine
            taps as it was: Refine
            is told: That button is from an earlier picture.
            taps as it was: 4 left knee
            is told: That button is from an earlier picture.
            sees: Version 2
        """,
    ),
    Scenario(
        name="a nudge button stays good after other nudges",
        lines="""
            sends photo
            taps: 4 left knee
            looks
            taps: →
            taps: ↑
            taps as it was: →
            is told: left knee → 10
        """,
    ),
    Scenario(
        name="an arrow tapped twice moves twice",
        lines="""
            sends photo
            taps: 4 left knee
            taps twice: →
            is told: left knee → 10
            taps: Undo
            can tap: Undo
        """,
    ),
    Scenario(
        name="buttons of an old photo move that one still",
        lines="""
            sends photo
            taps: 4 left knee
            looks
            sends another photo
            taps as it was: →
            is told: left knee → 10
            sees last: Choose a joint and move it
        """,
    ),
)
