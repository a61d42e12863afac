import { ConfigProvider, theme as algorithms } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import type { ReactNode } from "react";
import { useLang } from "../i18n/text";
import { useTheme } from "../theme/theme";

const LIGHT = { colorPrimary: "#0958d9", colorTextPlaceholder: "#6b7585", colorTextDescription: "#566173" };
const DARK = { colorPrimary: "#2b6fd6", colorTextPlaceholder: "#97a3b4", colorBgContainer: "#1b212b", colorBgElevated: "#232a36" };

/** Ant Design dressed in the console's colours. */
export function UiProvider({ children }: { children: ReactNode }) {
  const dark = useTheme() === "dark";
  return (
    <ConfigProvider
      locale={useLang() === "zh" ? zh : en}
      button={{ autoInsertSpace: false }}
      theme={{
        algorithm: dark ? algorithms.darkAlgorithm : algorithms.defaultAlgorithm,
        token: { fontFamily: "inherit", fontSize: 14, borderRadius: 6, motion: false, ...(dark ? DARK : LIGHT) },
      }}
    >
      {children}
    </ConfigProvider>
  );
}
