"""How many threads OpenCV may use for one picture."""

import cv2


def keep_to_own_thread() -> None:
    """One, for a process with a thread for each camera: waking others costs more than they take off a small picture."""
    cv2.setNumThreads(1)
