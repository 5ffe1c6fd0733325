#!/usr/bin/python3
"""A real RTSP server (GStreamer's) as a peer: Debian's Python runs it, not the project's.

/usr/bin/python3 rtsp_peer.py         prints one line of JSON: its port; then one for each PLAY that it gets

/live        a test card with a clock, H.264, 640 × 360, 25 a second
             the same on the port `guarded`, behind digest: login `veilleur`, secret `tour & guet`
/replay?from=…&to=…    the span asked, drawn on the image, then the end
/recorder    a recorder that is asked by `Range: clock=…`
"""

import json
import sys
from urllib.parse import parse_qs

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402 - versions are asked first

PICTURE = "video/x-raw,width=640,height=360,framerate=25/1"
CODE = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96"
LIVE = f"( videotestsrc is-live=1 pattern=ball ! {PICTURE} ! clockoverlay ! {CODE} )"


def tell(**said: object) -> None:
    print(json.dumps(said), flush=True)


class Spans(GstRtspServer.RTSPMediaFactory):
    """Draws what was asked for; ends by itself after two seconds of it."""

    def do_create_element(self, url):
        asked = parse_qs(url.query or "")
        words = f"{asked.get('from', ['?'])[0]} {asked.get('to', ['?'])[0]}"
        tell(replay=words)
        return Gst.parse_launch(
            f'( videotestsrc num-buffers=50 pattern=blue ! {PICTURE} ! textoverlay text="{words}" ! {CODE} )'
        )


def main() -> None:
    Gst.init(None)
    server, places = opened(sys.argv[1] if len(sys.argv) > 1 else "0")
    add(places, "/live", LIVE)
    add(
        places,
        "/recorder",
        f"( videotestsrc num-buffers=75 pattern=green ! {PICTURE} ! {CODE} )",
        shared=False,
    )
    places.add_factory("/replay", Spans())
    server.connect("client-connected", connected)
    server.attach(None)
    guarded, places = opened("0")
    guard(guarded, add(places, "/live", LIVE))
    guarded.attach(None)
    tell(port=server.get_bound_port(), guarded=guarded.get_bound_port())
    GLib.io_add_watch(sys.stdin, GLib.IO_HUP | GLib.IO_IN, lambda *_: sys.exit(0))
    GLib.MainLoop().run()


def opened(port: str):
    """A server on loopback, and its addresses."""
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    return server, server.get_mount_points()


def add(places, path: str, launch: str, shared: bool = True):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(launch)
    factory.set_shared(shared)
    places.add_factory(path, factory)
    return factory


def guard(server, factory) -> None:
    """Ask for a login, by digest."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "watch")
    auth.add_digest("veilleur", "tour & guet", token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    permissions.add_permission_for_role("watch", "media.factory.access", True)
    permissions.add_permission_for_role("watch", "media.factory.construct", True)
    factory.set_permissions(permissions)


def connected(_server, client) -> None:
    client.connect("pre-setup-request", setting_up)
    client.connect("pre-play-request", playing)
    client.connect(
        "check-requirements", lambda _client, _context, wanted: "" if wanted == ["onvif-replay"] else "no"
    )


def setting_up(_client, context):
    """Tell what a client requires before it is served."""
    result, value = context.request.get_header(GstRtsp.RTSPHeaderField.REQUIRE, 0)
    tell(setup_requires=value if result == GstRtsp.RTSPResult.OK else "")
    return GstRtsp.RTSPStatusCode.OK


def playing(_client, context):
    """Tell how it was asked; a span of the clock is played from the start of what there is."""
    result, value = context.request.get_header(GstRtsp.RTSPHeaderField.RANGE, 0)
    tell(range=value if result == GstRtsp.RTSPResult.OK else "")
    if value and value.startswith("clock="):
        context.request.remove_header(GstRtsp.RTSPHeaderField.RANGE, -1)
    return GstRtsp.RTSPStatusCode.OK


if __name__ == "__main__":
    main()
