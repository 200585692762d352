"""Cancelling at every stage, failures, and limits."""

from tests.stories.scenarios.play import Scenario

STOPPING = (
    Scenario(
        name="cancelled while the photo is completed, and again",
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            taps: Cancel
            is told: Stopped.
            the painter goes on
            sees: Stopped. Press Again
            taps: Again
            can tap: Refine
        """,
    ),
    Scenario(
        name="cancelled in the queue, behind another photo that goes on",
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            sends another photo
            sees last: In the queue
            taps: Cancel
            is told: Stopped.
            the painter goes on
            sees last: Stopped. Press Again
            can tap: Refine
        """,
    ),
    Scenario(
        name="cancelled by a word while legs are refined",
        lines="""
            sends photo
            says: left_knee right 9
            the painter stands still
            says: refine
            sees: Painting the legs anew
            says: cancel
            the painter goes on
            taps: Adjust
            sees: Changed.
        """,
    ),
    Scenario(
        name="cancelled among variants",
        lines="""
            sends photo
            the painter stands still
            says: variants 4
            sees: Painting the legs anew
            says: stop
            the painter goes on
            can tap: Adjust
            taps: Again
            can tap: Four more
        """,
    ),
    Scenario(
        name="cancelled when nothing runs",
        lines="""
            says: cancel
            sees: Nothing is running.
            sends photo
            says: cancel
            can tap: Refine
        """,
    ),
    Scenario(
        name="cancel tapped twice",
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            taps twice: Cancel
            the painter goes on
            sees: Stopped. Press Again
        """,
    ),
    Scenario(
        name="what is said while painting waits, or is told to",
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            says: left_knee up 5
            sees: The picture is not ready yet.
            says: refine
            says: again
            sees: I am still painting.
            says: quality draft
            says: settings
            sees: Quality: draft
            the painter goes on
            can tap: Refine
        """,
    ),
    Scenario(
        name="another frame while the photo is completed",
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            says: extend 80%
            the painter goes on
            can tap: Refine
            says: file
            gets file: toeframe-1.png
        """,
    ),
    Scenario(
        name="completing fails, and succeeds at another try",
        lines="""
            the painter breaks: The paint is dry.
            sends photo
            sees: The paint is dry.
            sees: Press Again to try once more.
            taps: Again
            can tap: Refine
        """,
    ),
    Scenario(
        name="refining fails, and the pose is kept",
        lines="""
            sends photo
            says: left_knee right 9
            the painter breaks: The paint is dry.
            taps: Refine
            sees: The paint is dry.
            taps: Adjust
            sees: Changed.
            says: refine
            sees: Version 2
        """,
    ),
    Scenario(
        name="after a failure the settings come back to it",
        lines="""
            the painter breaks: The paint is dry.
            sends photo
            says: settings
            taps: Close
            sees: The paint is dry.
            says: status
            can tap: Again
        """,
    ),
    Scenario(
        name="no more than two orders at once",
        strict=True,
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            says: start sample
            sends another photo
            the painter goes on
            can tap: Refine
        """,
    ),
    Scenario(
        name="no more than three pictures a day, and forgetting is no way around",
        strict=True,
        lasts=False,
        lines="""
            sends photo
            says: refine
            says: again
            says: again
            sees: Those were your 3 orders for 24 hours.
            says: forget everything
            sends photo
            sees last: Those were your 3 orders for 24 hours.
        """,
    ),
    Scenario(
        name="over the limit the settings still work, and the file is had",
        strict=True,
        lines="""
            sends photo
            says: refine
            says: again
            says: again
            says: file
            gets file: toeframe-3.png
            says: version 1
            says: adjust
            says: left_knee up 4
            sees: Changed.
        """,
    ),
)
