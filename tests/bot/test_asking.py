import pytest

from bot.effects import Say, SendFile, TakeSample, Tell, Topic
from bot.events import Failed, PhotoComing, PhotoSent, Prepared
from bot.states import Kind, Page
from bot.words import say
from pipeline.skeleton import Joint
from tests.bot.talks import PERSON, Talk, painted


@pytest.mark.parametrize("said", ["/start", "/start@toeframe_bot", "/start ref_42", "시작"])
def test_a_greeting_offers_a_photo_to_try(said: str):
    talk = Talk()
    talk.say(said)
    (greeting,) = talk.effects
    assert isinstance(greeting, Say)
    ((sample,),) = greeting.rows
    assert say(sample.label) == "Try a sample"
    talk.tell(talk.pressed(sample))
    assert TakeSample() in talk.effects


@pytest.mark.parametrize("said", ["sample", "/start sample", "예시"])
def test_the_sample_can_be_asked_for(said: str):
    talk = Talk()
    talk.say(said)
    assert talk.effects == (TakeSample(),)


def test_a_blank_card_offers_the_sample_too():
    talk = Talk()
    talk.press("Try a sample")
    assert TakeSample() in talk.effects


@pytest.mark.parametrize(
    ("said", "topic"),
    [("privacy", Topic.PRIVACY), ("개인정보", Topic.PRIVACY), ("/stats", Topic.STATS)],
)
def test_what_only_the_program_knows_is_left_to_it(said: str, topic: Topic):
    talk = Talk()
    talk.say(said)
    assert talk.effects == (Tell(topic),)


def test_help_shows_examples_that_can_be_typed():
    talk = Talk()
    talk.say("help")
    assert "right_knee up 20" in talk.said[0]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("prompt", "Say what the whole picture shows, for example: prompt a woman in blue jeans"),
        ("back", "There is no earlier version."),
        ("forward", "There is no later version."),
        ("pick", "This picture has no variants. Say variants 4 to get some."),
        ("refine", "I found nobody in this picture to move."),
    ],
)
def test_what_cannot_be_had_says_why(said: str, answer: str):
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Prepared(talk.job, painted("first")))
    before = talk.state
    talk.say(said)
    assert talk.said == [answer]
    assert talk.state == before


@pytest.mark.parametrize("said", ["back", "forward", "pick", "file", "again"])
def test_before_the_first_photo_there_is_nothing_to_look_at(said: str):
    talk = Talk()
    talk.say(said)
    assert "photo" in talk.said[0]


def test_the_file_of_a_photo_that_failed_is_not_there():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Failed(talk.job))
    talk.say("file")
    assert talk.said == ["There is no picture yet. Send a photo, or say again."]
    talk.say("original")
    assert SendFile("photo", "original") in talk.effects


def test_a_picture_without_people_can_be_painted_anew_without_a_pose():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Prepared(talk.job, painted("first")))
    talk.say("repaint")
    assert talk.ordered[0].order.kind is Kind.REPAINT


def test_one_goes_back_to_what_a_version_was_painted_from_and_on_to_what_came_of_it():
    talk = Talk().prepared()
    talk.say("refine")
    talk.refined("second")
    talk.say("back")
    talk.say("variants 2")
    talk.refined("third", "fourth")
    talk.say("version 2")
    talk.say("back")
    assert talk.picture.base == "first"
    talk.say("forward")
    assert talk.picture.base == "fourth"
    talk.say("back")
    assert talk.picture.base == "first"
    assert "4 ▶" in talk.labels


def test_a_forgotten_parent_is_replaced_by_the_version_before():
    talk = Talk().prepared()
    for number in range(24):
        talk.say("version 1" if number < 2 else "status")
        talk.say("refine")
        talk.refined(f"p{number}")
    assert (talk.state.versions[0].number, talk.state.versions[1].parent) == (2, 1)
    talk.say("version 3")
    talk.say("back")
    assert talk.state.at == 2


def test_settings_of_a_blank_conversation_close_to_its_welcome():
    talk = Talk()
    talk.say("settings")
    talk.press("Close")
    assert (talk.state.page, talk.lines) == (
        Page.WELCOME,
        ["Send me a photo in which the legs are cut off."],
    )


def test_the_step_may_be_said_in_a_caption():
    talk = Talk()
    talk.tell(PhotoComing("/step 25 /seed 7 /best 2 /method 2 /quality fast /language ko a man"))
    assert talk.said == []
    state = talk.state
    assert (state.step, state.seed, state.language) == (25, 7, "ko")
    assert (state.options.best, state.options.method, state.options.quality) == (2, 2, "draft")
    assert state.options.prompt == "a man"


def test_pick_shows_the_variants_again():
    talk = Talk().prepared()
    talk.press("Refine")
    talk.refined("second")
    talk.press("Variants")
    talk.refined("a", "b", "c", "d")
    talk.press("3")
    talk.say("pick")
    assert talk.picture.sheet == ("a", "b", "c", "d")
    talk.press("Done")
    assert talk.state.page is Page.DONE


def test_a_number_typed_beside_variants_picks_one_and_elsewhere_a_joint():
    talk = Talk().prepared()
    talk.say("variants 2")
    talk.refined("a", "b")
    talk.say(" 2")
    assert (talk.state.page, talk.picture.base) == (Page.RESULT, "b")
    talk.say("pick")
    talk.say("3")
    assert talk.state.joint is Joint.RIGHT_KNEE


def test_the_card_says_what_to_do_next():
    talk = Talk().prepared()
    assert talk.lines == ["Choose a joint and move it, then refine. Hollow joints are guesses."]
    talk.press("3 right knee")
    assert talk.lines == [
        "right knee: one press moves 10 px.",
        "Press an arrow, or the number of another joint; then Refine.",
    ]
    talk.press("↑")
    assert talk.lines[-1] == "Changed. Press Refine to paint it."


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("prompt 바닷가의 여자", "Set. The painter understands English words best."),
        ("하의 한복", "Set. The painter understands English words best."),
        ("하의 치마", "Set."),
        ("prompt a woman", "Set."),
    ],
)
def test_words_that_the_painter_hardly_knows_are_taken_and_told(said: str, answer: str):
    talk = Talk()
    talk.say(said)
    assert talk.said == [answer]


def test_people_are_chosen_by_buttons_beside_the_stances():
    talk = Talk().prepared(PERSON, PERSON, PERSON)
    assert talk.labels[-7:-3] == ["Stances", "Person 2", "Person 3", "Drag the joints"]
