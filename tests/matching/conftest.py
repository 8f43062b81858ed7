"""Small matchers for the tests, made through the public face."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from compliance.matching import ListedName, Matcher

# Names as the lists print them, from public facts: company, person, ship; several scripts; weak and former names.
NAMES: Sequence[tuple[int, str, str, str]] = (
    (0, "SENSETIME GROUP LIMITED", "primary", "entity"),
    (1, "SEMICONDUCTOR MANUFACTURING INTERNATIONAL CORPORATION", "primary", "entity"),
    (1, "SMIC", "aka", "entity"),
    (2, "ROSNEFT TRADING S.A.", "primary", "entity"),
    (3, "MADURO MOROS, Nicolas", "primary", "individual"),
    (4, "11420 CORP.", "primary", "entity"),
    (5, "HABBASH, George", "primary", "individual"),
    (6, "EMMA LLC", "primary", "entity"),
    (7, "SIS D.O.O.", "primary", "entity"),
    (8, "54TH RESEARCH INSTITUTE OF CHINA ELECTRONICS TECHNOLOGY GROUP", "primary", "entity"),
    (9, "55TH RESEARCH INSTITUTE OF CHINA ELECTRONICS TECHNOLOGY GROUP", "primary", "entity"),
    (10, "AL-ZAWAHIRI, Ayman", "primary", "individual"),
    (11, "YASIN, Abdul Rahman", "primary", "individual"),
    (12, "JOINT STOCK COMPANY CONCERN ALMAZ-ANTEY", "primary", "entity"),
    (13, "OPEN JOINT STOCK COMPANY RUSSIAN RAILWAYS", "primary", "entity"),
    (14, "MEGVII TECHNOLOGY LIMITED", "primary", "entity"),
    (15, "CHINA ELECTRONICS TECHNOLOGY GROUP CORPORATION", "primary", "entity"),
    (16, "DANIEL MOHAMMAD", "weak", "individual"),
    (17, "ADRIAN DARYA 1", "primary", "vessel"),
    (18, "商汤集团有限公司", "original-script", "entity"),
    (19, "الظواهري أيمن", "original-script", "individual"),
    (20, "SBERBANK OF RUSSIA", "primary", "entity"),
    (21, "TIAN HAI XIANG 7", "primary", "vessel"),
    (22, "OBSHCHESTVO S OGRANICHENNOI OTVETSTVENNOSTYU KOVYKTNEFTEGAZ", "primary", "entity"),
)


@pytest.fixture(scope="session")
def matcher() -> Matcher:
    return Matcher.build(ListedName(*name) for name in NAMES)
