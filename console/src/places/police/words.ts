import { words } from "../../i18n/text";

export const policeWords = words(
  {
    questions: "险情询问", skip: "跳过", done: "已问完", because: "依据", noDanger: "暂无险情迹象", level: "建议 {level} 级", count: "人数", text: "说到的话",
    call: "报警", phone: "来电号码", said: "报警内容", saidHint: "边听边记；什么都不填也能先派警", address: "地址", division: "区划", point: "坐标（纬度,经度）", pointHint: "定位系统给出时自动填入",
    grade: "等级", levelOf: "{level} 级", levelNone: "未定级", dispatch: "派警", dispatchTo: "派 {unit}", arm: "将派 {unit} 出警。再按一次 F9 派出，Esc 取消",
    units: "就近单位", unitsWait: "受理后按距离、专长和忙闲给出", unitsNone: "没有可建议的单位，可在下方办理中选任一单位", roads: "按路网", straight: "直线", stale: "位置已旧", noPlace: "位置未知",
    available: "空闲", busy: "出警中", off_duty: "未在岗", carrying: "手上 {count} 件", map: "示意图", mapWait: "有坐标后显示现场和各单位的位置", scene: "现场",
    running: "在办警情", runningNone: "现在没有在办警情", doing: "处置", sent: "已受理 {number}", next: "下一个来电", unsentSignIn: "还没有送到节点，都在本机；登录后自动送出一次", refused: "没有受理：{problem}", refusedEdit: "修改后重发", unsent: "还没有送到节点，内容和编号都在本机，网络恢复后自动送出一次",
    transfer: "非警务部分转 {peer}", armTransfer: "将把非警务部分转给 {peer}，警情仍由本台处置。再按一次 F2 确定，Esc 取消", open: "打开", needWords: "没有问答也没有内容，请至少回答一问或记一句话", byAnswers: "（按询问受理）",
    pick: "点选或 Alt+↑↓ 换单位", proposed: "{place}（不改即采用）",
  },
  {
    questions: "Danger questions", skip: "Leave out", done: "All asked", because: "Because", noDanger: "No sign of danger so far", level: "level {level} proposed", count: "How many", text: "What was said",
    call: "The call", phone: "Caller's number", said: "What is said", saidHint: "Type while you listen; units can be sent with nothing typed", address: "Address", division: "Division", point: "Coordinates (lat,lon)", pointHint: "Filled in where the call is located",
    grade: "Level", levelOf: "Level {level}", levelNone: "No level", dispatch: "Dispatch", dispatchTo: "Send {unit}", arm: "{unit} will be sent. F9 again to send it, Esc to leave it",
    units: "Nearest units", unitsWait: "By distance, skills and load once it is taken in", unitsNone: "No unit to propose; choose any under the actions", roads: "by road", straight: "straight", stale: "old position", noPlace: "position unknown",
    available: "free", busy: "out", off_duty: "off duty", carrying: "{count} in hand", map: "Sketch", mapWait: "Shows scene and units once there are coordinates", scene: "Scene",
    running: "Open orders", runningNone: "Nothing is open now", doing: "Handling", sent: "Taken in {number}", next: "Next call", unsentSignIn: "Has not reached the node and is kept here; sent once when you have signed in again", refused: "Not taken in: {problem}", refusedEdit: "Change and send again", unsent: "Has not reached the node; words and key are kept here and sent once when the network is back",
    transfer: "Hand the non-police part to {peer}", armTransfer: "The non-police part goes to {peer}; the police order stays here. F2 again to do it, Esc to leave it", open: "Open", needWords: "Answer a question or write a word first", byAnswers: "(taken in by the answers)",
    pick: "Click or Alt+↑↓ for another unit", proposed: "{place} (taken unless changed)",
  },
);
