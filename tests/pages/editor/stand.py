"""A small server that speaks the editor's contract, so that the page can be tried by itself."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from bot.web.guard import dress
from bot.web.static import static_routes
from bot.words import say, text
from pipeline.edits import apply, parse_edit
from pipeline.naming import number_of
from pipeline.skeleton import (
    BODY_LIMBS,
    FOOT_LIMBS,
    Joint,
    Keypoint,
    Skeleton,
    from_openpose,
    to_openpose,
)
from pipeline.stances import STANCES

Json = dict[str, Any]
WIDTH, HEIGHT = 768, 1152
PHOTO_HEIGHT = 700
UNSEEN = ("ANKLE", "TOE", "HEEL")
# Offsets from the neck of somebody whose shoulder is 38 pixels from it: right side, mirrored.
MIDDLE = {Joint.NOSE: (0, -40), Joint.NECK: (0, 0)}
RIGHT = {
    Joint.RIGHT_SHOULDER: (-38, 2),
    Joint.RIGHT_ELBOW: (-52, 66),
    Joint.RIGHT_WRIST: (-50, 120),
    Joint.RIGHT_HIP: (-22, 122),
    Joint.RIGHT_KNEE: (-28, 220),
    Joint.RIGHT_ANKLE: (-26, 316),
    Joint.RIGHT_EYE: (-8, -48),
    Joint.RIGHT_EAR: (-18, -42),
    Joint.RIGHT_HEEL: (-22, 328),
    Joint.RIGHT_BIG_TOE: (-32, 346),
    Joint.RIGHT_SMALL_TOE: (-46, 342),
}


def standing(x: float, y: float, size: float) -> Skeleton:
    """Place somebody with the neck at a place; feet are guessed."""
    left = {joint.mirrored: (-dx, dy) for joint, (dx, dy) in RIGHT.items()}
    return Skeleton(
        {
            joint: Keypoint(x + size * dx, y + size * dy, 0.9, guessed=joint.name.endswith(UNSEEN))
            for joint, (dx, dy) in {**MIDDLE, **RIGHT, **left}.items()
        }
    )


def person(skeleton: Skeleton) -> Json:
    """Write somebody as the page reads them."""
    points = skeleton.keypoints.items()
    front = skeleton.front
    return {
        "keypoints": {joint.label: [p.x, p.y, p.score] for joint, p in points},
        "hidden": sorted(joint.label for joint in skeleton.hidden),
        "guessed": [joint.label for joint, p in points if p.guessed],
        "front": front.label.partition("_")[0] if front is not None else None,
    }


def skeleton(told: Json) -> Skeleton:
    """Read somebody whom the page sent."""
    return Skeleton(
        {
            Joint[name.upper()]: Keypoint(x, y, score, guessed=name in told["guessed"])
            for name, (x, y, score) in told["keypoints"].items()
        },
        hidden=frozenset(Joint[name.upper()] for name in told["hidden"]),
        front=Joint[f"{told['front'].upper()}_HIP"] if told["front"] else None,
    )


@dataclass(kw_only=True)
class Stand:
    """What the server holds, for tests to look at and to change.

    Attributes:
        people: As they stand in the chat.
        address: Where the server is.
        clash: What a save from an older pose is said to clash with.
        saves: What was saved, in order.
    """

    people: list[Json]
    address: str = ""
    language: str = "en"
    version: int = 1
    broken: int = 0
    clash: list[Json] = field(default_factory=list[Json])
    opens: list[Json] = field(default_factory=list[Json])
    saves: list[Json] = field(default_factory=list[Json])
    orders: list[Json] = field(default_factory=list[Json])
    masks: list[bytes] = field(default_factory=list[bytes])
    hellos: list[Json] = field(default_factory=list[Json])
    sockets: list[web.WebSocketResponse] = field(default_factory=list[web.WebSocketResponse])

    @property
    def mark(self) -> str:
        told = json.dumps(self.people, sort_keys=True).encode()
        return blake2b(told, digest_size=8).hexdigest()

    def document(self) -> Json:
        labels = {joint: say(text(f"joint.{joint.label}"), self.language) for joint in Joint}
        stances = {name: say(text(f"button.stance.{name}"), self.language) for name in STANCES}
        return {
            "session": "silver-heron",
            "language": self.language,
            "version": self.version,
            "mark": self.mark,
            "canvas": {"width": WIDTH, "height": HEIGHT},
            "photo": {"x": 0, "y": 0, "width": WIDTH, "height": PHOTO_HEIGHT},
            "picture": {"url": f"/picture/{self.version}", "width": WIDTH, "height": HEIGHT},
            "people": self.people,
            "person": 0,
            "joints": [
                {"name": joint.label, "number": number_of(joint), "label": label}
                for joint, label in labels.items()
            ],
            "bones": [[a.label, b.label] for a, b in (*BODY_LIMBS, *FOOT_LIMBS)],
            "colours": {},
            "stances": [{"name": name, "label": label} for name, label in stances.items()],
            "busy": False,
        }

    async def move(self, joint: str, x: float, y: float) -> None:
        """Move the first person's joint in the chat, and tell the open editors."""
        first = dict(self.people[0])
        first["keypoints"] = {**first["keypoints"], joint: [x, y, 1]}
        self.people = [first, *self.people[1:]]
        pose = {"type": "pose", "version": self.version, "mark": self.mark, "people": self.people}
        await self.tell(pose)

    async def tell(self, message: Json) -> None:
        for socket in self.sockets:
            await socket.send_json(message)

    async def open(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.opens.append(asked)
        if asked.get("token") == "used":
            return web.json_response({"error": "This link was used."}, status=403)
        visit = {"visit": "v1"} if "initData" in asked else {}
        return web.json_response({**self.document(), **visit})

    async def save(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.saves.append(asked)
        if self.broken:
            self.broken -= 1
            return web.json_response({"error": "Something went wrong here."}, status=500)
        if asked["version"] != self.version:
            return web.json_response(self.document(), status=410)
        if asked["base"] != self.mark and self.clash:
            told = {"mark": self.mark, "people": self.people, "conflicts": self.clash}
            return web.json_response(told, status=409)
        self.people = asked["people"]
        return web.json_response({"mark": self.mark, "people": self.people, "merged": False})

    async def edit(self, request: web.Request) -> web.Response:
        asked = await request.json()
        people = [skeleton(one) for one in asked["people"]]
        index = int(asked["person"])
        people[index] = apply(people[index], parse_edit(asked["edit"]))
        return web.json_response({"people": [person(one) for one in people]})

    async def mask(self, request: web.Request) -> web.Response:
        self.masks.append(await request.read())
        return web.json_response({"mask": "m1"})

    async def refine(self, request: web.Request) -> web.Response:
        self.orders.append(await request.json())
        return web.json_response({}, status=202)

    async def export(self, _: web.Request) -> web.Response:
        people = [skeleton(one) for one in self.people]
        return web.json_response(to_openpose(people, width=WIDTH, height=HEIGHT))

    async def load(self, request: web.Request) -> web.Response:
        try:
            people = from_openpose(await request.json())
        except ValueError:
            return web.json_response({"error": "This is no OpenPose file."}, status=400)
        return web.json_response({"people": [person(one) for one in people]})

    async def live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            self.hellos.append(message.json())
        self.sockets.remove(socket)
        return socket


@asynccontextmanager
async def stood_up(people: Sequence[Skeleton], *, language: str = "en") -> AsyncGenerator[Stand]:
    """Serve the editor for some people until the end."""
    stand = Stand(people=[person(one) for one in people], language=language)
    picture = await asyncio.to_thread(_picture)

    async def show(_: web.Request) -> web.Response:
        return web.Response(body=picture, content_type="image/jpeg")

    app = web.Application()
    app.on_response_prepare.append(dress)
    app.add_routes(
        [
            *static_routes(chat=False),
            web.post("/api/editor/open", stand.open),
            web.post("/api/editor/save", stand.save),
            web.post("/api/editor/edit", stand.edit),
            web.post("/api/editor/mask", stand.mask),
            web.post("/api/editor/refine", stand.refine),
            web.get("/api/editor/openpose", stand.export),
            web.post("/api/editor/openpose", stand.load),
            web.get("/api/editor/live", stand.live),
            web.get("/picture/{version}", show),
        ]
    )
    async with TestServer(app, host="127.0.0.1") as server:
        stand.address = str(server.make_url("")).rstrip("/")
        yield stand
        for socket in list(stand.sockets):
            await socket.close()


def _picture() -> bytes:
    canvas = Image.new("RGB", (WIDTH, HEIGHT), (96, 88, 80))
    with Image.open("pipeline/samples/astronaut.png") as photo:
        canvas.paste(photo.convert("RGB").resize((WIDTH, WIDTH)))
    file = BytesIO()
    canvas.save(file, "JPEG", quality=85)
    return file.getvalue()
