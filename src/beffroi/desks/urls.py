"""Addresses of the desks."""

from __future__ import annotations

from django.urls import path, register_converter
from django.views.i18n import set_language

from beffroi.desks import pages, town_map
from beffroi.desks.crisis import plan_views as plan
from beffroi.desks.crisis import views as crisis
from beffroi.desks.duty import (
    call_views,
    cover,
    link_views,
    patrols,
    repairs,
    shift_views,
    switch_views,
    telling_views,
)
from beffroi.desks.duty import help_views as helping
from beffroi.desks.duty import views as duty
from beffroi.desks.eyes import moving, signalling
from beffroi.desks.eyes import views as eyes
from beffroi.desks.field import views as field
from beffroi.desks.oncall import partner
from beffroi.desks.oncall import views as oncall
from beffroi.desks.oversight import alert_views, register_views, retention_views, witnessing
from beffroi.desks.oversight import convention_views as conventions
from beffroi.desks.oversight import party_views as parties
from beffroi.desks.oversight import views as oversight
from beffroi.desks.programs import views as programs
from beffroi.desks.report import views as report
from beffroi.people import doors


class LayerName:
    """The name of a layer of the map."""

    regex = "[A-Za-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LayerName, "layer")

urlpatterns = [
    path("", pages.public, name="public"),
    path("langue/", doors.public(set_language), name="language"),
    path("theme/", pages.theme, name="theme"),
    path("carte/<slug:territory>/<int:version>/<layer:name>.json", town_map.layer, name="map_layer"),
    path("carte/<slug:territory>/cameras.json", town_map.cameras, name="map_cameras"),
    path("veille/", duty.desk, name="duty"),
    path("veille/couverture/", cover.panel, name="duty_cover"),
    path("veille/reparations/", repairs.repairs, name="duty_repairs"),
    path("veille/patrouilles/", patrols.patrols, name="duty_patrols"),
    path("veille/appel/", call_views.call, name="duty_call"),
    path("veille/appel/<uuid:call>/", call_views.called, name="duty_called"),
    path("veille/lieux/", call_views.found, name="duty_places"),
    path("veille/releve/", shift_views.shift, name="duty_shift"),
    path("veille/releve/prendre/", shift_views.take_over, name="duty_shift_take"),
    path("veille/releve/noter/", shift_views.note, name="duty_shift_note"),
    path("veille/releve/<uuid:note>/fini/", shift_views.end_note, name="duty_shift_note_end"),
    path("veille/<uuid:incident>/", duty.incident, name="duty_incident"),
    path("veille/<uuid:incident>/acquitter/", duty.acknowledge, name="duty_acknowledge"),
    path("veille/<uuid:incident>/envoyer/", duty.send, name="duty_send"),
    path("veille/<uuid:incident>/sur-place/", duty.arrive, name="duty_arrive"),
    path("veille/<uuid:incident>/clore/", duty.close, name="duty_close"),
    path("veille/<uuid:incident>/doute/", duty.lift_doubt, name="duty_doubt"),
    path("veille/<uuid:incident>/etape/", duty.step, name="duty_step"),
    path("veille/<uuid:incident>/noter/", duty.note, name="duty_note"),
    path("veille/<uuid:incident>/lien/", partner.make, name="duty_share"),
    path("veille/<uuid:incident>/lien/<uuid:link>/retirer/", partner.revoke, name="duty_share_revoke"),
    path("veille/astreinte/", oncall.oncall, name="oncall"),
    path("veille/astreinte/<slug:territory>/", oncall.rota, name="oncall_rota"),
    path("astreinte/", oncall.mine, name="oncall_mine"),
    path("a/<str:token>/", partner.answer, name="oncall_answer"),
    path("i/<str:token>/", partner.link, name="oncall_link"),
    path("terrain/", field.desk, name="field"),
    path("terrain/prendre/", field.take, name="field_take"),
    path("terrain/rendre/", field.give_back, name="field_give_back"),
    path("terrain/dire/", field.tell, name="field_tell"),
    path("terrain/position/", field.stand, name="field_stand"),
    path("terrain/service.js", field.worker, name="field_worker"),
    path("veille/<uuid:incident>/transmettre/", telling_views.hand_over, name="duty_hand_over"),
    path("veille/<uuid:incident>/transmettre/rc-eda/", telling_views.exchange, name="duty_exchange"),
    path("veille/<uuid:incident>/levee-de-doute/", telling_views.record, name="duty_doubt_record"),
    path("veille/<uuid:incident>/relier/", link_views.link, name="duty_link"),
    path("veille/<uuid:incident>/delier/", link_views.unlink, name="duty_unlink"),
    path("veille/commandes/", switch_views.switches, name="duty_switches"),
    path(
        "veille/commandes/<slug:territory>/<slug:actuator>/<slug:act>/",
        switch_views.from_list,
        name="duty_switch_here",
    ),
    path(
        "veille/<uuid:incident>/commander/<slug:actuator>/<slug:act>/",
        switch_views.from_incident,
        name="duty_switch",
    ),
    path("installation/programmes/", programs.board, name="programs"),
    path("installation/programmes/<uuid:subscription>/", programs.deliveries, name="program_deliveries"),
    path("veille/mur/", eyes.wall, name="wall"),
    path("veille/regards/", eyes.looks, name="looks"),
    path("veille/regards/ouvrir/", eyes.open_look, name="look_open"),
    path("veille/regards/<uuid:look>/fermer/", eyes.close_look, name="look_close"),
    path("veille/regards/<uuid:look>/image/", signalling.session, name="look_session"),
    path("controle/", oversight.home, name="oversight"),
    path("controle/arretes/", oversight.register, name="oversight_orders"),
    path("controle/temoins/", witnessing.page, name="oversight_witnesses"),
    path("temoin/", witnessing.door, name="witness"),
    path("controle/autorisations/", oversight.legal_switches, name="oversight_switches"),
    path("controle/conventions/", conventions.listing, name="oversight_conventions"),
    path("controle/conventions/<uuid:convention>/", conventions.one, name="oversight_convention"),
    path("controle/organismes/", parties.directory, name="oversight_parties"),
    path("controle/organismes/tenir/", parties.keep, name="oversight_parties_keep"),
    path("controle/qui/", conventions.who, name="oversight_who"),
    path("veille/renfort/", helping.page, name="duty_help"),
    path("controle/effacements/", retention_views.retention, name="oversight_retention"),
    path("controle/registres/", register_views.looks, name="oversight_looks"),
    path("controle/registres/images/", register_views.images, name="oversight_images"),
    path("controle/registres/traitements/", register_views.processing, name="oversight_processing"),
    path("controle/registres/aipd/", register_views.assessment, name="oversight_assessment"),
    path("controle/alertes/", alert_views.alerts, name="oversight_alerts"),
    path("controle/alertes/decider/", alert_views.decide, name="oversight_decide"),
    path("controle/mes-regards/", alert_views.mine, name="own_looks"),
    path("crise/", crisis.home, name="crisis"),
    path("crise/plan/<slug:territory>/", plan.plan, name="crisis_plan"),
    path("crise/plan/<slug:territory>/version/<int:number>/", plan.version, name="crisis_plan_version"),
    path("crise/plan/<slug:territory>/plan.csv", plan.cells_sheet, name="crisis_plan_cells"),
    path("crise/plan/<slug:territory>/personnes.csv", plan.people_sheet, name="crisis_plan_people"),
    path("crise/annuaire/<slug:territory>/", plan.directory, name="crisis_directory"),
    path(
        "crise/annuaire/<slug:territory>/numeros/",
        plan.directory_with_numbers,
        name="crisis_directory_numbers",
    ),
    path("crise/<slug:territory>/activer/", crisis.activate, name="crisis_activate"),
    path("crise/<uuid:crisis>/", crisis.page, name="crisis_page"),
    path("crise/<uuid:crisis>/cellule/", crisis.work, name="crisis_work"),
    path("crise/<uuid:crisis>/direction/", crisis.lead, name="crisis_lead"),
    path("crise/<uuid:crisis>/point/", crisis.point, name="crisis_point"),
    path("crise/<uuid:crisis>/fin/", crisis.end, name="crisis_end"),
    path("crise/<uuid:crisis>/message/", crisis.prepare, name="crisis_prepare"),
    path("crise/message/<uuid:message>/", crisis.message, name="crisis_message"),
    path("crise/message/<uuid:message>/valider/", crisis.validate, name="crisis_validate"),
    path("crise/message/<uuid:message>/<slug:form>/", crisis.export, name="crisis_export"),
    path("veille/regards/<uuid:look>/orienter/", moving.panel, name="look_moving"),
    path("veille/regards/<uuid:look>/orienter/agir/", moving.act, name="look_move"),
    path("signaler/", report.report, name="report"),
    path("signaler/<uuid:signal>/", report.sent, name="report_sent"),
]
