import { words } from "../../i18n/text";

export const pageWords = words(
  {
    matter: "诉求", actions: "可以办理", none: "现在没有您可以办理的事项", path: "经过各中心", caller: "诉求人", phone: "来电", contact: "联系电话",
    name: "姓名", address: "地址", where: "事发地点", unit: "承办单位", transfers: "转接", verdict: "归属", said: "内容", clocks: "时限", answer: "答复",
    facts: "要素",
  },
  {
    matter: "Matter", actions: "What you may do", none: "Nothing for you to do now", path: "Through all centres", caller: "Caller", phone: "Number", contact: "Contact",
    name: "Name", address: "Address", where: "Where", unit: "Unit", transfers: "Transfers", verdict: "Whose duty", said: "Words", clocks: "Clocks", answer: "Answer",
    facts: "Particulars",
  },
);
