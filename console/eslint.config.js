import hooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import ts from "typescript-eslint";

const antd = { name: "antd", message: "Ant Design only behind src/ui" };

export default defineConfig(
  { ignores: ["src/api/generated"] },
  ...ts.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "no-restricted-imports": ["error", { paths: [antd], patterns: ["antd/*", "@ant-design/*"] }],
    },
  },
  { files: ["src/ui/**"], rules: { "no-restricted-imports": "off" } },
);
