"""Photos, captions, files, and what is no photo."""

from tests.stories.scenarios.play import Scenario

SENDING = (
    Scenario(
        name="a photo is completed and its file is had",
        lines="""
            sends photo
            sees: Choose a joint and move it
            taps: Refine
            is told: On it.
            sees: Every pixel of your photo is as you sent it.
            taps: File
            is told: Sending the file.
            gets file: toeframe-2.png
        """,
    ),
    Scenario(
        name="a caption is what the picture shows",
        lines="""
            sends photo: a man in blue jeans
            can tap: Refine
            says: settings
            sees: Prompt: a man in blue jeans
        """,
    ),
    Scenario(
        name="commands in a caption are obeyed",
        lines="""
            sends photo: /auto /extend 60% /quality draft a woman on a beach
            sees: Here you are. Version 1
            says: settings
            sees: Prompt: a woman on a beach
            sees: Extend: 60%
            sees: Quality: draft
        """,
    ),
    Scenario(
        name="what a caption cannot command is told and left out",
        lines="""
            sends photo: /refine a girl
            sees: I left out: refine
            can tap: Refine
        """,
    ),
    Scenario(
        name="a command in a caption that cannot be read is told",
        lines="""
            sends photo: /extend sideways
            sees: Say how far
            can tap: Refine
        """,
    ),
    Scenario(
        name="a photo as a file is taken byte for byte",
        lines="""
            sends file: plain.png, /seed 5
            can tap: Refine
            says: original
            gets file: original
        """,
    ),
    Scenario(
        name="a photo that lies on its side is stood up",
        lines="""
            sends file: turned.jpg
            can tap: Refine
        """,
    ),
    Scenario(
        name="printing ink and palettes are read",
        lines="""
            sends file: ink.jpg
            can tap: Done
            sends file: palette.png
            can tap: Done
            sends file: moving.gif
            sees last: Choose a joint and move it
        """,
    ),
    *(
        Scenario(
            name=f"{name} is refused in one sentence",
            without=frozenset({"web"}) if name == "empty.jpg" else frozenset(),
            lines=f"""
                sends file: {name}
                sees: {said}
                cannot tap: Refine
                counts messages: 1
            """,
        )
        for name, said in (
            ("empty.jpg", "That file is empty"),
            ("words.jpg", "That is text and not a photo"),
            ("cut.jpg", "damaged or cut short"),
            ("bomb.png", "at most 40 megapixels"),
            ("phone.heic", "That is a HEIC photo"),
            ("scans.jpg", "built too intricately"),
            ("tiny.png", "only 20 x 20 pixels"),
            ("strip.png", "a strip of 2000 x 64 pixels"),
        )
    ),
    Scenario(
        name="a sticker has no legs",
        without=frozenset({"web"}),
        lines="""
            sends sticker
            sees: A sticker has no legs that I could paint.
            sends photo
            can tap: Refine
        """,
    ),
    Scenario(
        name="after a bad file a photo is taken as if nothing had been",
        lines="""
            sends file: words.jpg
            sees: That is text and not a photo
            sends photo
            can tap: Refine
        """,
    ),
    Scenario(
        name="a second photo while the first is painted waits for its turn",
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            sends another photo
            sees last: In the queue
            the painter goes on
            sees no: In the queue
            counts messages: 2
            says: file
            gets file: toeframe-1.png
        """,
    ),
    Scenario(
        name="a second photo after the first begins anew",
        lines="""
            sends photo: a man in shorts
            says: garment jeans
            sends another photo
            says: settings
            sees: Prompt: as I see fit
            sees: Garment: like the visible part
        """,
    ),
    Scenario(
        name="words before any photo say what to send",
        lines="""
            says: refine
            sees: Send me a photo first.
            says: what do I do
            sees: I do not understand "what do I do"
            says: undo
            says: file
            says: original
            counts messages: 5
        """,
    ),
    Scenario(
        name="help, start and a sample to try",
        lines="""
            says: help
            sees: photo
            says: start
            taps: Try a sample
            can tap: Refine
        """,
    ),
    Scenario(
        name="a sample by name",
        lines="""
            says: start sample
            can tap: Refine
            says: status
            can tap: Refine
        """,
    ),
)
