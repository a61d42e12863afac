import { words } from "../../i18n/text";

export const transferWords = words(
  {
    title: "转接协商", inbox: "转入待接收", talking: "协商中", sent: "转出待答复", none: "没有待办的转接；其他中心转来的会在这里响铃并倒计时", pick: "选一件查看",
    from: "来自 {peer}", to: "转给 {peer}", whole: "整件", part: "其中一部分", urgent: "紧急", left: "应答剩 {time}", over: "应答已超 {time}", talkleft: "协商剩 {time}", talkover: "协商已超 {time}", noClock: "无应答时限",
    preview: "接收前预览", said: "诉求", where: "地点", note: "转交说明", items: "事项", files: "附件 {count} 个", verdict: "本中心判断", before: "之前的来回",
    accept: "接收", giveBack: "退回", call: "三方通话", join: "加入通话", end: "结束通话", position: "表明立场", negotiate: "提请协商", keep: "保留自办", arbitrate: "裁定", back: "撤回",
    room: "协商室", noPositions: "还没有立场；写明主张归属和依据", owner: "主张归 {centre}", ruling: "裁定", precedents: "先例", noPrecedents: "没有同样问题的先例", settled: "归 {centre}", by_agreement: "协商一致", by_arbitration: "领导裁定", by_deadline: "逾期兜底",
    calls: "三方通话", noCalls: "还没有通话", running: "通话中 {time}", ended: "已结束", inCall: "{centre} {person}", path: "经过各中心", more: "全部办理", ringOn: "响铃：开", ringOff: "响铃：关", asks: "{peer} 转来一件，请应答",
    basis_catalogue: "事项清单", basis_law: "法律法规", basis_precedent: "先例", open: "打开工单", round: "第 {count} 次", returned: "退回：{reason}", peerNumber: "对方编号 {number}",
  },
  {
    title: "Transfers", inbox: "Offered to us", talking: "Under negotiation", sent: "Offered by us", none: "Nothing waits; what other centres offer rings here and counts down", pick: "Choose one",
    from: "From {peer}", to: "To {peer}", whole: "the whole", part: "a part", urgent: "urgent", left: "{time} left to answer", over: "{time} over", talkleft: "{time} left to settle", talkover: "{time} over", noClock: "no clock",
    preview: "Before accepting", said: "Words", where: "Where", note: "Note", items: "Items", files: "{count} files", verdict: "Our reading", before: "What went before",
    accept: "Accept", giveBack: "Return", call: "Three-way call", join: "Join the call", end: "End the call", position: "Take a position", negotiate: "Negotiate", keep: "Keep it", arbitrate: "Arbitrate", back: "Take back",
    room: "Negotiation", noPositions: "No position yet; say whose it is and on what basis", owner: "It is {centre}'s", ruling: "Ruling", precedents: "Precedents", noPrecedents: "The question was never settled before", settled: "{centre}'s", by_agreement: "agreed", by_arbitration: "ruled", by_deadline: "by the deadline",
    calls: "Three-way calls", noCalls: "No call yet", running: "On the line {time}", ended: "ended", inCall: "{centre} {person}", path: "Through all centres", more: "All actions", ringOn: "Ringing: on", ringOff: "Ringing: off", asks: "{peer} offers a matter; please answer",
    basis_catalogue: "Transfer list", basis_law: "Law", basis_precedent: "Precedent", open: "Open the order", round: "Round {count}", returned: "Returned: {reason}", peerNumber: "Their number {number}",
  },
);
