"""What may go wrong with a camera: where, why, and what to do. No password stands in any of these."""

from __future__ import annotations

from beffroi.foundation.errors import BeffroiError


class CameraError(BeffroiError):
    """The root of what goes wrong between us and a camera; `where` is its host and port."""

    code = "eyes.camera_error"
    message = "The camera at {where} did not do what was asked."
    status = 502


class Unreachable(CameraError):
    """Nothing answered, or not in time."""

    code = "eyes.camera_unreachable"
    message = "The camera at {where} does not answer: {why}."
    advice = "Check its power, its network and the address on record."
    status = 504


class NotLetIn(CameraError):
    """The camera knows neither our name nor our password, or its clock is not what it says."""

    code = "eyes.camera_not_let_in"
    message = "The camera at {where} does not let us in."
    advice = "Check the name and the password on record, and that its user may do this; then its clock."
    wait_s = 300.0  # cameras lock out who knocks too often


class Refusal(CameraError):
    """The camera understood and refuses (a SOAP fault); `fault` is the last word of its code."""

    code = "eyes.camera_refuses"
    message = "The camera at {where} refuses {what}: {why}."
    advice = "See what the camera supports and what its user may do."

    @property
    def fault(self) -> str:
        """The most precise code of the fault, without its namespace."""
        return str(self.fields.get("fault", ""))


class Misspoken(CameraError):
    """The answer is not what ONVIF says it is."""

    code = "eyes.camera_misspoken"
    message = "The camera at {where} answers {what} with what cannot be read: {why}."
    advice = "Check that the address is that of its ONVIF service, and its firmware."


class NotAble(CameraError):
    """The camera has no such service."""

    code = "eyes.camera_not_able"
    message = "The camera at {where} has no {what} service."
    advice = "Another camera or another firmware is needed for this."
    status = 409


class BadAddress(BeffroiError):
    """An address that no camera can have."""

    code = "eyes.camera_bad_address"
    message = "{given!r} is not a camera's address: {why}."
    advice = "Write http://HOST[:PORT]/onvif/device_service; name and password are given apart."
    status = 422
