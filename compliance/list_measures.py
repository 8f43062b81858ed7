"""What being on a list forbids, for lists on which every entry carries the same measure; docs/measures.md says more."""

from __future__ import annotations

from compliance.model import MeasureKind

EAR_LICENCE = "15 CFR 744.11, 744.16 and supplement 4: licence required; the entry says for which items"
_DEBARRED = "22 CFR 127.7: no part in exports subject to the ITAR"
_DENIED = "15 CFR 736.2(b)(4): no part in a transaction subject to the EAR with the denied person, until the order ends"

BY_LIST: dict[str, tuple[MeasureKind, str]] = {
    "un-sc": (
        MeasureKind.asset_freeze,
        "UN Security Council resolutions of the regime, through national law; persons also travel ban, by regime",
    ),
    "uk-conlist": (MeasureKind.asset_freeze, "financial sanctions of the UK regime (OFSI)"),
    "eu-fsf": (MeasureKind.asset_freeze, "Council regulation of the programme"),
    "ca-sema": (
        MeasureKind.asset_freeze,
        "Special Economic Measures Act or JVCFOA, regulations of the regime: dealings in property forbidden",
    ),
    "us-bis-el": (MeasureKind.export_licence, EAR_LICENCE),
    "us-bis-meu": (MeasureKind.export_licence, "15 CFR 744.21 and supplements 2 and 7; the list is not exhaustive"),
    "us-bis-dpl": (MeasureKind.export_denial, _DENIED),
    "us-bis-uvl": (MeasureKind.export_unverified, "15 CFR 744.15 and supplement 6: no licence exceptions"),
    "us-state-dtc": (MeasureKind.debarment, _DEBARRED),
    "us-state-isn": (MeasureKind.nonproliferation, "the notice of the determination says what is forbidden"),
    "us-dod-1260h": (MeasureKind.procurement, "NDAA FY2021 sec. 1260H; NDAA FY2024 sec. 805"),
    "us-dhs-uflpa": (MeasureKind.import_presumption, "P.L. 117-78: rebuttable presumption of forced labour"),
    "us-csl-sdn": (MeasureKind.blocking, "IEEPA and the programme's regulations, 31 CFR chapter V"),
    "us-csl-ssi": (MeasureKind.unknown, "EO 13662 directives: see OFAC's own list for the directive"),
    "us-csl-cap": (MeasureKind.correspondent_account, "CAPTA list; the entry's own text says what is prohibited"),
    "us-csl-mbs": (MeasureKind.menu_based, "the entry's own text says what is prohibited"),
    "us-csl-plc": (MeasureKind.reject, "31 CFR parts 594, 595, 597; General License 4(b)"),
    "us-csl-fse": (MeasureKind.sanctions_evader, "EO 13608"),
    "us-csl-el": (MeasureKind.export_licence, EAR_LICENCE),
    "us-csl-meu": (MeasureKind.export_licence, "15 CFR 744.21 and supplements 2 and 7"),
    "us-csl-uvl": (MeasureKind.export_unverified, "15 CFR 744.15 and supplement 6: no licence exceptions"),
    "us-csl-dpl": (MeasureKind.export_denial, _DENIED),
}

WORDS: dict[MeasureKind, str] = {
    MeasureKind.export_licence: "export, re-export or transfer of items subject to the EAR needs a licence; not a ban",
    MeasureKind.export_denial: "no part in any export transaction subject to the EAR",
    MeasureKind.export_unverified: "no licence exceptions; a UVL statement is needed first",
    MeasureKind.import_presumption: "goods are presumed made with forced labour and refused entry unless rebutted",
    MeasureKind.procurement: "excluded from US defence contracts as the rule says; no ban for others",
    MeasureKind.debarment: "debarred from exports of defence articles and services",
    MeasureKind.nonproliferation: "nonproliferation sanctions: what the notice says",
    MeasureKind.asset_freeze: "funds and economic resources are frozen",
    MeasureKind.travel_ban: "entry and transit forbidden",
    MeasureKind.arms_embargo: "supply of arms and related material forbidden",
    MeasureKind.transport: "ships or aircraft: port entry, landing or registration forbidden or restricted",
    MeasureKind.trade: "trade restricted as the regulations say",
    MeasureKind.director_disqualification: "may not be a director of a UK company",
    MeasureKind.trust_services: "trust services forbidden",
    MeasureKind.internal: "on your own organisation's list",
}
