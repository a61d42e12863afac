import { words } from "../../i18n/text";

export const adminWords = words(
  {
    title: "管理", accounts: "账号", units: "单位", catalogue: "对接事项清单", peers: "对方中心", outbox: "消息队列", alarms: "告警", name: "账号", person: "姓名", roles: "角色", unit: "单位", state: "状态", since: "建立",
    noAccounts: "没有账号", asked: "待授权：{roles}", disabled: "已停用", locked: "已锁定", active: "正常", mustChange: "须改密码", totp: "已开两步验证", grant: "授予所申请的角色", disable: "停用", enable: "启用", reset: "重置密码", endSessions: "结束全部会话",
    add: "新建账号", newRoles: "申请的角色", onlyIn: "只看这个区或街道", bind: "限定到此区域", askBind: "申请限定到此区域", unbind: "改看全市", made: "初始密码（只显示这一次）：{password}", create: "建立", pick: "选一行，在这里处理", separate: "系统管理员建账号、申请角色；安全管理员授权。本人不能给自己授权。",
    up: "上一级", below: "下级 {count}", phone: "电话", kind: "类别", code: "机构代码", valid: "有效期", noUnits: "没有下级单位", path: "位置", top: "市级", find: "查找单位",
    version: "版本", peer: "对方", effective: "生效", madeBy: "制作", noVersions: "还没有版本：用 xlsx 导入草稿后在这里看差异并协商", faults: "不能商定的原因", changes: "与现行清单的差异", noChanges: "与现行清单相同", propose: "提交对方", agree: "同意", decline: "不同意", withdraw: "撤回", fromDay: "生效日期", before: "原为", after: "改为", added: "新增", removed: "删除", changed: "修改", history: "经过",
    link: "链路", seen: "最近联系", latency: "延迟", waiting: "待发", dead: "死信", skew: "时钟偏差", notSpoken: "对方不懂的消息", seat: "席位", open: "有人", closed: "无人", noPeers: "没有配置对方中心", keys: "对方的公钥在节点设置文件的 [peers] 中，由命令行更换", up_: "通", slow: "慢", down: "断", never: "从未通",
    toPeers: "发往对方中心", notices: "短信与通知", noDead: "没有死信", noPending: "没有待发的消息", resend: "重发", resendAll: "全部重发", why: "原因", tries: "次数", at: "时间", order: "工单", channel: "渠道", recipient: "收件人", message: "消息", queued: "已重新排队 {count} 条", showDead: "死信", showPending: "待发",
    severity: "级别", what: "内容", noAlarms: "没有告警", info: "通知", warning: "提醒", alarm: "告警", reason: "原因",
  },
  {
    title: "Administration", accounts: "Accounts", units: "Units", catalogue: "Transfer list", peers: "Peers", outbox: "Queues", alarms: "Alarms", name: "Account", person: "Name", roles: "Roles", unit: "Unit", state: "State", since: "Since",
    noAccounts: "No account", asked: "asked for: {roles}", disabled: "disabled", locked: "locked", active: "active", mustChange: "must change password", totp: "second factor", grant: "Grant what is asked for", disable: "Disable", enable: "Enable", reset: "Reset password", endSessions: "End all sessions",
    add: "New account", newRoles: "Roles asked for", onlyIn: "Only this district or street", bind: "Bind to it", askBind: "Ask to bind to it", unbind: "See the whole city", made: "First password (shown this once): {password}", create: "Create", pick: "Choose a row and deal with it here", separate: "The system administrator makes accounts and asks for roles; the security administrator grants them. Nobody grants their own.",
    up: "Up", below: "{count} below", phone: "Phone", kind: "Kind", code: "Org code", valid: "Valid", noUnits: "No unit below", path: "Where", top: "City", find: "Find a unit",
    version: "Version", peer: "Peer", effective: "In force from", madeBy: "Made by", noVersions: "No version yet: import a draft from xlsx, then see its difference and agree on it here", faults: "Why it can't be agreed", changes: "Against the list in force", noChanges: "The same as the list in force", propose: "Propose", agree: "Agree", decline: "Decline", withdraw: "Withdraw", fromDay: "From the day", before: "was", after: "becomes", added: "added", removed: "removed", changed: "changed", history: "History",
    link: "Link", seen: "Last seen", latency: "Latency", waiting: "Waiting", dead: "Dead", skew: "Clock skew", notSpoken: "Not understood there", seat: "Desk", open: "staffed", closed: "not staffed", noPeers: "No peer is configured", keys: "The peers' public keys stand in the node's settings under [peers]; they are changed at the command line", up_: "up", slow: "slow", down: "down", never: "never up",
    toPeers: "To the peers", notices: "Messages to people", noDead: "No dead letter", noPending: "Nothing waits", resend: "Resend", resendAll: "Resend all", why: "Why", tries: "Tries", at: "When", order: "Order", channel: "Channel", recipient: "To", message: "Message", queued: "{count} queued again", showDead: "Dead", showPending: "Waiting",
    severity: "Severity", what: "What", noAlarms: "No alarm", info: "note", warning: "warning", alarm: "alarm", reason: "Why",
  },
);
export type AdminWord = keyof (typeof adminWords)["zh"];
