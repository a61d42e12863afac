import { words } from "../../i18n/text";

export const modelWords = words(
  {
    title: "模型", versions: "版本", figures: "采纳率", drift: "漂移", self: "自助派单", class: "分类", type: "诉求类型", unit: "承办单位", reads: "现在由它推荐", catalogue: "目录（没有学成的模型）",
    in_force: "在用", candidate: "候选", retired: "停用", version: "版本", status: "状态", learnt: "学习件数", held: "检验件数", accuracy: "正确率", before: "同样的件，原来", three: "前三", surest: "最有把握的 70%", ece: "校准误差", made: "训练",
    noModels: "还没有模型：现在按目录和样例推荐。办结工单够多后每周自动训练，也可以现在训练", train: "现在训练", trained: "已训练：{what}", nothing: "没有训练：{why}", card: "说明卡", pick: "选一个版本看说明卡",
    source: "数据", period: "时期", classes: "类数", notLearnt: "太少未学", districts: "各区正确率", weak: "已知弱点", perClass: "各类", name: "名称", messages: "件数", precision: "精确率", recall: "召回率", promote: "启用", rollBack: "退回上一个", log: "经过", compared: "与 {against} 在同样 {rows} 件上相比",
    trained_: "训练", taken_in: "导入", promoted: "启用", rolled_back: "退回", drifted: "漂移",
    shown: "给出", unsure: "没有把握", chosen: "人已选", accepted: "采纳首选", inThree: "在前三", became: "已有结果", cameTrue: "首选与结果相同", by: "按", day: "日期", district: "区", noFigures: "这段时间没有给出过推荐", field: "推荐什么",
    noDrift: "没有在用的模型", shift: "分类变化", measured: "训练时", now: "近 {days} 天", steady: "平稳", moves: "变化最大的分类", heldNow: "首选与结果相同",
    off: "未开启：由城市的 suggesting.json 决定", on: "已开启", stopped: "已停止", stop: "停止", goOn: "恢复", sent: "近期自助派出 {count} 件", checked: "抽查 {count} 件", wrong: "不对 {count} 件", returned: "被退回 {count} 件",
    toCheck: "等待抽查", noCheck: "没有等待抽查的件", number: "编号", to: "派给", sure: "把握", right: "派对了", notRight: "派得不对", pickCheck: "选一件抽查", never: "有险情、紧急、稳定线索、要求保密、重复反映或人已改判的，从不自助派单",
  },
  {
    title: "Models", versions: "Versions", figures: "Acceptance", drift: "Drift", self: "Self-service dispatch", class: "Class", type: "Type", unit: "Unit", reads: "Proposes now", catalogue: "the catalogue (nothing was learnt)",
    in_force: "in force", candidate: "candidate", retired: "retired", version: "Version", status: "Status", learnt: "Learnt from", held: "Measured on", accuracy: "Right", before: "Before, same rows", three: "First three", surest: "Surest 70 %", ece: "Calibration error", made: "Trained",
    noModels: "No model yet: the catalogue and its examples propose. With enough closed orders it is trained each week, or now", train: "Train now", trained: "Trained: {what}", nothing: "Not trained: {why}", card: "Card", pick: "Choose a version to see its card",
    source: "Data", period: "Period", classes: "Classes", notLearnt: "Too rare to learn", districts: "Right by district", weak: "Known weaknesses", perClass: "By class", name: "Name", messages: "Rows", precision: "Precision", recall: "Recall", promote: "Put in force", rollBack: "Roll back", log: "History", compared: "Beside {against} on the same {rows} rows",
    trained_: "trained", taken_in: "taken in", promoted: "promoted", rolled_back: "rolled back", drifted: "drifted",
    shown: "Shown", unsure: "I don't know", chosen: "Chosen", accepted: "First taken", inThree: "Among three", became: "Ended", cameTrue: "First came true", by: "By", day: "Day", district: "District", noFigures: "Nothing was proposed in this time", field: "What",
    noDrift: "No model is in force", shift: "Classes moved", measured: "when trained", now: "last {days} days", steady: "steady", moves: "Classes that moved most", heldNow: "First came true",
    off: "Off: the city's suggesting.json says so", on: "On", stopped: "Stopped", stop: "Stop", goOn: "Let it go on", sent: "{count} sent lately", checked: "{count} checked", wrong: "{count} wrong", returned: "{count} given back",
    toCheck: "Waiting for a check", noCheck: "Nothing waits for a check", number: "Number", to: "Sent to", sure: "How sure", right: "Right", notRight: "Wrong", pickCheck: "Choose one to check", never: "Danger, urgency, leads on stability, confidential and repeated matters, and what a person overruled never go by themselves",
  },
);
export type ModelWord = keyof (typeof modelWords)["zh"];
