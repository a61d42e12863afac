// The icons of the rail. Add yours here: Ant Design is imported only behind src/ui.
export { default as PhoneIcon } from "@ant-design/icons/PhoneOutlined";
export { default as ListIcon } from "@ant-design/icons/UnorderedListOutlined";
export { default as SwapIcon } from "@ant-design/icons/SwapOutlined";
export { default as AlertIcon } from "@ant-design/icons/AlertOutlined";
export { default as ToolIcon } from "@ant-design/icons/ToolOutlined";
export { default as ChartIcon } from "@ant-design/icons/BarChartOutlined";
export { default as EyeIcon } from "@ant-design/icons/EyeOutlined";
export { default as SettingIcon } from "@ant-design/icons/SettingOutlined";
export { default as AuditIcon } from "@ant-design/icons/AuditOutlined";
export { default as WallIcon } from "@ant-design/icons/FundOutlined";
export { default as BookIcon } from "@ant-design/icons/BookOutlined";
export { default as ModelIcon } from "@ant-design/icons/ExperimentOutlined";
export { default as TopicIcon } from "@ant-design/icons/FireOutlined";
export { default as SirenIcon } from "@ant-design/icons/ThunderboltOutlined";
