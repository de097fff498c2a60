"""One person in a picture: a score, a box and seventeen joints."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigilanza.domain.door import Point, Polygon

JOINT_SCORE = 0.15
NOSE, LEFT_EAR, RIGHT_EAR, LEFT_SHOULDER, RIGHT_SHOULDER = 0, 3, 4, 5, 6
LEFT_ELBOW, RIGHT_ELBOW, LEFT_WRIST, RIGHT_WRIST = 7, 8, 9, 10
LEFT_HIP, RIGHT_HIP, LEFT_ANKLE, RIGHT_ANKLE = 11, 12, 15, 16

BACK_SPREAD = 0.2
"""Shoulder distance, in torso heights, from which a back or a front is seen and not a side."""
NOSE_SPREAD = 0.04

Joints = NDArray[np.float32]


_ARMS = ((LEFT_SHOULDER, LEFT_ELBOW, LEFT_WRIST), (RIGHT_SHOULDER, RIGHT_ELBOW, RIGHT_WRIST))


@dataclass(frozen=True, slots=True)
class Arm:
    """`hand` is a little beyond the wrist, 0..1; `away` how far the wrist is from the shoulder, right and down, 0..1.

    `raised` is true above the hips.
    """

    hand: Point
    away: Point
    raised: bool


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
        hull: list[list[float]] = cv2.convexHull(points)[:, 0].tolist()
        return tuple([(x, y) for x, y in hull])  # of a generator's tuples CPython keeps thousands when they are freed

    def arms(self) -> list[Arm]:
        """Those whose wrist is seen."""
        hips = float(self.joints[[LEFT_HIP, RIGHT_HIP], 1].mean())
        found = []
        for shoulder, elbow, wrist in _ARMS:
            x, y, score = self.joints[wrist]
            if score < JOINT_SCORE:
                continue
            reach = 0.3 if self.joints[elbow, 2] > JOINT_SCORE else 0.0
            dx, dy = (self.joints[wrist, :2] - self.joints[elbow, :2]) * reach
            away = (float(x - self.joints[shoulder, 0]), float(y - self.joints[shoulder, 1]))
            found.append(Arm((float(x + dx), float(y + dy)), away, bool(y <= hips)))
        return found

    def hands(self) -> list[Point]:
        """Where the hands are."""
        return [arm.hand for arm in self.arms()]

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
