"""Refining, variants, versions, methods, and the file."""

from tests.stories.scenarios.play import Scenario

PAINTING = (
    Scenario(
        name="refine by a command",
        lines="""
            sends photo
            says: /refine
            sees: Version 2
            cannot tap: Undo
        """,
    ),
    Scenario(
        name="refine tapped twice paints once",
        lines="""
            sends photo
            taps twice: Refine
            sees: Version 2
            says: again
            sees: Version 3
        """,
    ),
    Scenario(
        name="again takes another seed",
        lines="""
            sends photo
            taps: Refine
            sees: seed 1
            taps: Again
            sees: Version 3, seed 2
        """,
    ),
    Scenario(
        name="again at the pose step completes the photo anew",
        lines="""
            sends photo
            says: left_knee right 9
            taps: Again
            cannot tap: Undo
            can tap: Refine
        """,
    ),
    Scenario(
        name="a result is adjusted and refined once more",
        lines="""
            sends photo
            taps: Refine
            taps: Adjust
            says: left_knee right 9
            taps: Refine
            sees: Version 3
        """,
    ),
    Scenario(
        name="variants lie beside each other and one is picked by a tap",
        lines="""
            sends photo
            taps: Refine
            taps: Variants
            can tap: Four more
            taps: 3
            sees: Version 5
            taps: All variants
            can tap: Four more
        """,
    ),
    Scenario(
        name="variants by words, picked by a number",
        lines="""
            sends photo
            says: variants 2
            can tap: Four more
            says: 2
            sees: Version 3
            says: choices
            says: done
            sees: Here you are.
        """,
    ),
    Scenario(
        name="four more variants",
        lines="""
            sends photo
            says: variants 3
            taps: Four more
            taps: 4
            sees: Version 8
        """,
    ),
    Scenario(
        name="there are no variants of one picture",
        lines="""
            sends photo
            says: pick
            sees: This picture has no variants.
            says: variants 99
            sees: whole number from 2 to 8
        """,
    ),
    Scenario(
        name="the best of several",
        lines="""
            says: best 3
            sends photo
            can tap: Refine
            says: refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="the second method",
        lines="""
            sends photo
            says: method 2
            taps: Refine
            sees: Repainting moves no leg.
            taps: Resample
            sees: Version 3
        """,
    ),
    Scenario(
        name="repaint by words, in both forms",
        lines="""
            sends photo
            says: repaint
            sees: Repainting moves no leg.
            says: repaint repaint
            sees: Version 3
            says: repaint sideways
            sees: repaint takes one of
        """,
    ),
    Scenario(
        name="variants of a repainted picture",
        lines="""
            sends photo
            says: method 2
            says: variants 2
            can tap: Four more
            taps: 2
            sees: Version 3
        """,
    ),
    Scenario(
        name="back and forward among versions by taps",
        lines="""
            sends photo
            taps: Refine
            taps: Again
            taps: ◀ 1
            is told: Version 1.
            taps: 3 ▶
            sees: Version 3
        """,
    ),
    Scenario(
        name="back and forward by words, to both ends",
        lines="""
            sends photo
            says: refine
            says: back
            says: back
            sees: There is no earlier version.
            says: next
            says: forward
            sees: There is no later version.
            says: version 1
            says: version 77
            sees: There is no version 77 any more. The newest is 2.
        """,
    ),
    Scenario(
        name="a version keeps the pose that it was left with",
        lines="""
            sends photo
            says: left_knee right 9
            says: refine
            says: adjust
            says: right_knee left 9
            says: version 1
            says: adjust
            sees: Changed.
        """,
    ),
    Scenario(
        name="a version of an earlier photo is gone back to",
        lines="""
            sends photo
            says: refine
            sends another photo
            says: version 2
            says: file
            says: back
            can tap: Adjust
        """,
    ),
    Scenario(
        name="the photo as it was sent, and done",
        lines="""
            sends photo
            says: refine
            says: done
            sees: Here you are.
            taps: File
            gets file: toeframe-2.png
            says: original
            gets file: original
            taps: Adjust
            can tap: Refine
        """,
    ),
    Scenario(
        name="the pose step is skipped once",
        lines="""
            says: auto
            sends photo
            sees: Version 1
            sends another photo
            can tap: Refine
        """,
    ),
    Scenario(
        name="the pose step is skipped from now on, and no more",
        lines="""
            says: auto on
            sends photo
            sees: Version 1
            sends another photo
            sees last: Version 1
            says: auto off
            sends photo
            can tap: Refine
        """,
    ),
)
