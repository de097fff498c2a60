"""People as MoveNet MultiPose sees them: a score and seventeen joints each.

Input and output layout: TF Hub, MoveNet MultiPose Lightning (Google, Apache-2.0): int32 RGB 0..255 NHWC in;
[1, 6, 56] out: 17 × (y, x, score), ymin, xmin, ymax, xmax, score, all in 0..1 of the input.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Point, Polygon
from vigilanza.domain.frame import Frame

INPUT_WIDTH_PX, INPUT_HEIGHT_PX = 448, 256
MINIMUM_SCORE = 0.12
"""Scores run low; best on hand-checked corridor footage between 0.10 and 0.13."""
JOINT_SCORE = 0.15
NOSE, LEFT_EAR, RIGHT_EAR, LEFT_SHOULDER, RIGHT_SHOULDER = 0, 3, 4, 5, 6
LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST = 7, 8, 9, 10
LEFT_HIP, RIGHT_HIP, LEFT_ANKLE, RIGHT_ANKLE = 11, 12, 15, 16

BACK_SPREAD = 0.2
"""Shoulder distance, in torso heights, from which a back or a front is seen and not a side."""
NOSE_SPREAD = 0.04

Joints = NDArray[np.float32]
Window = tuple[int, int, int, int]
"""Part of the picture that is looked at: left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Pose:
    """One person. `joints` is (17, 3): x, y, score; `box` left, top, right, bottom; all in 0..1."""

    score: float
    joints: Joints
    box: tuple[float, float, float, float]

    def outline(self, aspect: float) -> Polygon:
        """What the person hides: the hull of the joints, each with some flesh; `aspect` is width / height."""
        known = self.joints[self.joints[:, 2] > JOINT_SCORE, :2]
        if len(known) < 4:
            left, top, right, bottom = self.box
            return ((left, top), (right, top), (right, bottom), (left, bottom))
        flesh = 0.09 * max(self.box[3] - self.box[1], 0.05)
        turn = np.linspace(0, 2 * np.pi, 8, endpoint=False)
        circle = np.stack([np.cos(turn) / aspect, np.sin(turn)], axis=1) * flesh
        points = (known[:, None] + circle[None]).reshape(-1, 2).astype(np.float32)
        hull = cv2.convexHull(points)[:, 0]
        return tuple((float(x), float(y)) for x, y in hull)

    def hands(self, *, raised: bool = False) -> list[Point]:
        """Where the hands are: a little beyond each wrist that is seen; `raised`: only those above the hips."""
        hips = float(self.joints[[LEFT_HIP, RIGHT_HIP], 1].mean())
        found = []
        for elbow, wrist in ((LEFT_ELBOW, LEFT_WRIST), (RIGHT_ELBOW, RIGHT_WRIST)):
            x, y, score = self.joints[wrist]
            if score < JOINT_SCORE or (raised and y > hips):
                continue
            reach = 0.3 if self.joints[elbow, 2] > JOINT_SCORE else 0.0
            dx, dy = (self.joints[wrist, :2] - self.joints[elbow, :2]) * reach
            found.append((float(x + dx), float(y + dy)))
        return found

    def turned_to(self, leaf: Polygon) -> bool:
        """True if the person faces the leaf.

        A leaf that the camera sees faces the camera, so whoever faces the leaf turns the back: the left shoulder is
        on the left. Seen from the side the shoulders say nothing, and the nose must point to the leaf.
        """
        shoulders, hips = self.joints[[LEFT_SHOULDER, RIGHT_SHOULDER], :2], self.joints[[LEFT_HIP, RIGHT_HIP], :2]
        torso = max(float(np.abs(hips.mean(axis=0)[1] - shoulders.mean(axis=0)[1])), 1e-3)
        spread = float(shoulders[1, 0] - shoulders[0, 0]) / torso
        if abs(spread) > BACK_SPREAD:
            return spread > 0
        xs = [corner[0] for corner in leaf]
        body = float((shoulders.mean(axis=0)[0] + hips.mean(axis=0)[0]) / 2)
        aside = (sum(xs) / len(xs) - body) / max(max(xs) - min(xs), 1e-3)
        nose = float(self.joints[NOSE, 0] - self.joints[[LEFT_EAR, RIGHT_EAR], 0].mean()) / torso
        return abs(aside) > 0.4 and nose * float(np.sign(aside)) > NOSE_SPREAD

    def feet(self) -> list[Point]:
        """The ankles that are seen."""
        ankles = self.joints[[LEFT_ANKLE, RIGHT_ANKLE]]
        return [(float(x), float(y)) for x, y, score in ankles if score > JOINT_SCORE]


def find_poses(session: Any, frame: Frame, window: Window) -> list[Pose]:
    """At most six people in `window` of the picture."""
    left, top, _, _ = window
    crop = colours(frame, window)
    scale = min(INPUT_WIDTH_PX / crop.shape[1], INPUT_HEIGHT_PX / crop.shape[0])
    shrink = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    fitted = cv2.resize(crop, None, fx=scale, fy=scale, interpolation=shrink)[:INPUT_HEIGHT_PX, :INPUT_WIDTH_PX]
    picture = np.zeros((1, INPUT_HEIGHT_PX, INPUT_WIDTH_PX, 3), np.int32)
    picture[0, : fitted.shape[0], : fitted.shape[1]] = fitted
    found = session.run(None, {session.get_inputs()[0].name: picture})[0][0]
    to_picture = np.array([INPUT_WIDTH_PX, INPUT_HEIGHT_PX], np.float32) / np.float32(scale)
    corner, size = np.array([left, top], np.float32), np.array(frame.size_px, np.float32)
    poses = []
    for row in found[found[:, 55] > MINIMUM_SCORE]:
        joints = row[:51].reshape(17, 3)[:, [1, 0, 2]].astype(np.float32)
        joints[:, :2] = (joints[:, :2] * to_picture + corner) / size
        box = (row[[52, 51, 54, 53]].reshape(2, 2) * to_picture + corner) / size
        poses.append(Pose(float(row[55]), joints, tuple(float(v) for v in box.reshape(4))))  # type: ignore[arg-type]  # four values
    return poses


def colours(frame: Frame, window: Window) -> NDArray[np.uint8]:
    """(H, W, 3) RGB of `window`, whose borders are taken at even pixels."""
    left, top, right, bottom = (value & ~1 for value in window)
    planes = [frame.luma[top:bottom, left:right]]
    planes += [plane[top // 2 : bottom // 2, left // 2 : right // 2] for plane in frame.chroma]
    stacked = np.concatenate([np.ascontiguousarray(plane).reshape(-1) for plane in planes])
    i420 = stacked.reshape((bottom - top) * 3 // 2, right - left)
    return np.asarray(cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420), np.uint8)
