"""The other elements of a message: times, persons, numbers, companies, and what the caller wishes and gives as cause.

Patterns only, for a person to confirm. What identifies somebody is masked in what is shown; the offsets lead to the words.
"""

import re

from msgspec import Struct

LONGEST = 20_000
"""Characters that are looked at."""
MOST = 10
_N = r"[0-9一二三四五六七八九十两]"
_TIME = re.compile(
    r"\d{4}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}月\d{1,2}[日号]"
    rf"|(?:今天|今日|昨天|昨日|昨晚|今晚|今早|前天|明天|刚才|刚刚|凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|半夜)(?:{_N}{{1,3}}点(?:半|{_N}{{1,3}}分?)?)?"
    rf"|{_N}{{1,3}}点(?:半|钟|{_N}{{1,3}}分)?|{_N}{{1,3}}(?:天|周|个?月|年)(?:前|以来|多)|(?:上|这|本|下)(?:周|个?月)[一二三四五六日]?"
)
_SURNAME = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_PERSON = re.compile(
    rf"(?:我叫|我是|姓名[：:]?|名叫|联系人[：:]?|本人)(?P<name>[{_SURNAME}][\u4e00-\u9fa5]{{1,2}})(?=[，。,、；;\s\d（(]|$)"
    rf"|(?P<title>[{_SURNAME}](?:先生|女士|小姐|师傅|阿姨|大爷|大妈|老师|医生|某))"
)
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\s]?(?:[A-HJ-NP-Z0-9]{5,6})(?![A-Za-z0-9])"
)
_COMPANY = re.compile(
    r"[\u4e00-\u9fa5（）()A-Za-z]{2,20}?(?:有限责任公司|股份有限公司|有限公司|集团|公司|合作社|搅拌站|酒店|饭店|物业|幼儿园|学校|医院)"
)
_LEAD = re.compile(
    r"^.*(?:我是|位于|在|的|被|向|由|和|与|对|找|请|投诉|举报|反映|要求|就是|是)(?=[\u4e00-\u9fa5A-Z（(]{3,})"
)
_WISH = re.compile(
    r"(?:希望|请求|要求|恳请|恳求|望|诉求[：:是]?|请(?=有关|相关|政府|部门|领导|尽快|帮|给|派))[^。！？!?\n；;]{2,80}"
)
_CAUSE = re.compile(r"(?:因为|由于|原因是|是因为|导致[^。，]{0,10}的原因)[^。！？!?\n；;，]{2,60}")
_WHAT = re.compile(r"[^。！？!?\n]{2,80}")


class Element(Struct, frozen=True):
    """`text` is masked where it identifies somebody; start and end lead to the words themselves."""

    start: int
    end: int
    text: str
    kind: str


class Elements(Struct, frozen=True):
    """Proposals for the form: who, when, where (in places), what, why, and what is asked for."""

    who: tuple[Element, ...] = ()
    when: tuple[Element, ...] = ()
    what: tuple[Element, ...] = ()
    cause: tuple[Element, ...] = ()
    wishes: tuple[Element, ...] = ()


def elements(text: str) -> Elements:
    text = text[:LONGEST]
    return Elements(
        who=_who(text),
        when=_all(_TIME, text, "time"),
        what=_all(_WHAT, text, "what", 1),
        cause=_all(_CAUSE, text, "cause", 3),
        wishes=_all(_WISH, text, "wish", 5),
    )


def masked(text: str) -> str:
    """A text with the numbers that identify somebody masked: names, phones, identity numbers, plates."""
    for pattern, keep in ((_IDENTITY, (3, 2)), (_PHONE, (3, 2)), (_PLATE, (2, 1))):
        text = pattern.sub(lambda match, keep=keep: _mask(match[0], *keep), text)  # type: ignore[misc]
    return _PERSON.sub(
        lambda match: match[0].replace(match["name"], _hidden(match["name"])) if match["name"] else match[0], text
    )


def _hidden(name: str) -> str:
    return name[0] + "*" * (len(name) - 1)


def _who(text: str) -> tuple[Element, ...]:
    found = []
    for match in _PERSON.finditer(text):
        group = "name" if match["name"] else "title"
        name = match[group]
        shown = _hidden(name) if group == "name" else name
        found.append(Element(match.start(group), match.end(group), shown, "person"))
    for kind, pattern, keep in (("phone", _PHONE, (3, 2)), ("identity", _IDENTITY, (3, 2)), ("plate", _PLATE, (2, 1))):
        found += [Element(m.start(), m.end(), _mask(m[0], *keep), kind) for m in pattern.finditer(text)]
    for match in _COMPANY.finditer(text):
        cut = _LEAD.match(match[0])
        start = match.start() + (cut.end() if cut else 0)
        found.append(Element(start, match.end(), text[start : match.end()], "company"))
        if len(found) > 4 * MOST:
            break
    return tuple(sorted(found, key=lambda one: one.start)[:MOST])


def _all(pattern: re.Pattern[str], text: str, kind: str, most: int = MOST) -> tuple[Element, ...]:
    found = []
    for match in pattern.finditer(text):
        found.append(Element(match.start(), match.end(), masked(match[0].strip()), kind))
        if len(found) == most:
            break
    return tuple(found)


def _mask(number: str, first: int, last: int) -> str:
    return number[:first] + "*" * (len(number) - first - last) + number[-last:]
