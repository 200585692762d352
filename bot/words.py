"""What the bot says: every sentence by its key, in English.

A sentence is passed around as a `Text`, a key with its parameters, and only put into words when
it is sent, in the language of whoever reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Union

Value = Union[str, int, float, "Text"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence that is not yet in words.

    Attributes:
        key: Its place in the catalogue.
        values: What is filled in, by name, in the names' order.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()


def text(key: str, /, **values: Value) -> Text:
    """Build a `Text`; the order in which the values are named does not matter."""
    return Text(key, tuple(sorted(values.items())))


def say(sentence: Text, catalogue: Mapping[str, str] | None = None) -> str:
    """Put a text into words; a key that a catalogue lacks is said in English."""
    known = catalogue or ENGLISH
    values = {
        name: say(value, catalogue) if isinstance(value, Text) else value
        for name, value in sentence.values
    }
    return known.get(sentence.key, ENGLISH[sentence.key]).format(**values)


def blanks(sentence: str) -> frozenset[str]:
    """Name what a catalogue's sentence wants filled in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


ENGLISH: Mapping[str, str] = {
    # What cannot be read.
    "unread.empty": "Say what to do, for example refine, undo or right_knee up 20. See help.",
    "unread.command": 'I do not understand "{said}". Try right_knee up 20, undo, refine, or help.',
    "unread.number": "{verb} takes a whole number from {least} to {most}. Try: {verb} {example}",
    "unread.choice": "{verb} takes one of {choices}. Try: {verb} {example}",
    "unread.extend": "Say how far, for example: extend auto, extend 60%, extend 512px left 10%",
    "unread.too_far": "A side grows by {pixels} pixels or {percent} % at most. Try: extend 60%",
    "unread.too_long": "{verb} takes {most} characters at most. Say it in fewer words.",
    "unread.button": "I cannot read this button. Here is how things are now.",
    # What an edit or a wish runs into.
    "told": "{sentence}",
    "refused.busy": "I am still painting. Wait for the picture, or say cancel.",
    "refused.no_photo": "Send me a photo first.",
    "refused.no_picture": "There is no picture yet. Send a photo, or say again.",
    "refused.not_yet": "The picture is not ready yet.",
    "refused.no_person": "I found nobody in this picture to move.",
    "refused.person": "There is no person {number} in this picture; there are {people}.",
    "refused.no_joint": "Choose a joint first, for example: right_knee",
    "refused.version": "There is no version {number} any more. The newest is {newest}.",
    "refused.too_far": "That is too far outside the picture. Try a smaller step, or undo.",
    "refused.nothing_runs": "Nothing is running.",
    "refused.nothing_again": "There is nothing to do again yet. Send me a photo.",
    "refused.kind.sticker": "A sticker has no legs that I could paint. Send me a photo.",
    "refused.kind.video": "I cannot work on videos. Send me one photo out of it.",
    "refused.kind.voice": "I cannot listen. Send me a photo, or type help.",
    "refused.kind.location": "I cannot use a place. Send me a photo.",
    "refused.kind.other": "I cannot use this. Send me a photo.",
    "refused.kind.too_large": "This file is too large for me to fetch. Send a smaller photo.",
    "lost.other": "I could not fetch your photo. Send it again.",
    # Short answers to a press.
    "toast.stale": "That button is from an earlier picture. Here is how things are now.",
    "toast.moved": "{edit}",
    "toast.undone": "Undone.",
    "toast.redone": "Redone.",
    "toast.reset": "Back to the pose that I found.",
    "toast.unchanged": "Nothing changed.",
    "toast.joint": "{joint}: use the arrows, or say up 20.",
    "toast.step": "One press moves {pixels} pixels.",
    "toast.person": "Person {number}.",
    "toast.set": "Set.",
    "toast.next_time": "Set. It counts from the next painting on: say again or refine.",
    "toast.started": "On it.",
    "toast.cancelled": "Stopped.",
    "toast.version": "Version {number}.",
    "toast.done": "Done.",
    "toast.file": "Sending the file.",
    # Messages of their own.
    "help": (
        "Send me a photo in which the legs are cut off, and I paint the rest.\n"
        "Move a joint: right_knee up 20, left_ankle to 340 900, or the buttons.\n"
        "Whole legs: preset crossed, mirror, swap legs, front right, hide left_knee.\n"
        "Then: refine, repaint, variants 4, again, undo, redo, reset, file, cancel.\n"
        "How: extend 60%, prompt …, garment …, footwear …, quality best, seed 42, settings."
    ),
    "privacy": (
        "I keep your photo, its pictures and this conversation so that you can go on, and nothing "
        "else. Say forget and all of it is deleted."
    ),
    "forget.ask": "Shall I delete your photos, pictures and settings? This cannot be undone.",
    "forget.done": "Everything of yours is deleted. Send a photo to begin anew.",
    # The card.
    "card.welcome": "Send me a photo in which the legs are cut off.",
    "card.receiving": "I see your photo and am fetching it.",
    "card.sent": "I have your photo.",
    "card.queued": "In the queue: place {place}.",
    "card.wait": "About {seconds} s.",
    "card.stage.read": "Looking at the photo.",
    "card.stage.plan": "Finding the people and where their feet must be.",
    "card.stage.caption": "Describing the photo.",
    "card.stage.outpaint": "Painting what is missing: {step} of {steps}.",
    "card.stage.detect": "Checking the legs.",
    "card.stage.refine": "Painting the legs anew: {step} of {steps}.",
    "card.pose": "Move a joint with the buttons or words, then refine. Hollow joints are guesses.",
    "card.pose.chosen": "{joint}: one press moves {pixels} pixels.",
    "card.pose.person": "Person {number} of {people}.",
    "card.pose.edited": "Changed. Say refine to paint it.",
    "card.pose.none": "I found nobody to move; the picture itself is ready.",
    "card.stances": "Choose how the legs stand.",
    "card.result": "Here you are. Version {number}, seed {seed}.",
    "card.result.done": "Here you are.",
    "card.exact": "Every pixel of your photo is as you sent it.",
    "card.changed": "{pixels} pixels of your photo were changed.",
    "card.failed": "That did not work.",
    "card.failed.again": "Say again to try once more.",
    "card.cancelled": "Stopped. Say again to go on, or send another photo.",
    "card.settings": "Settings",
    "card.settings.extend": "Extend: {extend}",
    "card.settings.prompt": "Prompt: {prompt}",
    "card.settings.garment": "Garment: {garment}",
    "card.settings.footwear": "Footwear: {footwear}",
    "card.settings.quality": "Quality: {quality}; method {method}; best of {best}",
    "card.settings.seed": "Seed: {seed}",
    "card.settings.auto": "Pose step: {auto}",
    # Words inside sentences.
    "word.auto": "as I see fit",
    "word.on": "on",
    "word.off": "off",
    "word.quality.draft": "draft",
    "word.quality.normal": "normal",
    "word.quality.best": "best",
    # Buttons.
    "button.up": "↑",
    "button.down": "↓",
    "button.left": "←",
    "button.right": "→",
    "button.joint": "{number} {joint}",
    "button.joint.chosen": "• {number} {joint}",
    "button.step": "{pixels} px",
    "button.step.chosen": "• {pixels} px",
    "button.undo": "Undo",
    "button.redo": "Redo",
    "button.reset": "Reset",
    "button.refine": "Refine",
    "button.stances": "Stances",
    "button.pose": "Back",
    "button.mirror": "Mirror",
    "button.swap": "Swap legs",
    "button.front.right": "Right leg in front",
    "button.front.left": "Left leg in front",
    "button.hide": "Hide",
    "button.restore": "Show",
    "button.person": "Person {number}",
    "button.stance.standing": "Standing",
    "button.stance.walking": "Walking",
    "button.stance.crossed": "Crossed",
    "button.stance.seated": "Seated",
    "button.again": "Again",
    "button.adjust": "Adjust",
    "button.variants": "Variants",
    "button.file": "File",
    "button.done": "Done",
    "button.cancel": "Cancel",
    "button.version": "Version {number}",
    "button.quality": "{quality}",
    "button.quality.chosen": "• {quality}",
    "button.auto": "Pose step: {auto}",
    "button.settings": "Settings",
    "button.close": "Close",
    "button.forget": "Delete everything",
}
