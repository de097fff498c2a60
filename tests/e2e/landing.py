"""A drawn landing, where somebody comes to a door and opens it."""

import io

import av
import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 640, 360, 12


def film(seconds: float) -> bytes:
    """An H.264 clip in MP4 of a person who comes to a door and opens it."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "26", "g": str(FPS)})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        count = round(seconds * FPS)
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(draw(number / count), format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def draw(progress: float) -> NDArray[np.uint8]:
    """The landing at `progress` 0..1 of the scene, BGR (HEIGHT, WIDTH, 3)."""
    ramp = np.linspace(150, 92, HEIGHT, dtype=np.float32)[:, None, None]
    picture = np.broadcast_to(ramp * np.array([0.93, 0.98, 1.0], np.float32), (HEIGHT, WIDTH, 3)).copy()
    cv2.fillPoly(picture, [np.array([(0, 292), (640, 268), (640, 360), (0, 360)])], (74, 80, 86))
    cv2.rectangle(picture, (60, 92), (150, 288), (70, 88, 104), -1)
    cv2.rectangle(picture, (56, 88), (154, 288), (58, 66, 74), 3)
    cv2.rectangle(picture, (396, 70), (520, 279), (52, 58, 64), -1)
    cv2.rectangle(picture, (404, 78), (512, 276), (16, 18, 20), -1)
    swing = round(74 * max(0.0, min(1.0, (progress - 0.62) / 0.2)))
    leaf = np.array([(404, 78), (512 - swing, 78 + swing // 6), (512 - swing, 276 + swing // 8), (404, 276)])
    cv2.fillPoly(picture, [leaf], (82, 104, 128))
    cv2.polylines(picture, [leaf], True, (48, 60, 74), 2)
    cv2.rectangle(picture, (404, 168), (512 - swing, 178), (60, 196, 222), -1)
    if 0.1 < progress < 0.97:
        x = round(230 + 190 * min(1.0, (progress - 0.1) / 0.3) + 60 * max(0.0, (progress - 0.85) / 0.12))
        sway = round(4 * np.sin(progress * 60))
        cv2.ellipse(picture, (x, 205), (25, 52), 0, 0, 360, (62, 50, 44), -1)
        cv2.circle(picture, (x + 2, 136), 17, (70, 84, 112), -1)
        cv2.rectangle(picture, (x - 19, 240), (x - 3, 306 + sway), (40, 36, 34), -1)
        cv2.rectangle(picture, (x + 3, 240), (x + 19, 306 - sway), (40, 36, 34), -1)
        cv2.line(picture, (x + 14, 180), (x + 52, 186 + sway), (62, 50, 44), 11)
    noise = np.random.default_rng(int(progress * 1000)).normal(0, 1.2, (HEIGHT, WIDTH, 1)).astype(np.float32)
    seen: NDArray[np.uint8] = np.clip(cv2.GaussianBlur(picture, (3, 3), 0) + noise, 0, 255).astype(np.uint8)
    return seen
