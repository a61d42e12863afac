"""Gathers messages about the same thing into topics with a name that a person understands, and says which of them grow.

A topic is held together by rare words: a message belongs to the topic whose rare words it shares, so that the fifth report of one
mixing plant meets the first although no sentence is the same. Which words are rare is counted from the file itself.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from math import log
from pathlib import Path

import rjieba
from msgspec import Struct

from liandong.models.files import FileFault, rows_of

LONGEST = 600
LEAST_MEMBERS = 3
TITLE_WEIGHT = 2.0
"""The title says what a letter is about; its text mentions much else."""
COMMON = 0.03
"""A word that a larger share of the messages has names no topic."""
NAME_WORDS = 3
WEEK = timedelta(days=7)
GROWN = 3.0
"""A topic grows when its last week has so many times the messages of an average week before, and at least three."""
_DATE = re.compile(r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})")
_WORD = re.compile(r"[\u4e00-\u9fa5A-Za-z0-9]{2,}")
_STOP = frozenset(
    [
        "反映",
        "投诉",
        "请问",
        "咨询",
        "建议",
        "希望",
        "要求",
        "问题",
        "什么",
        "为什么",
        "怎么",
        "如何",
        "是否",
        "我们",
        "小区",
        "严重",
        "附近",
        "领导",
        "您好",
        "你好",
        "尊敬",
        "政府",
        "部门",
        "相关",
        "有关",
        "解决",
        "处理",
        "存在",
        "情况",
        "业主",
        "居民",
        "市民",
        "请求",
        "关于",
        "进行",
        "以及",
        "一个",
        "这个",
        "没有",
        "可以",
        "不能",
        "需要",
        "已经",
        "现在",
        "目前",
        "时候",
        "非常",
        "西地省",
        "谢谢",
        "多次",
        "举报",
        "监管",
        "规定",
        "管理",
        "违规",
        "违法",
        "噪音",
        "扰民",
        "污染",
        "施工",
        "公司",
        "工地",
        "房子",
        "开发商",
        "有何",
        "具体",
        "刻不容缓",
        "力度",
        "加快",
    ]
)
"""Words of every letter; those at the end are what letters complain of everywhere, and name no place or thing."""


class Message(Struct, frozen=True):
    number: str
    title: str
    text: str
    on: date | None


class Topic(Struct, frozen=True):
    """`members`: numbers of the messages, oldest first. `growth`: messages of the last week against an average week before, None
    where times are missing. `growing` asks for somebody to look before more people complain.
    """

    name: str
    size: int
    words: tuple[str, ...]
    members: tuple[str, ...]
    titles: tuple[str, ...]
    first: str
    last: str
    growth: float | None
    growing: bool


def topics_of_file(file: Path, text: Sequence[str], number: str, at: str) -> list[Topic]:
    """The first text column serves as title. Raises FileFault."""
    messages = []
    for place, row in enumerate(rows_of(file), 1):
        if text[0] not in row:
            raise FileFault(f"没有这一列：{text[0]}；文件的列：{'、'.join(map(str, row))}（no such column）")
        words = "\n".join(str(row.get(column) or "") for column in text[1:])
        messages.append(
            Message(str(row.get(number) or place), str(row[text[0]] or ""), words, _date(str(row.get(at) or "")))
        )
    return gather(messages)


def gather(messages: Sequence[Message]) -> list[Topic]:
    """The largest topic first."""
    bags = [_words(message) for message in messages]
    seen = Counter(word for bag in bags for word in bag)
    weights = _weights(seen, len(messages))
    groups = _by_anchor(_grown_together(bags, weights), bags, [one.title + "\n" + one.text for one in messages])
    last = max((message.on for message in messages if message.on), default=None)
    found = [_topic([messages[at] for at in group], [bags[at] for at in group], weights, last) for group in groups]
    return sorted(found, key=lambda topic: (-topic.size, topic.name))


def _words(message: Message) -> dict[str, float]:
    """Words and pairs of neighbouring words (丽发新城, 搅拌站: cut differently each time), those of the title twice as heavy."""
    bag: dict[str, float] = {}
    for text, weight in ((message.text[:LONGEST], 1.0), (message.title, TITLE_WEIGHT)):
        cut = [word for word in rjieba.cut(text) if word.isalnum()]
        single = [word for word in cut if _WORD.fullmatch(word) and word not in _STOP and not word.isdigit()]
        pairs = [one + two for one, two in itertools.pairwise(cut) if 3 <= len(one + two) <= 8]
        pairs = [pair for pair in pairs if not pair[0].isdigit() and not any(stop in pair for stop in _STOP)]
        for word in (*single, *pairs):
            bag[word] = max(bag.get(word, 0.0), weight)
    return bag


def _weights(seen: Counter[str], messages: int) -> dict[str, float]:
    """Rarity; a word of one message alone, or of too many, holds nothing together."""
    most = max(LEAST_MEMBERS, COMMON * messages)
    return {word: log(messages / count) for word, count in seen.items() if 2 <= count <= most}


def _grown_together(bags: Sequence[dict[str, float]], weights: dict[str, float]) -> list[list[int]]:
    """Around each message in turn of how many share its words; a message joins the first topic that it is alike enough to."""
    vectors = [_vector(bag, weights) for bag in bags]
    having: dict[str, list[int]] = defaultdict(list)
    for at, vector in enumerate(vectors):
        for word in vector:
            having[word].append(at)
    near = [_neighbours(at, vectors, having) for at in range(len(vectors))]
    free = set(range(len(vectors)))
    groups = []
    for seed in sorted(free, key=lambda at: (-len(near[at]), at)):
        if seed not in free:
            continue
        group = _around(seed, near, free)
        if len(group) >= LEAST_MEMBERS:
            groups.append(sorted(group))
            free -= group
    return groups


ANCHORED = 0.6
"""Of the members, how many must name a thing for it to be what the topic is about."""
SPREAD = 4
"""A thing that far more messages name than the topic has is a part of the town, not the topic."""
NEAR = 0.24
LINKS = 0.12
"""The share of a topic's members that a further message must be near to."""


def _by_anchor(groups: list[list[int]], bags: Sequence[dict[str, float]], texts: Sequence[str]) -> list[list[int]]:
    """Joins groups that are about the same named thing (丽发新城), and takes in every message that names it."""
    joined: list[set[int]] = []
    taken: set[int] = set()
    for group in sorted(groups, key=lambda group: (-len(group), group)):
        left = set(group) - taken
        if len(left) * 2 < len(group):
            continue
        anchor = _anchor(group, bags, texts)
        if anchor:
            left |= {at for at, text in enumerate(texts) if anchor in text and at not in taken}
        if len(left) >= LEAST_MEMBERS:
            joined.append(left)
            taken |= left
    return [sorted(group) for group in joined]


def _anchor(group: Sequence[int], bags: Sequence[dict[str, float]], texts: Sequence[str]) -> str:
    """The longest-known name that most members share, empty where there is none."""
    counts = Counter(word for at in group for word in bags[at] if len(word) >= 4)
    for word, _ in sorted(counts.items(), key=lambda one: (-one[1], -len(one[0]), one[0]))[:12]:
        inside = sum(word in texts[at] for at in group)
        if inside >= ANCHORED * len(group) and sum(word in text for text in texts) <= SPREAD * len(group):
            return word
    return ""


def _neighbours(at: int, vectors: Sequence[dict[str, float]], having: dict[str, list[int]]) -> dict[int, float]:
    votes: dict[int, float] = defaultdict(float)
    for word, value in vectors[at].items():
        for other in having[word]:
            votes[other] += value * vectors[other][word]
    return {other: alike for other, alike in votes.items() if other != at and alike >= NEAR}


def _around(seed: int, near: Sequence[dict[int, float]], free: set[int]) -> set[int]:
    group = {seed} | (near[seed].keys() & free)
    while True:
        votes = Counter(other for member in group for other in near[member] if other in free and other not in group)
        more = {other for other, count in votes.items() if count >= max(2, LINKS * len(group))}
        if not more:
            return group
        group |= more


def _vector(bag: dict[str, float], weights: dict[str, float]) -> dict[str, float]:
    vector = {word: weight * weights[word] for word, weight in bag.items() if word in weights}
    length = sum(value * value for value in vector.values()) ** 0.5
    return {word: value / length for word, value in vector.items()} if length else {}


def _topic(members: list[Message], bags: list[dict[str, float]], weights: dict[str, float], last: date | None) -> Topic:
    counts = Counter(word for bag in bags for word in bag if word in weights)
    telling = sorted(counts, key=lambda word: (-counts[word] * weights[word] * min(len(word), 4), word))
    words: list[str] = []
    for word in telling:
        if counts[word] * 3 >= len(members) and not any(word in other or other in word for other in words):
            words.append(word)
        if len(words) == NAME_WORDS:
            break
    ordered = sorted(members, key=lambda message: (message.on or date.min, message.number))
    dates = [message.on for message in ordered if message.on]
    growth = _growth(dates, last)
    recent = sum(1 for on in dates if last and last - on < WEEK)
    return Topic(
        name="·".join(words) or ordered[0].title[:20],
        size=len(members),
        words=tuple(words),
        members=tuple(message.number for message in ordered),
        titles=tuple(message.title.strip() for message in ordered[:3]),
        first=str(dates[0]) if dates else "",
        last=str(dates[-1]) if dates else "",
        growth=growth,
        growing=growth is not None and growth >= GROWN and recent >= LEAST_MEMBERS,
    )


def _growth(dates: list[date], last: date | None) -> float | None:
    if not dates or last is None:
        return None
    recent = sum(1 for on in dates if last - on < WEEK)
    before = [on for on in dates if last - on >= WEEK]
    weeks = max(1.0, (last - WEEK - min(before)).days / 7) if before else 1.0
    return round(recent / max(len(before) / weeks, 1 / 4), 2)


def _date(text: str) -> date | None:
    match = _DATE.search(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
