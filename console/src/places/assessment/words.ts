import { words } from "../../i18n/text";

export const assessmentWords = words(
  {
    title: "考核", figures: "指标", compare: "单位对照", exclusions: "剔除", freezing: "封存", period: "周期", before: "上一期", next: "下一期", kind: "按", month: "月", quarter: "季", year: "年", week: "周",
    city: "全市", ofDivision: "本区域", unit: "单位", division: "区划", category: "分类", measure: "指标", value: "数值", numerator: "分子", denominator: "分母", excluded: "剔除", goal: "目标", group: "对象",
    asOf: "数据截至 {time}", frozenAs: "已封存：数字为封存时的数字", pdf: "下载 PDF", xlsx: "下载 xlsx", behind: "{what}：工单", numeratorOrders: "分子 {count}", denominatorOrders: "分母 {count}", missedOrders: "未达 {count}", excludedOrders: "剔除 {count}", close: "关闭",
    number: "编号", what: "内容", state: "状态", at: "时间", noOrders: "没有这样的工单", noFigures: "这一期还没有数字", only: "只列前 {count} 件，共 {all} 件", askExclusion: "申请剔除", exclusionReason: "剔除理由", evidence: "依据和证据（至少 10 个字；另一人审批）", ask: "申请", asked: "已申请",
    pickUnit: "选一个单位，与同类单位和同样事项构成的全市水平对照，不排名", own: "本单位", expected: "同构成应达", like: "同类单位", likeUnits: "同类单位：{count} 个（同一类别、规模相近）", few: "样本少，不对照",
    requested: "申请人", decided: "审批人", approve: "同意", refuse: "不同意", noExclusions: "没有剔除申请", "x.requested": "待审批", "x.approved": "已同意", "x.refused": "未同意", needReason: "由另一人审批",
    freeze: "封存 {period}", frozenBy: "封存人", frozenAt: "封存时间", reopened: "已重开：{why}", reopen: "重开", verify: "核验", good: "与签名一致，未改动", bad: "与签名不一致", noFrozen: "还没有封存的周期", frozen: "已封存", "sealed": "封存中", day: "日",
  },
  {
    title: "Assessment", figures: "Figures", compare: "By like", exclusions: "Exclusions", freezing: "Freezing", period: "Period", before: "The period before", next: "The next period", kind: "By", month: "month", quarter: "quarter", year: "year", week: "week",
    city: "City", ofDivision: "Your division", unit: "Unit", division: "Division", category: "Category", measure: "Measure", value: "Value", numerator: "Numerator", denominator: "Denominator", excluded: "Excluded", goal: "Goal", group: "Of",
    asOf: "as of {time}", frozenAs: "Frozen: the figures as they were signed", pdf: "PDF", xlsx: "xlsx", behind: "{what}: orders", numeratorOrders: "numerator {count}", denominatorOrders: "denominator {count}", missedOrders: "missed {count}", excludedOrders: "excluded {count}", close: "Close",
    number: "Number", what: "What", state: "Status", at: "When", noOrders: "No such order", noFigures: "No figures of this period yet", only: "The first {count} of {all}", askExclusion: "Ask to exclude", exclusionReason: "Why excluded", evidence: "Evidence (at least 10 characters; another person decides)", ask: "Ask", asked: "Asked",
    pickUnit: "Choose a unit: beside the city with the same mix of matters and units like it, without a ranking", own: "Own", expected: "Expected of its mix", like: "Units like it", likeUnits: "{count} units like it (same kind, similar size)", few: "too few to compare",
    requested: "Asked by", decided: "Decided by", approve: "Approve", refuse: "Refuse", noExclusions: "No exclusion was asked for", "x.requested": "waiting", "x.approved": "approved", "x.refused": "refused", needReason: "another person decides",
    freeze: "Freeze {period}", frozenBy: "Frozen by", frozenAt: "Frozen at", reopened: "reopened: {why}", reopen: "Reopen", verify: "Check", good: "as signed, nothing changed", bad: "not as signed", noFrozen: "No period is frozen", frozen: "frozen", "sealed": "freezing", day: "day",
  },
);
export type AssessmentWord = keyof (typeof assessmentWords)["zh"];
