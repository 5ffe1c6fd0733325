"""What the simulated ONVIF device answers to each call, in the standard's message forms."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from html import escape
from xml.etree import ElementTree

from tests.peers.onvif_device import SOAP, Device, SoapFault, Subscription, notification

_SERVICES = {
    "http://www.onvif.org/ver10/device/wsdl": "device_service",
    "http://www.onvif.org/ver10/media/wsdl": "media",
    "http://www.onvif.org/ver20/ptz/wsdl": "ptz",
    "http://www.onvif.org/ver10/events/wsdl": "events",
    "http://www.onvif.org/ver10/search/wsdl": "search",
    "http://www.onvif.org/ver10/replay/wsdl": "replay",
}
_SUBSCRIPTION = "{http://example.com/2009/event}SubscriptionId"
_RESOURCE_UNKNOWN = (
    "<wsrf-r:ResourceUnknownFault><wsrf-r:Timestamp>now</wsrf-r:Timestamp></wsrf-r:ResourceUnknownFault>"
)

Element = ElementTree.Element


def answer(device: Device, path: str, name: str, asked: Element, envelope: Element) -> str:
    """The body of the answer to `name`. Raises SoapFault."""
    if name in _PULLING:
        key = envelope.findtext(f"{SOAP}Header/{_SUBSCRIPTION}", "")
        return _PULLING[name](device, key, asked)
    found = _ANSWERS.get(name)
    if found is None:
        raise SoapFault("ter:ActionNotSupported", why=f"{name} is not supported")
    with device.lock:
        device.settle()
        return found(device, asked)


def _text(asked: Element, name: str) -> str:
    return next((each.text or "" for each in asked.iter() if each.tag.rpartition("}")[2] == name), "")


def _seconds(given: str) -> float:
    """PT30S, PT1.5S or PT1M."""
    assert given.startswith("PT"), given
    return float(given[2:-1]) * (60 if given.endswith("M") else 1)


def _clock(device: Device, _asked: Element) -> str:
    now = device.now()
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime>"
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
        f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
        f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def _services(device: Device, _asked: Element) -> str:
    if device.wrong.no_services:
        raise SoapFault("ter:ActionNotSupported", why="GetServices is not supported")
    rows = "".join(
        f"<tds:Service><tds:Namespace>{space}</tds:Namespace>"
        f"<tds:XAddr>http://{device.host()}/onvif/{path}</tds:XAddr></tds:Service>"
        for space, path in _SERVICES.items()
    )
    return f"<tds:GetServicesResponse>{rows}</tds:GetServicesResponse>"


def _capabilities(device: Device, _asked: Element) -> str:
    def at(name: str, path: str) -> str:
        return f"<tt:{name}><tt:XAddr>http://{device.host()}/onvif/{path}</tt:XAddr></tt:{name}>"

    return (
        "<tds:GetCapabilitiesResponse><tds:Capabilities>"
        f"{at('Device', 'device_service')}{at('Events', 'events')}{at('Media', 'media')}{at('PTZ', 'ptz')}"
        f"<tt:Extension>{at('Search', 'search')}{at('Replay', 'replay')}</tt:Extension>"
        "</tds:Capabilities></tds:GetCapabilitiesResponse>"
    )


def _profiles(_device: Device, _asked: Element) -> str:
    video = (
        '<tt:VideoSourceConfiguration token="vsc"><tt:Name>v</tt:Name><tt:SourceToken>VS_1</tt:SourceToken>'
        "</tt:VideoSourceConfiguration>"
    )
    encoder = (
        '<tt:VideoEncoderConfiguration token="vec"><tt:Encoding>H264</tt:Encoding><tt:Resolution>'
        "<tt:Width>1920</tt:Width><tt:Height>1080</tt:Height></tt:Resolution></tt:VideoEncoderConfiguration>"
    )
    turning = '<tt:PTZConfiguration token="ptz"><tt:NodeToken>N</tt:NodeToken></tt:PTZConfiguration>'
    return (
        f'<trt:GetProfilesResponse><trt:Profiles token="main"><tt:Name>Principal</tt:Name>{video}'
        f'{encoder}{turning}</trt:Profiles><trt:Profiles token="sub"><tt:Name>Second</tt:Name>{video}'
        "</trt:Profiles></trt:GetProfilesResponse>"
    )


def _stream(device: Device, asked: Element) -> str:
    if _text(asked, "ProfileToken") not in ("main", "sub"):
        raise SoapFault("ter:InvalidArgVal", "ter:NoProfile", why="no such profile")
    assert _text(asked, "Stream") == "RTP-Unicast" and _text(asked, "Protocol") == "RTSP"
    uri = f"rtsp://{device.host().partition(':')[0]}:554/{_text(asked, 'ProfileToken')}?a=1&amp;b=2"
    return (
        f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{uri}</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:Timeout>PT0S</tt:Timeout>"
        "</trt:MediaUri></trt:GetStreamUriResponse>"
    )


def _presets(device: Device, _asked: Element) -> str:
    rows = "".join(
        f'<tptz:Preset token="{token}"><tt:Name>{escape(name)}</tt:Name></tptz:Preset>'
        for token, (name, _) in device.presets.items()
    )
    return f"<tptz:GetPresetsResponse>{rows}</tptz:GetPresetsResponse>"


def _goto(device: Device, asked: Element) -> str:
    token = _text(asked, "PresetToken")
    if token not in device.presets:
        raise SoapFault("ter:InvalidArgVal", "ter:NoToken", why="The requested preset does not exist")
    device.position, device.speed = list(device.presets[token][1]), (0.0, 0.0, 0.0)
    device.went_to.append(token)
    return "<tptz:GotoPresetResponse/>"


def _goto_home(device: Device, _asked: Element) -> str:
    device.position, device.speed = [0.0, 0.0, 0.0], (0.0, 0.0, 0.0)
    device.went_to.append("(home)")
    return "<tptz:GotoHomePositionResponse/>"


def _move(device: Device, asked: Element) -> str:
    speed = {each.tag.rpartition("}")[2]: each.attrib for each in asked.iter() if each.attrib}
    turned, closer = speed.get("PanTilt", {}), speed.get("Zoom", {})
    device.speed = (float(turned.get("x", 0)), float(turned.get("y", 0)), float(closer.get("x", 0)))
    if any(abs(each) > 1 for each in device.speed):
        raise SoapFault("ter:InvalidArgVal", "ter:InvalidVelocity", why="out of bounds")
    timeout = _text(asked, "Timeout")
    device.stops_at = time.monotonic() + (_seconds(timeout) if timeout else 1e9)
    return "<tptz:ContinuousMoveResponse/>"


def _stop(device: Device, _asked: Element) -> str:
    device.speed, device.stops_at = (0.0, 0.0, 0.0), 0.0
    return "<tptz:StopResponse/>"


def _status(device: Device, _asked: Element) -> str:
    x, y, z = device.position
    moving = "MOVING" if any(device.speed) else "IDLE"
    return (
        f'<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="{x:.4f}" y="{y:.4f}"/>'
        f'<tt:Zoom x="{z:.4f}"/></tt:Position><tt:MoveStatus><tt:PanTilt>{moving}</tt:PanTilt>'
        f"<tt:Zoom>IDLE</tt:Zoom></tt:MoveStatus><tt:UtcTime>{device.now().isoformat()}</tt:UtcTime>"
        "</tptz:PTZStatus></tptz:GetStatusResponse>"
    )


def _find(_device: Device, asked: Element) -> str:
    assert _text(asked, "KeepAliveTime").startswith("PT")
    return "<tse:FindRecordingsResponse><tse:SearchToken>S1</tse:SearchToken></tse:FindRecordingsResponse>"


def _results(device: Device, asked: Element) -> str:
    if _text(asked, "SearchToken") != "S1":
        raise SoapFault("ter:InvalidArgVal", "ter:InvalidToken", why="no such search")
    now = device.now()
    first = device.asked.count("GetRecordingSearchResults") % 2 == 1

    def row(token: str, source: str, name: str, kind: str) -> str:
        return (
            f"<tt:RecordingInformation><tt:RecordingToken>{token}</tt:RecordingToken><tt:Source>"
            f"<tt:SourceId>{source}</tt:SourceId><tt:Name>{escape(name)}</tt:Name></tt:Source>"
            f"<tt:EarliestRecording>{(now - device.held_for).isoformat()}</tt:EarliestRecording>"
            f"<tt:LatestRecording>{now.isoformat()}</tt:LatestRecording><tt:Content/>"
            f"<tt:Track><tt:TrackToken>t</tt:TrackToken><tt:TrackType>{kind}</tt:TrackType></tt:Track>"
            "</tt:RecordingInformation>"
        )

    # The search goes on after the first answer, as it may.
    state, rows = "Completed", row("sound", "VS_1", "Gare", "Audio")
    if first:
        state, rows = "Searching", "".join(row(*each, "Video") for each in device.recordings)
    return (
        f"<tse:GetRecordingSearchResultsResponse><tse:ResultList><tt:SearchState>{state}</tt:SearchState>{rows}"
        "</tse:ResultList></tse:GetRecordingSearchResultsResponse>"
    )


def _replay(device: Device, asked: Element) -> str:
    token = _text(asked, "RecordingToken")
    if token not in [each[0] for each in device.recordings]:
        raise SoapFault("ter:InvalidArgVal", "ter:NoRecording", why="no such recording")
    device.replayed.append(token)
    uri = f"rtsp://{device.host().partition(':')[0]}:{device.replay_at}"
    return f"<trp:GetReplayUriResponse><trp:Uri>{uri}</trp:Uri></trp:GetReplayUriResponse>"


def _summary(device: Device, _asked: Element) -> str:
    now = device.now()
    return (
        "<tse:GetRecordingSummaryResponse><tse:Summary>"
        f"<tt:DataFrom>{(now - device.held_for).isoformat()}</tt:DataFrom>"
        f"<tt:DataUntil>{now.isoformat()}</tt:DataUntil>"
        f"<tt:NumberRecordings>{len(device.recordings) + 1}</tt:NumberRecordings>"
        "</tse:Summary></tse:GetRecordingSummaryResponse>"
    )


def _subscribe(device: Device, asked: Element) -> str:
    now = time.monotonic()
    device.subscriptions = {key: each for key, each in device.subscriptions.items() if each.until > now}
    if len(device.subscriptions) >= device.most_pull_points:
        raise SoapFault("ter:Action", "ter:MaxPullPoints", why="too many pull points", status=500)
    lives = _seconds(_text(asked, "InitialTerminationTime"))
    device.made += 1
    key = f"sub-{device.made}"
    device.subscriptions[key] = Subscription(now + lives)
    begin, end = device.now(), device.now() + timedelta(seconds=lives)
    return (
        "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
        f"<wsa5:Address>http://{device.host()}/onvif/events</wsa5:Address><wsa5:ReferenceParameters>"
        f'<dom0:SubscriptionId xmlns:dom0="http://example.com/2009/event">{key}</dom0:SubscriptionId>'
        f"</wsa5:ReferenceParameters></tev:SubscriptionReference><wsnt:CurrentTime>{begin.isoformat()}"
        f"</wsnt:CurrentTime><wsnt:TerminationTime>{end.isoformat()}</wsnt:TerminationTime>"
        "</tev:CreatePullPointSubscriptionResponse>"
    )


def _live(device: Device, key: str) -> Subscription:
    found = device.subscriptions.get(key)
    if found is None or found.until < time.monotonic():
        device.subscriptions.pop(key, None)
        raise SoapFault("ter:InvalidArgVal", why="Unknown pull point", detail=_RESOURCE_UNKNOWN)
    return found


def _pull(device: Device, key: str, asked: Element) -> str:
    until = time.monotonic() + _seconds(_text(asked, "Timeout"))
    with device.news:
        while not _live(device, key).waiting and time.monotonic() < until:
            device.news.wait(until - time.monotonic())
        found = _live(device, key)
        most = int(_text(asked, "MessageLimit"))
        told, found.waiting = found.waiting[:most], found.waiting[most:]
        end = device.now() + timedelta(seconds=found.until - time.monotonic())
        return (
            f"<tev:PullMessagesResponse><tev:CurrentTime>{device.now().isoformat()}</tev:CurrentTime>"
            f"<tev:TerminationTime>{end.isoformat()}</tev:TerminationTime>{''.join(told)}</tev:PullMessagesResponse>"
        )


def _renew(device: Device, key: str, asked: Element) -> str:
    if device.wrong.no_renew:
        raise SoapFault("ter:ActionNotSupported", why="Renew is not supported", status=500)
    with device.lock:
        _live(device, key).until = time.monotonic() + _seconds(_text(asked, "TerminationTime"))
    end = f"<wsnt:TerminationTime>{device.now().isoformat()}</wsnt:TerminationTime>"
    return f"<wsnt:RenewResponse>{end}</wsnt:RenewResponse>"


def _synchronize(device: Device, key: str, _asked: Element) -> str:
    with device.news:
        found = _live(device, key)
        for (topic, name, value), on in device.states.items():
            found.waiting.append(
                notification(
                    topic, {name: value}, {"State": str(on).lower()}, operation="Initialized", at=device.now()
                )
            )
        device.news.notify_all()
    return "<tev:SetSynchronizationPointResponse/>"


def _unsubscribe(device: Device, key: str, _asked: Element) -> str:
    with device.news:
        _live(device, key)
        device.subscriptions.pop(key)
        device.news.notify_all()
    return "<wsnt:UnsubscribeResponse/>"


_ANSWERS: dict[str, Callable[[Device, Element], str]] = {
    "GetSystemDateAndTime": _clock,
    "GetServices": _services,
    "GetCapabilities": _capabilities,
    "GetProfiles": _profiles,
    "GetStreamUri": _stream,
    "GetPresets": _presets,
    "GotoPreset": _goto,
    "GotoHomePosition": _goto_home,
    "ContinuousMove": _move,
    "Stop": _stop,
    "GetStatus": _status,
    "FindRecordings": _find,
    "GetRecordingSearchResults": _results,
    "GetRecordingSummary": _summary,
    "EndSearch": lambda _d, _a: "<tse:EndSearchResponse/>",
    "GetReplayUri": _replay,
    "CreatePullPointSubscription": _subscribe,
}
_PULLING: dict[str, Callable[[Device, str, Element], str]] = {
    "PullMessages": _pull,
    "Renew": _renew,
    "SetSynchronizationPoint": _synchronize,
    "Unsubscribe": _unsubscribe,
}
