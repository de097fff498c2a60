"""A camera made of gst-rtsp-server: somebody else's RTSP, run by Debian's own Python, which has its bindings.

    /usr/bin/python3 gst_camera.py USER PASSWORD /PATH=FILE.mp4 ...

Listens on a free port of loopback, says `ready PORT`, and ends when its standard input does. Each viewer sees a file
from its beginning, in real time and once.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - the versions are chosen first

PAYLOADERS = {"h264": ("h264parse", "rtph264pay"), "hevc": ("h265parse", "rtph265pay")}


def factory(path: str, file: str) -> GstRtspServer.RTSPMediaFactory:
    """One stream, for the known user; the codec's name is part of its path."""
    parse, pay = next(names for codec, names in PAYLOADERS.items() if codec in path)
    made = GstRtspServer.RTSPMediaFactory()
    # Parameter sets with every key frame, from the parser: the payloader would put them before every slice of it.
    made.set_launch(f'( filesrc location="{file}" ! qtdemux ! {parse} config-interval=-1 ! {pay} name=pay0 pt=96 )')
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("access", "construct"):
        permissions.add_permission_for_role("viewer", f"media.factory.{right}", True)
    made.set_permissions(permissions)
    return made


def main(user: str, password: str, streams: list[str]) -> None:
    """Serve until the parent lets go."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth, token = GstRtspServer.RTSPAuth(), GstRtspServer.RTSPToken()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token.set_string("media.factory.role", "viewer")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    for stream in streams:
        path, _, file = stream.partition("=")
        server.get_mount_points().add_factory(path, factory(path, file))
    if not server.attach(None):
        sys.exit("cannot listen")
    loop = GLib.MainLoop()

    def follow_parent() -> None:
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=follow_parent, daemon=True).start()
    print("ready", server.get_bound_port(), flush=True)
    loop.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
