import { words } from "../../i18n/text";

export const overviewWords = words(
  {
    title: "总览", wall: "大屏", leaveWall: "退出大屏", today: "今日受理", open: "在办", danger: "险情在办", clocks: "时限告急", risk: "两小时内到期 {count}", late: "已超时 {count}",
    yesterday: "昨日同时段 {count}", asked: "其中待接收 {count}", map: "今天哪些区诉求多", flow: "今天与各中心转出转入多少", classes: "今天什么事最多", atRisk: "哪些时限快到了",
    behind: "{what}：工单", close: "关闭", none: "现在没有", noRisk: "两小时内没有到期的时限", noFlow: "今天还没有与其他中心的转办", noClass: "今天还没有受理",
    unknownPlace: "区划未填", unknownClass: "分类未填", more: "再看 100 条", number: "编号", what: "内容", state: "状态", unit: "承办", clock: "时限", at: "受理",
    fresh: "{time} 更新", vs: "较昨日 {diff}", out: "转{peer}", in: "{peer} 转来", offered: "等待接收 {count}", accepted: "已接收 {count}", returned: "退回 {count}", others: "其他 {count}", danger_n: "险情 {count}", dangerTag: "险情",
    heat: "颜色深浅：今日受理量", inset: "中心城区放大", sameTime: "同时段", few: "少", many: "多",
  },
  {
    title: "Overview", wall: "Wall", leaveWall: "Leave the wall", today: "Taken in today", open: "Open", danger: "Danger, open", clocks: "Clocks", risk: "{count} due in two hours", late: "{count} late",
    yesterday: "{count} by this time yesterday", asked: "{count} offered to us", map: "Which districts call most today", flow: "What goes between the centres today", classes: "What most calls are about today", atRisk: "Which clocks run out next",
    behind: "{what}: orders", close: "Close", none: "None now", noRisk: "Nothing is due within two hours", noFlow: "No hand-over with another centre today", noClass: "Nothing taken in today",
    unknownPlace: "No district", unknownClass: "No class", more: "100 more", number: "Number", what: "What", state: "Status", unit: "Unit", clock: "Clock", at: "Taken in",
    fresh: "as of {time}", vs: "{diff} against yesterday", out: "to {peer}", in: "from {peer}", offered: "{count} waiting", accepted: "{count} accepted", returned: "{count} returned", others: "{count} others", danger_n: "{count} danger", dangerTag: "Danger",
    heat: "Shade: taken in today", inset: "The inner districts, larger", sameTime: "same hours", few: "few", many: "many",
  },
);
