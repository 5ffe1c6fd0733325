"""The French of every code that a package's page may show, kept with the page: it must read the same
in ten years, whatever words the screens then use."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "fusion.alone": "Seul, un tel signe annonce un acte réel {percent} fois sur 100 (avis de départ)",
    "fusion.record": "Cet appareil : {false} fausses alarmes sur {total}",
    "fusion.at_night": "La nuit, quand il passe moins de monde",
    "fusion.place_unknown": "Personne ne sait où se trouve cet appareil",
    "fusion.same_device": "Même appareil qu’un signe précédent",
    "fusion.same_source": "Même source qu’un signe précédent",
    "fusion.near_by_line": "À {metres} m du lieu, en ligne droite",
    "fusion.near_by_road": "À {metres} m du lieu, par la route",
    "fusion.near_in_time": "À {seconds} s des autres signes",
    "fusion.independent": "Un autre sens, qui ne se trompe pas pour les mêmes raisons",
    "fusion.not_independent": "Se trompe pour les mêmes raisons qu’un signe précédent : compte peu",
    "fusion.repeated": "Dit {times} fois : une répétition ajoute peu",
    "fusion.confirmed": "{independent} signes indépendants concordent : réel {percent} fois sur 100",
    "fusion.signal_kept": "Gardé comme signalement ; seul, il annonce un acte {percent} fois sur 100",
    "fusion.signal_repeated": "Le même signalement, de nouveau",
    "fusion.signal_found_again": "Signalé {minutes} min avant, à {metres} m : retrouvé",
    "fusion.cancelled_by_panel": "Quelqu’un a annulé l’alarme à la centrale, avec un code",
    "fusion.restored_by_panel": "La centrale est revenue au repos ; l’alarme demeure",
    "fusion.nothing_to_amend": "Rien d’ouvert à quoi ceci puisse appartenir ({kind})",
    "fusion.device_silent": "L’appareil ne répond plus",
    "fusion.device_back": "L’appareil répond de nouveau, après {seconds} s",
    "fusion.device_well": "L’appareil répond ; il n’avait pas manqué",
    "fusion.not_a_sign": "N’est pas le signe d’un acte ({kind})",
    "fusion.late": "Reçu {seconds} s après avoir été vu",
    "fusion.clock_ahead": "L’horloge de la source avance de {seconds} s : l’heure de réception fait foi",
    "fusion.near_a_closed_one": "À {metres} m d’une intervention close peu avant : tenu à part",
    "fusion.closed_by_person": "Clos par une personne",
    "fusion.merged_by_person": "Réuni par une personne",
    "fusion.split_by_person": "Séparé par une personne",
}

ACTS: Mapping[str, str] = {
    "burglary": "Cambriolage",
    "assault": "Agression",
    "sabotage": "Sabotage",
    "vehicle_crime": "Vol ou dégradation de véhicule",
    "fire": "Incendie",
    "prowling": "Rôdeur",
    "disorder": "Trouble à la tranquillité",
    "device_silent": "Appareil muet",
}

KINDS: Mapping[str, str] = {
    "intrusion.door": "Alarme, porte ouverte",
    "intrusion.motion": "Alarme, mouvement à l’intérieur",
    "intrusion.glass": "Alarme, bris de vitre",
    "intrusion.perimeter": "Alarme, périmètre franchi",
    "panic.holdup": "Alarme d’agression",
    "panic.duress": "Alarme sous contrainte",
    "tamper.device": "Appareil forcé",
    "fire.alarm": "Alarme incendie",
    "presence.person": "Personne vue",
    "presence.vehicle": "Véhicule vu",
    "presence.other": "Quelque chose de vu ou d’entendu",
    "signal.vehicle_slow": "Signalement : véhicule au ralenti",
    "signal.person_loitering": "Signalement : personne qui s’attarde",
    "signal.noise": "Signalement : bruit",
    "signal.other": "Signalement",
    "device.offline": "Appareil muet",
    "device.online": "L’appareil répond de nouveau",
    "alarm.restored": "Centrale revenue au repos",
    "alarm.cancelled": "Alarme annulée à la centrale",
    "test.periodic": "Essai périodique",
    "technical.other": "Message technique",
    "sign": "Signe",
    "earlier_signal": "Signalement antérieur, retrouvé",
    "amendment": "Correction",
}

EXPLANATIONS: Mapping[str, str] = {
    "passer_by": "un passant",
    "occupant": "une erreur d’un occupant",
    "delivery": "une livraison",
    "lost_driver": "un conducteur égaré",
    "animal": "un animal",
    "weather": "le vent ou le temps",
    "fault": "une panne de l’appareil",
    "cooking": "une fumée de cuisine",
    "maintenance": "un entretien ou un essai",
    "festivity": "une fête",
    "unknown": "cause inconnue",
    "other": "autre",
    "gendarmerie": "à la gendarmerie",
    "police": "à la police",
    "fire_brigade": "aux pompiers",
    "ambulance": "au SAMU",
}

INCIDENT: Mapping[str, str] = {
    "to_check": "À vérifier",
    "confirmed": "Confirmé",
    "sent": "Patrouille envoyée",
    "on_scene": "Sur place",
    "closed": "Clos",
    "technical": "Technique",
    "life": "Vie en danger",
    "real": "Acte réel",
    "attempt": "Tentative",
    "false_alarm": "Fausse alarme",
    "harmless": "Sans malveillance, expliqué",
    "handed_over": "Transmis",
    "nothing_found": "Rien constaté",
    "duplicate": "Doublon",
    "restored": "Retour à la normale",
    "lift_doubt": "Lever le doute",
    "send_unit": "Envoyer une patrouille",
    "notify_gendarmerie": "Aviser la gendarmerie (17)",
    "notify_fire_brigade": "Appeler les pompiers (18)",
    "call_contact": "Appeler le contact déclaré du site",
    "file_repair": "Inscrire l’appareil à réparer",
    "concordant": "deux signes concordants",
    "camera": "vu à la caméra",
    "patrol": "vu par une patrouille",
    "call": "par téléphone",
    "witness": "par un témoin",
}

FACTS: Mapping[str, str] = {
    "incident.opened": "Intervention ouverte",
    "incident.sign_joined": "Signe rattaché",
    "incident.confirmed": "Confirmée",
    "incident.amended": "Corrigée",
    "incident.doubt_lifted": "Doute levé",
    "incident.acknowledged": "Acquittée",
    "incident.unit_sent": "Patrouille envoyée",
    "incident.unit_en_route": "Patrouille en route",
    "incident.unit_arrived": "Patrouille sur place",
    "incident.unit_released": "Patrouille rappelée",
    "incident.step_done": "Étape faite",
    "incident.noted": "Note",
    "incident.merged": "Réunie à une autre intervention",
    "incident.closed": "Close",
    "fusion.batch_folded": "Observations comprises",
    "fusion.merged": "Réunion demandée",
    "fusion.split": "Séparation demandée",
    "fusion.observation_set_aside": "Observation mise de côté",
    "evidence.sealed": "Dossier de preuve scellé",
    "signal.reported": "Signalement envoyé",
    "people.looked": "Consultation",
}


def french(code: str) -> str:
    """The French of a code, '' where there is none."""
    for table in (FACTS, KINDS, REASONS, ACTS, INCIDENT, EXPLANATIONS):
        if code in table:
            return table[code]
    return ""
