import { words } from "../../i18n/text";

export const workWords = words(
  {
    title: "办理", sign: "待签收", handling: "办理中", soon: "快到期", shares: "协办", noSign: "没有待签收的工单；新派来的会出现在这里", noHandling: "没有办理中的工单", noSoon: "24 小时内没有到期的工单", noShares: "没有协办的工单",
    noUnit: "您的账号没有关联单位，请联系管理员", pick: "选一件开始办理", police: "一键呼叫 110", policeWords: "现场有险情，请求公安支援", policeDone: "已告知 110，号码和地点随之发出", policeNo: "此件现在不能呼叫 110，请直接拨打 110",
    policeNoOrder: "先选中一件工单；紧急情况请直接拨打 110", policeAgain: "没有送到，正在重试；请同时拨打 110", matter: "诉求", where: "地点", phone: "联系电话", hidden: "诉求人要求保密，由 12345 代为联系", supervised: "督办", reply: "已回复",
    photos: "照片", take: "拍照 / 选照片", hashing: "核对中", sending: "上传 {percent}%", checking: "检查中", done: "已加入工单", failed: "没有传上去：{problem}", again: "继续上传", noPhotos: "还没有照片",
    actions: "办理", none: "现在没有您可以办理的事项", steps: "办理过程", noSteps: "还没有记录", draft: "答复稿", draftWaits: "待审核", draftPassed: "审核通过", draftBack: "退回修改：{text}", extension: "延期", back: "返回列表", path: "经过各中心", reached: "已联系上", notReached: "未联系上",
    open: "打开", more: "再看更早的", return: "退单", answered: "答复",
  },
  {
    title: "Work", sign: "To sign", handling: "Handling", soon: "Due soon", shares: "Co-handled", noSign: "Nothing to sign; new orders appear here", noHandling: "Nothing in hand", noSoon: "Nothing is due within 24 hours", noShares: "No shares",
    noUnit: "Your account belongs to no unit; ask an administrator", pick: "Choose one to begin", police: "Call the police (110)", policeWords: "Danger at the scene, police support asked", policeDone: "110 has been told, with number and place", policeNo: "Not possible for this order now; call 110 by phone", policeNoOrder: "Choose an order first; in an emergency call 110 by phone",
    policeAgain: "Did not arrive, trying again; call 110 by phone as well", matter: "Matter", where: "Where", phone: "Contact", hidden: "The caller stays hidden; 12345 speaks to them", supervised: "Supervised", reply: "replied",
    photos: "Photos", take: "Take or choose photos", hashing: "Checking", sending: "Sent {percent}%", checking: "Being checked", done: "With the order", failed: "Not sent: {problem}", again: "Go on sending", noPhotos: "No photos yet",
    actions: "Handle", none: "Nothing for you to do now", steps: "What was done", noSteps: "Nothing recorded yet", draft: "Draft", draftWaits: "waits for review", draftPassed: "passed", draftBack: "sent back: {text}", extension: "More time", back: "Back to the list", path: "Through all centres", reached: "reached", notReached: "not reached",
    open: "Open", more: "Show earlier ones", return: "Return", answered: "Answer",
  },
);
