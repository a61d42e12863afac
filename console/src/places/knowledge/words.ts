import { words } from "../../i18n/text";

export const knowledgeWords = words(
  {
    title: "知识库", search: "检索", cards: "全部卡片", waiting: "待审核", ending: "到期与复核", feedback: "反馈", gaps: "缺口", differences: "与对方不一致", surge: "高峰自动应答",
    ask: "输入群众怎么问：词、拼音、首字母都可以", askFirst: "输入两个字以上，列出使用中的卡片", found: "没有找到合适的卡片；可到“缺口”看是否已有人问过，或新写一张", score: "相符", newCard: "写新卡片", open: "打开卡片",
    number: "编号", name: "标题", unit: "负责单位", scope: "范围", version: "版本", inForce: "第 {count} 版使用中", none: "没有使用中的版本", until: "有效期至", review: "复核", changed: "更新", noCards: "没有卡片", more: "再往前", by: "编写", at: "时间",
    noWaiting: "没有待审核的卡片", noEnding: "{days} 天内没有到期或要复核的卡片", days: "{days} 天内", noFeedback: "没有待答复的反馈", noGaps: "没有发现缺口", noDifferences: "与对方中心的卡片一致", peer: "对方", what: "情况", ours: "本方", sent: "已发",
    back: "返回清单", questions: "群众怎么问（一行一种问法）", answer: "答复", law: "依据", keywords: "关键词（逗号分隔）", from: "生效日期", cites: "近一年引用 {answers} 次，回访 {called}，已解决 {solved}，未解决 {not}，重办 {reopened}", versions: "各版本", log: "经过",
    changes: "第 {before} 版 → 第 {after} 版的改动", noChanges: "内容相同", text: "内容", save: "存为草稿", saved: "已存为草稿：{number} 第 {version} 版", cancel: "取消", edit: "修改（起草新版）", seenDigest: "审核的就是您看到的这一版",
    give: "反馈卡片的问题", giveHint: "哪里不对、缺什么", giveGo: "提交反馈", given: "已提交，负责单位须在时限内答复", answerFeedback: "答复", due: "答复期限", said: "反馈", confirm: "复核通过，下次复核日期", confirmGo: "复核通过", reason: "理由", needReason: "请写明理由", done: "{what} ✓",
    question: "群众问的", count: "次数", newest: "最近", variants: "其他问法", draftIt: "据此起草卡片", dismiss: "不需要卡片", mine: "现在查找缺口", mined: "新发现 {count} 个缺口", pick: "选一行，在这里处理", chooseUnit: "选负责单位后起草", copy: "对方中心的卡片，只能反馈",
    on: "已开启：人工坐席不足时由卡片自动应答", off: "已关闭：来电都由人工接听", sinceAt: "自", why: "理由", mode: "控制方式", auto: "按规则自动", "mode.forced_on": "人工开启", "mode.forced_off": "人工关闭", "mode.auto": "交回规则自动控制", load: "线路", queue: "排队 {count}", wait: "等候 {count} 秒", connect: "接通率 {count}%", noLoad: "话务系统没有报告线路情况：规则不会开启",
    who: "操作人", asked: "群众怎么问", words: "关键词", switchLog: "开关记录", noLog: "还没有开关过", is: "状态", isOn: "开", isOff: "关", policy: "规则", talks: "已转人工的对话", noTalks: "没有转人工的对话", last: "最后一句",
  },
  {
    title: "Knowledge", search: "Search", cards: "All cards", waiting: "To approve", ending: "Ending, to review", feedback: "Feedback", gaps: "Gaps", differences: "Differing copies", surge: "Automatic answering",
    ask: "As callers ask it: words, pinyin, initials", askFirst: "Two characters and more; the cards in force are listed", found: "No card fits; see under Gaps whether others have asked it, or write one", score: "fits", newCard: "Write a card", open: "Open the card",
    number: "Number", name: "Title", unit: "Unit", scope: "Scope", version: "Version", inForce: "version {count} in force", none: "no version in force", until: "Valid until", review: "Review", changed: "Changed", noCards: "No card", more: "Older", by: "By", at: "When",
    noWaiting: "No card waits for approval", noEnding: "No card ends or is to be reviewed within {days} days", days: "within {days} days", noFeedback: "No feedback waits", noGaps: "No gap found", noDifferences: "The peers' copies are equal", peer: "Peer", what: "What", ours: "Ours", sent: "Sent",
    back: "Back to the list", questions: "How callers ask it (a line each)", answer: "Answer", law: "Rests on", keywords: "Keywords (commas)", from: "Valid from", cites: "Cited {answers} times in a year, called back {called}, solved {solved}, not solved {not}, reopened {reopened}", versions: "Versions", log: "History",
    changes: "Version {before} → {after}", noChanges: "The same", text: "Text", save: "Keep as a draft", saved: "Kept as a draft: {number} version {version}", cancel: "Cancel", edit: "Change it (draft the next version)", seenDigest: "What you approve is the version that you see",
    give: "Say what is wrong in the card", giveHint: "What is wrong or missing", giveGo: "Send", given: "Sent; its unit has to answer in time", answerFeedback: "Answer", due: "To answer by", said: "Feedback", confirm: "Reviewed; next review on", confirmGo: "Reviewed", reason: "Reason", needReason: "Say why", done: "{what} ✓",
    question: "What callers ask", count: "Times", newest: "Last", variants: "Also asked as", draftIt: "Draft a card of it", dismiss: "No card needed", mine: "Look for gaps now", mined: "{count} new gaps", pick: "Choose a row and deal with it here", chooseUnit: "Choose the unit, then draft", copy: "A peer's card: feedback only",
    on: "On: cards answer while there are too few people", off: "Off: people answer every call", sinceAt: "since", why: "Why", mode: "Control", auto: "by the rule", "mode.forced_on": "Switch on", "mode.forced_off": "Switch off", "mode.auto": "Back to the rule", load: "Lines", queue: "{count} waiting", wait: "{count} s wait", connect: "{count}% answered", noLoad: "The telephone system reports nothing: the rule will not switch it on",
    who: "By", asked: "How callers ask it", words: "Keywords", switchLog: "The switch's log", noLog: "Never switched", is: "State", isOn: "on", isOff: "off", policy: "the rule", talks: "Handed to a person", noTalks: "No conversation was handed over", last: "Last words",
  },
);
export type KnowledgeWord = keyof (typeof knowledgeWords)["zh"];
