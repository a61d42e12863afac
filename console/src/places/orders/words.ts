import { words } from "../../i18n/text";

export const orderWords = words(
  { title: "工单", open: "未办结", urgent: "紧急", asked: "其他中心转来待接收", none: "没有符合条件的工单", take: "受理一件" },
  { title: "Orders", open: "Open", urgent: "Urgent", asked: "Offered by other centres", none: "No order like this", take: "Take one in" },
);
