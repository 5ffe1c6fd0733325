"""Sign-in and one's own account: only the pages of allauth that are needed, each with its mark."""

from __future__ import annotations

from allauth.account import views as sign_in
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.urls import path, re_path, reverse_lazy

from beffroi.people import views
from beffroi.people.marks import public
from beffroi.people.views_door import signed_in

_early = signed_in(before_second_factor=True)
_choose = sign_in.PasswordResetFromKeyView.as_view(success_url=reverse_lazy("account_login"))

urlpatterns = [
    path("connexion/", public(sign_in.login), name="account_login"),
    path("connexion/code/", public(factors.authenticate), name="mfa_authenticate"),
    path("deconnexion/", _early(sign_in.logout), name="account_logout"),
    path("compte/", views.account, name="account"),
    path("compte/ferme/", public(sign_in.account_inactive), name="account_inactive"),
    path("compte/confirmer/", _early(sign_in.reauthenticate), name="account_reauthenticate"),
    path("compte/confirmer/code/", _early(factors.reauthenticate), name="mfa_reauthenticate"),
    path("compte/mot-de-passe/", _early(sign_in.password_change), name="account_change_password"),
    re_path(
        r"^compte/mot-de-passe/choisir/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(_choose),
        name="account_reset_password_from_key",
    ),
    path("compte/second-facteur/", signed_in(factors.index), name="mfa_index"),
    path("compte/second-facteur/activer/", _early(totp.activate_totp), name="mfa_activate_totp"),
    path("compte/second-facteur/retirer/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "compte/second-facteur/secours/",
        signed_in(recovery.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "compte/second-facteur/secours/nouveaux/",
        signed_in(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "compte/second-facteur/secours/telecharger/",
        signed_in(recovery.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
]
