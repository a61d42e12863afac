import { words } from "../i18n/text";

/** The names of what an action may carry. One that is missing here is shown by its own name. */
export const fields = words(
  {
    to: "转给", unit: "承办单位", co_handlers: "协办单位", answer: "答复内容", text: "说明", note: "备注", reason: "原因", basis: "依据",
    basis_kind: "依据类别", owner: "主张归属", urgent: "紧急", part: "只转其中一部分", items: "事项清单编码", script: "引导话术", person: "人员",
    vehicle: "车辆", level: "等级", class_intake: "受理分类", class_confirmed: "确认分类", title: "标题", type: "诉求类型", division_code: "区划",
    confidential: "要求保密", reached: "已联系上", solved: "已解决", method: "方式", satisfaction: "满意度（1—5）", words: "评价内容", same_way: "按原路再走一次",
    seat: "坐席", recording_no: "录音号", outcome: "结果", into: "并入工单", duplicate_of: "重复的工单", clock: "时限", ground: "理由", evidence: "证据",
    result: "处置结果", real_address: "实际地址", draft: "答复稿", agrees: "同意", approved: "通过", days: "工作日", authority: "督办级别", place: "地点",
    found: "发现情况", address: "地址", cause: "原因类别", accepted: "认可", what: "做了什么", injured: "受伤人数", dead: "死亡人数", stands: "维持",
    card: "依据的知识卡片编号", at: "时间", real_at: "实际到场时间", case_number: "案件编号", of: "原工单", happened_at: "发生时间", way: "方式", no: "序号", state: "状态", until: "挂起至",
    "way.phone": "电话", "way.sms": "短信", "way.visit": "上门", "way.portal": "网上", "way.letter": "信函",
    "outcome.sender": "由转出方办理", "outcome.receiver": "由接收方办理", "outcome.unclear": "没有定论", "outcome.caller_left": "来电人已挂断",
    "state.asked": "已请求", "state.sent": "已派出", "state.acknowledged": "已接警", "state.on_the_way": "已出发", "state.arrived": "已到场", "state.ended": "已结束",
    order: "输入工单编号", orderNone: "没有这个编号的工单",
    persons: "人员情况", return_no: "退单序号", entry_no: "条目序号", without_shares: "不等协办的理由", joint: "同时问共同办理的中心", rule: "触发规则",
    "basis_kind.catalogue": "事项清单", "basis_kind.law": "法律法规", "basis_kind.precedent": "先例",
    "type.consultation": "咨询", "type.help": "求助", "type.complaint": "投诉", "type.report": "举报", "type.suggestion": "建议", "type.praise": "表扬",
    "method.phone": "电话", "method.sms": "短信", "method.portal": "网上",
    fill: "请填写“{field}”", choose: "请选择", search: "输入名称或机构代码",
    more: "选填项",
  },
  {
    to: "To", unit: "Unit", co_handlers: "Co-handlers", answer: "Answer", text: "Text", note: "Note", reason: "Reason", basis: "Basis",
    basis_kind: "Kind of basis", owner: "Whose it is", urgent: "Urgent", part: "Only a part", items: "Codes of the list", script: "What to say", person: "Person",
    vehicle: "Vehicle", level: "Level", class_intake: "Class at intake", class_confirmed: "Class confirmed", title: "Title", type: "Type", division_code: "Division",
    confidential: "Confidential", reached: "Reached", solved: "Solved", method: "Way", satisfaction: "Satisfaction (1–5)", words: "Words", same_way: "The same way again",
    seat: "Seat", recording_no: "Recording", outcome: "Outcome", into: "Merge into", duplicate_of: "Duplicate of", clock: "Clock", ground: "Ground", evidence: "Evidence",
    result: "Result", real_address: "Real address", draft: "Draft", agrees: "Agrees", approved: "Approved", days: "Working days", authority: "Authority", place: "Place",
    found: "Found", address: "Address", cause: "Cause", accepted: "Accepted", what: "What was done", injured: "Injured", dead: "Dead", stands: "Stands",
    card: "Number of the answer card", at: "When", real_at: "Really arrived at", case_number: "Number of the case", of: "The earlier order", happened_at: "When it happened", way: "Way", no: "Number", state: "State", until: "Suspended until",
    "way.phone": "Phone", "way.sms": "SMS", "way.visit": "Visit", "way.portal": "Portal", "way.letter": "Letter",
    "outcome.sender": "The sender handles it", "outcome.receiver": "The receiver handles it", "outcome.unclear": "No outcome", "outcome.caller_left": "The caller hung up",
    "state.asked": "Asked for", "state.sent": "Sent", "state.acknowledged": "Acknowledged", "state.on_the_way": "On the way", "state.arrived": "Arrived", "state.ended": "Ended",
    order: "Number of an order", orderNone: "No order has this number",
    persons: "Persons", return_no: "Number of the return", entry_no: "Number of the entry", without_shares: "Why not wait for co-handlers", joint: "Ask the joint centre too", rule: "Rule",
    "basis_kind.catalogue": "Transfer list", "basis_kind.law": "Law", "basis_kind.precedent": "Precedent",
    "type.consultation": "Consultation", "type.help": "Help", "type.complaint": "Complaint", "type.report": "Report", "type.suggestion": "Suggestion", "type.praise": "Praise",
    "method.phone": "Phone", "method.sms": "SMS", "method.portal": "Portal",
    fill: "Fill in “{field}”", choose: "Choose", search: "Name or code of a unit",
    more: "Optional fields",
  },
);

export type FieldWord = keyof (typeof fields)["zh"];
