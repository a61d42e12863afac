import { words } from "../../i18n/text";

export const supervisionWords = words(
  {
    title: "督办", late: "已超时", risk: "快到期", review: "待审批", oversights: "督办件", flags: "疑点", callbacks: "待回访", evaluations: "评价疑点", measures: "问责与表彰",
    number: "编号", what: "内容", state: "状态", unit: "承办", clock: "时限", due: "期限", authority: "级别", opened: "立项", detector: "规则", score: "分值", raised: "提出", why: "依据",
    noLate: "没有超时未办的", noRisk: "两小时内没有到期的", noReview: "没有待审批的退单、延期、异议、重复研判", noOversights: "没有督办件", noFlags: "没有待核实的疑点", noCallbacks: "现在没有要打的回访电话",
    noEvaluations: "没有待核实的评价疑点", noMeasures: "没有问责、通报、约谈、表彰", openPage: "打开工单", actions: "可做的事", noActions: "现在没有您可做的事", pick: "选一行，在这里处理",
    confirm: "属实", dismiss: "排除", overdueOnly: "只看逾期", tried: "已拨 {count} 次", now: "现在可拨", notBefore: "{time} 后再拨", propose: "提出", kind: "类别", reason: "事由", orders: "工单编号（逗号分隔）", evidence: "证据",
    interview: "约谈", circular: "通报", accountability: "问责", praise: "表彰", candidates: "表彰候选：近 90 天群众满意的单位", satisfied: "{count} 件评价，{good} 件满意", noCandidates: "近 90 天没有达到门槛的单位",
    "s.open": "待回复", "s.replied": "已回复", "s.accepted": "已认可", "s.raised": "已升级", "s.withdrawn": "已撤回",
    "s.proposed": "待审定", "s.refused": "未同意", "s.in_force": "已决定", "s.appealed": "申诉中", "s.upheld": "申诉维持", "s.revoked": "已撤销", "s.done": "已落实",
    "a.centre": "中心督办", "a.district": "区级督办", "a.city": "市领导督办", by: "提出人 {who}", thing: "对象", count: "次数", span: "期间", proposeNew: "提出一项", proposed: "已提出", most: "只列前 {count} 条",
  },
  {
    title: "Supervision", late: "Late", risk: "Due soon", review: "To decide", oversights: "Supervisions", flags: "Flags", callbacks: "To call", evaluations: "Evaluation flags", measures: "Measures",
    number: "Number", what: "What", state: "Status", unit: "Unit", clock: "Clock", due: "Due", authority: "Authority", opened: "Opened", detector: "Rule", score: "Score", raised: "Raised", why: "Evidence",
    noLate: "Nothing is late", noRisk: "Nothing is due within two hours", noReview: "No return, extension, objection or repeat waits", noOversights: "No supervision", noFlags: "No flag to look into", noCallbacks: "Nobody to call now",
    noEvaluations: "No evaluation flag to look into", noMeasures: "No interview, circular, accountability or praise", openPage: "Open the order", actions: "What you can do", noActions: "Nothing for you to do now", pick: "Choose a row and deal with it here",
    confirm: "True", dismiss: "Dismiss", overdueOnly: "Overdue only", tried: "called {count} times", now: "now", notBefore: "not before {time}", propose: "Propose", kind: "Kind", reason: "Why", orders: "Numbers of orders (commas)", evidence: "Evidence",
    interview: "Interview", circular: "Circular", accountability: "Accountability", praise: "Praise", candidates: "For praise: units that callers are satisfied with, 90 days", satisfied: "{count} evaluations, {good} satisfied", noCandidates: "No unit reaches the threshold in 90 days",
    "s.open": "open", "s.replied": "replied", "s.accepted": "accepted", "s.raised": "raised", "s.withdrawn": "withdrawn",
    "s.proposed": "proposed", "s.refused": "refused", "s.in_force": "decided", "s.appealed": "appealed", "s.upheld": "upheld", "s.revoked": "revoked", "s.done": "carried out",
    "a.centre": "centre", "a.district": "district", "a.city": "city", by: "by {who}", thing: "About", count: "Count", span: "When", proposeNew: "Propose one", proposed: "Proposed", most: "Only the first {count}",
  },
);
export type SupervisionWord = keyof (typeof supervisionWords)["zh"];
