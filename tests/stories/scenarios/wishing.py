"""Settings, words for the painter, languages, and what is kept of people."""

from tests.stories.scenarios.play import Scenario

WISHING = (
    Scenario(
        name="settings by taps",
        lines="""
            sends photo
            says: settings
            taps: jeans
            is told: Set. It counts from the next painting on
            taps: boots
            taps: grass
            taps: best
            taps: Best of 4
            taps: Method 2
            taps: Pose step: on
            sees: Garment: jeans
            taps: Close
            can tap: Refine
        """,
    ),
    Scenario(
        name="settings by words",
        lines="""
            says: extend 60%
            says: prompt a woman in a red dress
            says: garment dress
            says: footwear heels
            says: floor tiles
            says: quality best
            says: seed 42
            says: settings
            sees: Seed: 42
            sees: Footwear: heels
            sends photo
            taps: Refine
            sees: seed 43
        """,
    ),
    Scenario(
        name="settings that make no sense are told how to be said",
        lines="""
            says: extend
            sees: Say how far
            says: extend 99999%
            sees: A side grows by
            says: quality superb
            sees: quality takes one of
            says: seed -1
            sees: seed takes a whole number
            says: prompt
            sees: Say what the whole picture shows
        """,
    ),
    Scenario(
        name="a frame tapped in the settings completes the photo anew",
        lines="""
            sends photo
            says: settings
            taps: 60%
            can tap: Refine
            says: file
            gets file: toeframe-2.png
        """,
    ),
    Scenario(
        name="extend to several sides",
        lines="""
            sends photo
            says: extend 64px left 10% right 10%
            can tap: Refine
            says: settings
            sees: left
        """,
    ),
    Scenario(
        name="a prompt, and back to what the captioner says",
        lines="""
            sends photo
            says: prompt a man on the moon
            says: refine
            says: prompt auto
            says: again
            sees: Version 3
        """,
    ),
    Scenario(
        name="a prompt that no painter reads to its end",
        lines=f"""
            sends photo
            says: prompt {"very long legs " * 30}
            sees: prompt takes 400 characters at most.
        """,
    ),
    Scenario(
        name="clothes in Korean are noted, and the painter's English told",
        language="ko",
        lines="""
            says: 언어 한국어
            sends photo
            says: 바지 청바지
            says: 신발 운동화
            says: 설정
            sees: 청바지
        """,
    ),
    Scenario(
        name="clothes in free words",
        lines="""
            sends photo
            says: garment purple flared trousers
            says: shoes red clogs
            says: floor auto
            says: settings
            sees: purple flared trousers
            sees: red clogs
        """,
    ),
    Scenario(
        name="Korean by a tap, at once",
        lines="""
            sends photo
            says: language
            sees: Which language shall I speak?
            taps: 한국어
            can tap: 그리기
        """,
    ),
    Scenario(
        name="English by words for somebody who reads Korean",
        language="ko",
        lines="""
            says: 언어 한국어
            sends photo
            can tap: 그리기
            says: language english
            can tap: Refine
            sends another photo
            can tap: Refine
        """,
    ),
    Scenario(
        name="a language that is not spoken",
        lines="""
            says: language klingon
            sees: language takes one of
            says: language auto
            sends photo
            can tap: Refine
        """,
    ),
    Scenario(
        name="what is kept is told, and figures are not for everybody",
        lines="""
            says: privacy
            counts messages: 1
            says: stats
            sees: Only those who run this bot can see that.
        """,
    ),
    Scenario(
        name="somebody is forgotten",
        lasts=False,
        lines="""
            sends photo
            says: garment jeans
            says: forget me
            sees: Shall I delete your photos
            taps: Delete everything
            sees: Everything of yours is deleted.
        """,
    ),
    Scenario(
        name="somebody is forgotten while painting, and begins anew",
        lasts=False,
        lines="""
            the painter stands still
            sends photo
            sees: Painting what is missing
            says: forget everything
            the painter goes on
            sends another photo
            can tap: Refine
        """,
    ),
)
