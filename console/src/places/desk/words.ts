import { words } from "../../i18n/text";

export const deskWords = words(
  {
    said: "诉求内容", saidHint: "边听边记；归属、分类、地点会随之给出灰色建议", phone: "来电号码", history: "来电人历史", noHistory: "近期没有来过电话",
    open: "未办结 {count}", answered: "已答复 {count}", repeats: "重复反映 {count} 次", duplicates: "可能重复", noDuplicates: "没有发现相近的诉求",
    form: "要素", type: "诉求类型", class: "分类", division: "区划", address: "事发地点", name: "姓名", contact: "联系电话", title: "标题",
    confidential: "要求保密", takes: "Tab 采用", takeAll: "全部采用",
    todo: "下一步", verdictWaits: "记下几个字后给出归属和理由", danger: "有险情", noDanger: "无险情", setDanger: "改判为有险情", clearDanger: "改判为无险情",
    keep: "本台办理", guide: "引导：不属于任一方", transfer: "转 {peer}", transferUrgent: "转 {peer}（紧急）", call: "三方通话：{peer}", negotiate: "与 {peer} 在线协商",
    answer: "直接答复", answerHint: "告诉来电人的话", dispatch: "派单", dispatchTo: "派给 {unit}", take: "只受理", next: "下一个来电", unitsNone: "地点或分类不足以确定承办单位，可自己选",
    armUrgent: "将立即把本诉求紧急转给 {peer}，对方不能拒收，无法撤销。再按一次 F2 确定，Esc 取消", armTransfer: "系统建议“{verdict}”，您要转给 {peer}。再按一次 F2 确定，Esc 取消",
    armDispatch: "将派给 {unit}，对方收到通知，开始计时。再按一次 F9 确定，Esc 取消", needWords: "请先记下诉求内容", sending: "正在送出",
    waits: "已保存在本机，等待发送；网络恢复后自动送出一次", waitsNode: "节点还没有应答。内容已保存在本机，会自动重试，只受理一次；可以接下一个来电，急事请电话通知对方", waitsSignIn: "已保存在本机；登录后自动送出一次", sent: "已受理 {number}", refused: "没有受理：{problem}", refusedEdit: "修改后重发", notDone: "已受理，但下一步没有完成：{problem}",
    repeat: "疑为重复反映：{number}", openIt: "打开",
    cites: "依据卡片《{title}》{number}，计为即问即答", uncite: "不引用", precedents: "先例", script: "引导话术", unsure: "没有把握", topic: "热点 {name}：已有 {count} 件", byModel: "由 {model} 推荐", similar: "以前类似的", handledBy: "由 {unit} 办理",
  },
  {
    said: "What is said", saidHint: "Type while you listen; duty, class and place are proposed in grey", phone: "Caller's number", history: "The caller so far", noHistory: "No recent calls",
    open: "Open {count}", answered: "Answered {count}", repeats: "Brought again {count} times", duplicates: "May be the same", noDuplicates: "Nothing like it found",
    form: "What is known", type: "Type", class: "Class", division: "Division", address: "Where", name: "Name", contact: "Contact number", title: "Title",
    confidential: "Confidential", takes: "Tab takes it", takeAll: "Take all",
    todo: "What to do", verdictWaits: "After a few words: whose duty, and why", danger: "Danger", noDanger: "No danger", setDanger: "There is danger", clearDanger: "There is no danger",
    keep: "Ours", guide: "Nobody's: guide the caller", transfer: "Transfer to {peer}", transferUrgent: "Transfer to {peer} (urgent)", call: "Three-way call: {peer}", negotiate: "Negotiate with {peer}",
    answer: "Answer directly", answerHint: "What the caller is told", dispatch: "Dispatch", dispatchTo: "Dispatch to {unit}", take: "Take in only", next: "Next call", unitsNone: "Place or class do not tell a unit; choose one",
    armUrgent: "This goes to {peer} urgently at once; it can't be refused or undone. F2 again to do it, Esc to leave it", armTransfer: "Proposed is “{verdict}”; you transfer to {peer}. F2 again to do it, Esc to leave it",
    armDispatch: "{unit} is told and its clock starts. F9 again to do it, Esc to leave it", needWords: "Write down what is said first", sending: "Sending",
    waits: "Kept on this machine; sent once when the network is back", waitsNode: "The node has not answered yet. The matter is kept on this machine and sent again by itself, once only; take the next call, and telephone if it is urgent", waitsSignIn: "Kept on this machine; sent once when you have signed in again", sent: "Taken in {number}", refused: "Not taken in: {problem}", refusedEdit: "Change and send again", notDone: "Taken in, but the next step was not done: {problem}",
    repeat: "May be brought again: {number}", openIt: "Open",
    cites: "Rests on the card “{title}” {number}; counts as answered at once", uncite: "Do not cite", precedents: "Precedents", script: "What to say", unsure: "I don't know", topic: "Topic {name}: {count} matters", byModel: "Proposed by {model}", similar: "Past ones like it", handledBy: "handled by {unit}",
  },
);
