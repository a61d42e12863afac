import { words } from "../../i18n/text";

export const auditorWords = words(
  {
    title: "审计", ledger: "账本核验", views: "谁看过", signins: "登录与授权", findings: "审计发现", discrepancies: "差异", verify: "核验账本", verifying: "正在核验", started: "开始", by: "谁", events: "已核 {count} 条事件", result: "结果", whole: "完整：{orders} 个工单，{events} 条事件", broken: "被改动：第 {seq} 条，{why}",
    ended: "中断了，请重新核验", noChecks: "还没有在这里核验过：按 v 开始，逐条重算哈希", at: "时间", order: "工单", fields: "内容", reason: "理由", noViews: "没有人查看过脱敏内容", account: "账号", what: "事件", address: "地址", noSignins: "没有记录", filter: "按账号筛选",
    kind: "类别", found: "发现", first: "首次", last: "最近", seen: "已知悉", see: "标为已知悉", noFindings: "没有未了结的审计发现", all: "含已了结", over: "已了结", pick: "选一行看详情", noDiscrepancies: "与对方没有待处理的差异", peer: "对方", dismiss: "了结", open: "打开工单", estimate: "约 {count} 条", glass: "紧急查看", noGlass: "没有人紧急查看过保密诉求人", justified: "应当", unjustified: "不应当", judged: "结论", due: "评判期限",
  },
  {
    title: "Audit", ledger: "Ledger", views: "Who saw what", signins: "Sign-ins and rights", findings: "Findings", discrepancies: "Differences", verify: "Verify the ledger", verifying: "Verifying", started: "Begun", by: "Who", events: "{count} events verified", result: "Result", whole: "intact: {orders} orders, {events} events", broken: "changed: event {seq}, {why}",
    ended: "interrupted: verify again", noChecks: "Not verified here yet: press v, every hash is computed anew", at: "When", order: "Order", fields: "What", reason: "Why", noViews: "Nobody has looked at masked data", account: "Account", what: "Event", address: "From", noSignins: "Nothing recorded", filter: "By account",
    kind: "Kind", found: "Found", first: "First", last: "Last", seen: "seen", see: "Mark as seen", noFindings: "No open finding", all: "also those that are over", over: "over", pick: "Choose a row", noDiscrepancies: "No difference with a peer", peer: "Peer", dismiss: "Dismiss", open: "Open the order", estimate: "about {count}", glass: "Broken glass", noGlass: "Nobody has opened a hidden caller", justified: "Justified", unjustified: "Not justified", judged: "Judged", due: "To judge by",
  },
);
